"""What a student calls in a notebook: check, hint, reveal, replay, progress, try_out.

It remembers, for as long as the kernel runs, which hints were shown and how each
exercise last came out. The checking itself is `examine`, the guarding `guarded`.
"""

import inspect
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, field
from html import escape
from typing import Any

from raftkit.checkers import Cluster
from raftkit.checkers.trials import TrialCluster
from raftkit.course.answers import read_answer
from raftkit.course.catalogue import EXERCISES, NOTEBOOKS, exercise, exercises_of
from raftkit.course.checks import checks_of, reference_of
from raftkit.course.errors import KitError, StudentError
from raftkit.course.examine import examine
from raftkit.course.exercise import Exercise
from raftkit.course.guard import guarded, patience
from raftkit.course.printed import Printed
from raftkit.course.repair import Repair
from raftkit.course.result import Result
from raftkit.protocol import Rules
from raftkit.views import Picture, space_time


@dataclass
class _Session:
    """What this kernel has seen of the student's work."""

    hints_shown: dict[str, int] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)


_session = _Session()


@dataclass(frozen=True)
class Note:
    """A short text for a notebook, with an optional heading, picture or lines of code."""

    text: str
    heading: str = ""
    code: str = ""
    picture: Picture | None = None

    def __str__(self) -> str:
        parts = (self.heading, self.text, self.code, self.picture.text if self.picture else "")
        return "\n".join(part for part in parts if part)

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        """What Jupyter asks for; text is escaped, because a student's error may hold anything."""
        heading = f"<strong>{escape(self.heading)}</strong><br>" if self.heading else ""
        code = f"<pre>{escape(self.code)}</pre>" if self.code else ""
        picture = self.picture.to_html() if self.picture else ""
        html = f'<div style="max-width:52em">{heading}{_inline(self.text)}{code}{picture}</div>'
        return {"text/plain": str(self), "text/html": html}


def check(id: str, function: Callable[..., Any] | None = None) -> Result:
    """Check `function` as the answer to exercise `id`, in under a second.

    Nothing that the function does ends in a traceback; what it prints is shown, shortened.

    >>> from raftkit.protocol import has_majority
    >>> check("2.1", has_majority).points
    6
    """
    chosen = exercise(id)
    function = _handed_in(chosen, function)
    # Tracing and printing are put back even if the check itself breaks off.
    printed = Printed()
    try:
        with redirect_stdout(printed), patience():
            result = examine(chosen, guarded(function))
    except StudentError as error:
        result = Result(chosen, "error", message=error.text)
    if printed.text:
        result = _with_message(result, f"Your function printed:\n{printed.text}")
    _session.results[id] = result
    return result


def hint(id: str) -> Note:
    """The next hint for exercise `id`: a question, the paper's line, nearly the code.

    >>> hint("2.1").heading
    'Hint 1 of 3'
    """
    hints = exercise(id).hints
    shown = min(_session.hints_shown.get(id, 0) + 1, len(hints))
    _session.hints_shown[id] = shown
    last = ", the last one" if shown == len(hints) else ""
    return Note(hints[shown - 1], heading=f"Hint {shown} of {len(hints)}{last}")


def reveal(id: str) -> Note:
    """The reference's answer to exercise `id`, for comparison, once yours has full points."""
    chosen = exercise(id)
    result = _session.results.get(id)
    if result is None or result.status != "full":
        return Note(f'The answer is shown once check("{id}", ...) gives full points.')
    # The reference that servers obey is the answer shown: there is no copy that could go stale.
    source = inspect.getsource(reference_of(chosen))
    return Note("There is more than one good answer. This is the kit's own:", code=source)


def replay(id: str) -> Note:
    """The failing history that the last check of exercise `id` found, and how to run it again."""
    result = _session.results.get(exercise(id).id)
    failing = [case for case in result.cases if case.outcome == "failed"] if result else []
    if not result or not result.program or not failing:
        return Note(f'There is no failing history: check("{id}", ...) has found none so far.')
    detail = "\n".join(text for _, text in failing[-1].lines)
    return Note(
        detail, heading="To run it again:", code=result.program, picture=failing[-1].picture
    )


def progress(notebook: str = NOTEBOOKS[0].name) -> Note:
    """How far this kernel has come in a graded notebook, an exercise a line."""
    exercises = exercises_of(notebook)
    title = next(each.title for each in NOTEBOOKS if each.name == notebook)
    earned = sum(result.points for each in exercises if (result := _session.results.get(each.id)))
    total = sum(each.points for each in exercises)
    lines = [_progress_line(each) for each in exercises]
    return Note("", heading=f"{title}: {earned} of {total} points", code="\n".join(lines))


