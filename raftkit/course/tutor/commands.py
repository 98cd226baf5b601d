"""What a student calls in a notebook: check, hint, reveal, progress, try_out.

It remembers, for as long as the kernel runs, which hints were shown and how each
exercise last came out. The checking itself is `examine`, the guarding `guarded`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from raftkit.checkers import Cluster
from raftkit.checkers.trials import watch_trial
from raftkit.course.chapters import EXERCISES, NOTEBOOKS, exercise, exercises_of
from raftkit.course.checking.answer_kinds import kind_of
from raftkit.course.checking.checks import checks_of
from raftkit.course.checking.guard import look, patience, told
from raftkit.course.checking.result import Result
from raftkit.course.errors import KitError, StudentError
from raftkit.course.exercise import Exercise
from raftkit.course.repair import Repair
from raftkit.course.tutor.captured_output import Printed
from raftkit.course.tutor.guarded_drawing import attempt, refuse_within
from raftkit.course.tutor.page_note import Note
from raftkit.simulator import Simulation
from raftkit.views import Picture, space_time
from raftkit.views.recording import PlayablePicture, Recording


@dataclass
class _Session:
    """What this kernel has seen of the student's work."""

    hints_shown: dict[str, int] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)
    answers: dict[str, Callable[..., Any]] = field(default_factory=dict)


_session = _Session()


def check(id: str, answer: Callable[..., Any] | None = None) -> Result:
    """Check `answer`, a function or a class, as that to exercise `id`: mostly within a second.

    Nothing that it does ends in a traceback; what it prints is shown, shortened.

    >>> from raftkit.protocol import has_majority
    >>> check("2.1", has_majority).points
    6
    """
    refuse_within("check")
    chosen = exercise(id)
    answer = _handed_in(chosen, answer)
    kind = kind_of(chosen)
    printed = Printed()
    try:
        with printed.here(), patience(kind.seconds):
            result = kind.examine(chosen, kind.guard(answer), 0)
    except StudentError as error:
        result = Result(chosen, "error", message=error.text)
    if printed.text:
        result = _with_message(result, f"Your {kind.word} printed:\n{printed.text}")
    _session.results[id], _session.answers[id] = result, answer
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
    source = kind_of(chosen).source(chosen)
    return Note("There is more than one good answer. This is the kit's own:", code=source)


def last_check(id: str) -> tuple[Result | None, Any]:
    """How exercise `id` last came out in this kernel, and the answer that was checked."""
    chosen = exercise(id).id
    return _session.results.get(chosen), _session.answers.get(chosen)


def progress(notebook: str = NOTEBOOKS[0].name) -> Note:
    """How far this kernel has come in a graded notebook, an exercise a line."""
    exercises = exercises_of(notebook)
    title = next(each.title for each in NOTEBOOKS if each.name == notebook)
    earned = sum(result.points for each in exercises if (result := _session.results.get(each.id)))
    total = sum(each.points for each in exercises)
    lines = [_progress_line(each) for each in exercises]
    return Note("", heading=f"{title}: {earned} of {total} points", code="\n".join(lines))


def try_out(
    answer: Callable[..., Any] | tuple[Callable[..., Any], ...],
    story: Callable[[Cluster], Any] | Repair,
    servers: int = 3,
    seed: int = 0,
    clients: int = 0,
) -> Picture | Note:
    """A cluster whose servers all decide with your function, drawn after `story(cluster)`.

    With a class they are all of that class. Several functions stand in a tuple. A `Repair` of one
    log is drawn without any cluster. A broken promise is marked in the picture, and `play` shows
    the same cluster alive. While an answer is a stub, a sentence says so. Raises `KitError` for one
    that is no exercise's.

    >>> from raftkit.protocol import has_majority
    >>> def story(cluster):
    ...     cluster.run(ms=400)
    >>> print(try_out(has_majority, story, seed=7).alt.partition("lost. ")[2])
    S2 becomes leader of term 1 at 182.5 ms.
    """
    answers = answer if isinstance(answer, tuple) else (answer,)
    asked = [_exercise_of(each) for each in answers]
    parts = kind_of(asked[0]).parts(*answers)

    def drawn_from() -> Cluster | Picture:
        if isinstance(story, Repair):
            return story.picture(parts["rules"])
        # One that also tells what goes wrong in a server over a nonsensical answer.
        cluster = Cluster(
            servers=servers,
            seed=seed,
            clients=clients,
            watch=(watch_trial, _watch_story),
            **parts,
        )
        told(story, cluster)
        return cluster

    cluster = attempt(" or ".join(each.answer for each in asked), drawn_from)
    if isinstance(cluster, Picture | Note):
        return cluster
    drawn = space_time(cluster.history, violation=next(iter(cluster.violations), None))
    title = f"With your {asked[0].answer if len(asked) == 1 else 'rules'}"
    recording = Recording(cluster.history, title=title, **parts)
    return PlayablePicture(drawn.svg, drawn.alt, drawn.text, recording)


def _watch_story(simulation: Simulation) -> None:
    """End a student's story in the middle of a run if that never rests."""
    simulation.observers.append(lambda row: look())


def picture(id: str) -> Picture:
    """The situation of exercise `id`, as its prompt shows it."""
    return checks_of(exercise(id)).picture()


def _handed_in(chosen: Exercise, answer: Callable[..., Any] | None) -> Callable[..., Any]:
    """`answer`, if it can be the one to this exercise. Raises `KitError` if it cannot."""
    wanted, kind = chosen.answer, kind_of(chosen)
    if not callable(answer):
        raise KitError(
            f'check("{chosen.id}", {wanted}) wants the {kind.word} itself, by its name and without '
            f"parentheses, not {answer!r}."
        )
    name = getattr(answer, "__name__", wanted)
    if name != wanted and name in {each.answer for each in EXERCISES}:
        raise KitError(f"{chosen.id} asks for {wanted}; this is {name}.")
    kind.refuse(chosen, answer)
    return answer


def _exercise_of(answer: Callable[..., Any]) -> Exercise:
    """The exercise whose answer has this name. Raises `KitError` if none has."""
    name = getattr(answer, "__name__", repr(answer))
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
