"""What a student calls in a notebook: check, hint, reveal, progress.

It remembers, for as long as the kernel runs, which hints were shown and how each
exercise last came out. The checking itself is `examine`, the guarding `guarded`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from raftkit.course.chapters import EXERCISES, NOTEBOOKS, exercise, exercises_of
from raftkit.course.checking.answer_kinds import answer_kind_of
from raftkit.course.checking.checks import checks_of
from raftkit.course.checking.guard import time_limit
from raftkit.course.checking.result import Result
from raftkit.course.errors import KitError, StudentError
from raftkit.course.exercise import Exercise
from raftkit.course.tutor.captured_output import Printed
from raftkit.course.tutor.guarded_drawing import refuse_within
from raftkit.course.tutor.page_note import Note
from raftkit.views import Picture


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
    kind = answer_kind_of(chosen)
    printed = Printed()
    try:
        with printed.here(), time_limit(kind.seconds):
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
    source = answer_kind_of(chosen).source(chosen)
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


def picture(id: str) -> Picture:
    """The situation of exercise `id`, as its prompt shows it."""
    return checks_of(exercise(id)).picture()


def _handed_in(chosen: Exercise, answer: Callable[..., Any] | None) -> Callable[..., Any]:
    """`answer`, if it can be the one to this exercise. Raises `KitError` if it cannot."""
    wanted, kind = chosen.answer, answer_kind_of(chosen)
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