def rules_with(*functions: Callable[..., Any], **named: Callable[..., Any]) -> Rules:
    """The reference's rules with yours in their place, each found by its name.

    Raises `KitError` for a name that is no rule's.

    >>> def should_grant_vote(standing, request, up_to_date):
    ...     return True
    >>> rules_with(should_grant_vote).changed()
    ('should_grant_vote',)
    """
    rules = Rules()
    for name, function in [(each.__name__, each) for each in functions] + list(named.items()):
        try:
            rules = rules.with_rule(name, _answering(name, function))
        except KeyError:
            raise KitError(f"There is no rule called {name!r}: did you rename it?") from None
    return rules


def try_out(
    function: Callable[..., Any] | tuple[Callable[..., Any], ...],
    story: Callable[[Cluster], Any] | Repair,
    servers: int = 3,
    seed: int = 0,
    clients: int = 0,
) -> Picture | Note:
    """A cluster whose servers all decide with your `function`, drawn after `story(cluster)`.

    Several functions stand in a tuple. A `Repair` of one log is drawn without any cluster. A broken
    promise is marked in the picture. While a function is a stub, a sentence says so. Raises
    `KitError` for a function that is no exercise's.

    >>> from raftkit.protocol import has_majority
    >>> def story(cluster):
    ...     cluster.run(ms=400)
    >>> print(try_out(has_majority, story, seed=7).alt.partition("lost. ")[2])
    S2 becomes leader of term 1 at 182.5 ms.
    """
    functions = function if isinstance(function, tuple) else (function,)
    asked = " or ".join(_exercise_of(each).answer for each in functions)
    rules = rules_with(*functions)
    printed = Printed()
    try:
        with redirect_stdout(printed), patience():
            if isinstance(story, Repair):
                return story.picture(rules)
            # One that also tells what goes wrong in a server over a nonsensical answer.
            cluster = TrialCluster(servers=servers, seed=seed, rules=rules, clients=clients)
            story(cluster)
    except StudentError as error:
        if error.kind != "not started":
            return Note(error.text)
        return Note(f"{asked} is not started yet: write it, run its cell, then this one.")
    finally:
        if printed.text:
            print(printed.text)
    return space_time(cluster.history, violation=next(iter(cluster.violations), None))


def picture(id: str) -> Picture:
    """The situation of exercise `id`, as its prompt shows it."""
    return checks_of(exercise(id)).picture()


def _answering(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A student's function, guarded, and its answers read as those of its exercise."""
    rule = guarded(function)
    returns = next((checks_of(each).returns for each in EXERCISES if each.answer == name), None)
    return rule if returns is None else lambda *given: read_answer(rule(*given), returns)


def _handed_in(chosen: Exercise, function: Callable[..., Any] | None) -> Callable[..., Any]:
    """`function`, if it can be the answer to this exercise. Raises `KitError` if it cannot."""
    wanted = chosen.answer
    if not callable(function):
        raise KitError(
            f'check("{chosen.id}", {wanted}) wants the function itself, by its name and without '
            f"parentheses, not {function!r}."
        )
    name = getattr(function, "__name__", wanted)
    if name != wanted and name in {each.answer for each in EXERCISES}:
        raise KitError(f"{chosen.id} asks for {wanted}; this is {name}.")
    parameters = list(inspect.signature(reference_of(chosen)).parameters)
    with suppress(TypeError, ValueError):  # Not everything that can be called has a signature.
        named = list(inspect.signature(function).parameters)
        if named != parameters and sorted(named) == sorted(parameters):
            raise KitError(
                f"Your parameters stand in another order than {wanted} is called with: "
                f"({', '.join(parameters)})."
            )
    return function


def _exercise_of(function: Callable[..., Any]) -> Exercise:
    """The exercise whose rule has this function's name. Raises `KitError` if none has."""
    name = getattr(function, "__name__", repr(function))
    for each in EXERCISES:
        if each.answer == name:
            return each
    if name == "<lambda>":
        raise KitError("try_out knows a rule by its name: write yours with def.")
    raise KitError(f"There is no exercise for {name}: did you rename your function?")


def _progress_line(each: Exercise) -> str:
    """One exercise in the overview: its mark, title, points, and how long it may take."""
    result = _session.results.get(each.id)
    mark = result.mark if result else "○"
    points = result.points if result else 0
    title = f"{each.id} {each.title}"
    return f"{mark} {title:<34}{points:>3} of {each.points:<3}{each.minutes:>3} minutes"


def _with_message(result: Result, message: str) -> Result:
    """The same result with a message added; results are values and do not change."""
    joined = f"{result.message}\n{message}" if result.message else message
    return Result(
        result.exercise, result.status, result.cases, joined, result.program, result.picture
    )


def _inline(text: str) -> str:
    """Escaped text, with `code` as code."""
    parts = escape(text).split("`")
    return "".join(
        f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts)
    )
