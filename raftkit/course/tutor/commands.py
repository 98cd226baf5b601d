"""The functions that a student calls in a notebook: `check`, `hint`, `reveal` and `progress`.

The module keeps, as long as the kernel runs, which hints were shown and the last result of each
exercise; what outlives the kernel is in kept_progress.py. It does not judge answers: the kinds of
answers in answer_kinds.py do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import raftkit.protocol
from raftkit.course.chapters import EXERCISES, NOTEBOOKS, exercise, exercises_of
from raftkit.course.checking.answer_kinds import answer_kind_of
from raftkit.course.checking.checks import checks_of
from raftkit.course.checking.guard import time_limit
from raftkit.course.checking.printed_output import with_output_of_class
from raftkit.course.checking.result import Result
from raftkit.course.errors import KitError, StudentError
from raftkit.course.exercise import Exercise
from raftkit.course.tutor.captured_output import CapturedCalls, CapturedOutput, notebook_shell
from raftkit.course.tutor.guarded_drawing import refuse_within
from raftkit.course.tutor.interrupts import told_if_interrupted
from raftkit.course.tutor.kept_progress import LastCheck, keep, last_checks
from raftkit.course.tutor.partial_result import shown_meanwhile
from raftkit.course.tutor.tutor_message import TutorMessage
from raftkit.views import Picture


@dataclass
class _Session:
    """The hints, results and answers of this kernel, by the numbers of their exercises."""

    hints_shown: dict[str, int] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)
    answers: dict[str, Callable[..., Any]] = field(default_factory=dict)
    last_checks: dict[str, LastCheck] = field(default_factory=dict)


_session = _Session()


@told_if_interrupted("The check")
def check(id: str, answer: Callable[..., Any] | None = None) -> Result:
    """Check `answer`, a function or a class, as the answer to exercise `id`.

    It mostly takes less than a second. An error in the answer becomes a sentence in the result, and
    what the answer prints in a call that goes wrong is shown with it.

    >>> from raftkit.protocol import has_majority
    >>> check("2.1", has_majority).points
    6
    """
    refuse_within("check")
    chosen = exercise(id)
    answer = _handed_in(chosen, answer)
    kind = answer_kind_of(chosen)
    output = CapturedOutput()
    try:
        with shown_meanwhile() as show, output.capture(), time_limit(kind.seconds):
            result = kind.examine(chosen, _captured(chosen, answer, output), 0, show)
    except StudentError as error:
        result = Result(chosen, "error", message=error.text)
    if kind.is_class:
        result = with_output_of_class(result, output.text)
    _session.results[id], _session.answers[id] = result, answer
    _session.last_checks[id] = last = LastCheck(result.mark, result.points, datetime.now(UTC))
    keep(id, last)
    return result


def hint(id: str) -> TutorMessage:
    """The next hint for exercise `id`: a question, then the paper's line, then nearly the code.

    >>> hint("2.1").heading
    'Hint 1 of 3'
    """
    hints = exercise(id).hints
    shown = min(_session.hints_shown.get(id, 0) + 1, len(hints))
    _session.hints_shown[id] = shown
    last = ", the last one" if shown == len(hints) else ""
    return TutorMessage(hints[shown - 1], heading=f"Hint {shown} of {len(hints)}{last}")


def reveal(id: str) -> TutorMessage:
    """The reference's answer to exercise `id`, for comparison, once yours has full points."""
    chosen = exercise(id)
    result = _session.results.get(id)
    if result is None or result.status != "full":
        return TutorMessage(f'The answer is shown once check("{id}", ...) gives full points.')
    source = answer_kind_of(chosen).source(chosen)
    return TutorMessage("There is more than one good answer. This is the kit's own:", code=source)


def last_check(id: str) -> tuple[Result | None, Any]:
    """The result of the last check of exercise `id` in this kernel, and the checked answer."""
    chosen = exercise(id).id
    return _session.results.get(chosen), _session.answers.get(chosen)


def progress(notebook: str = NOTEBOOKS[0].name) -> TutorMessage:
    """The points in a graded notebook so far, one line for each exercise.

    What an earlier kernel has checked counts too, with the time at which it was checked.
    """
    exercises = exercises_of(notebook)
    title = next(each.title for each in NOTEBOOKS if each.name == notebook)
    checks = _latest(_session.last_checks, last_checks())
    earned = sum(_points(each, checks) for each in exercises)
    total = sum(each.points for each in exercises)
    lines = [_progress_line(each, checks) for each in exercises]
    return TutorMessage("", heading=f"{title}: {earned} of {total} points", lines="\n".join(lines))


def picture(id: str) -> Picture:
    """The situation of exercise `id`, as its prompt shows it."""
    return checks_of(exercise(id)).picture()


def _handed_in(chosen: Exercise, answer: Callable[..., Any] | None) -> Callable[..., Any]:
    """`answer`, if it can be the answer to this exercise. Raises `KitError` if it cannot."""
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
    if notebook_shell() and _is_ours(answer):
        raise KitError(
            f"This {wanted} is raftkit's own: run the cell with yours, and then this one."
        )
    return answer


def _is_ours(answer: Any) -> bool:
    """Whether an answer is the kit's own rule, or has its code. The grading has neither."""
    while isinstance(answer, partial):
        answer = answer.func
    file = getattr(getattr(answer, "__code__", None), "co_filename", "")
    is_there = f"{getattr(answer, '__module__', '')}.".startswith("raftkit.protocol.")
    return is_there or Path(file).parent == Path(raftkit.protocol.__file__).parent


def _captured(chosen: Exercise, answer: Callable[..., Any], output: CapturedOutput) -> Any:
    """The guarded answer; what a function prints is kept call by call."""
    kind = answer_kind_of(chosen)
    guarded = kind.guard(answer)
    return guarded if kind.is_class else CapturedCalls(guarded, output)


def _latest(*sources: Mapping[str, LastCheck]) -> dict[str, LastCheck]:
    """The latest check of each exercise; among equals that of the first source."""
    latest: dict[str, LastCheck] = {}
    for source in sources:
        for id, last in source.items():
            if id not in latest or latest[id].at < last.at:
                latest[id] = last
    return latest


def _points(each: Exercise, checks: Mapping[str, LastCheck]) -> int:
    """The points of an exercise, which may have had more when it was checked."""
    return min(max(checks[each.id].points, 0), each.points) if each.id in checks else 0


def _progress_line(each: Exercise, checks: Mapping[str, LastCheck]) -> str:
    """The line of one exercise: its mark, title, points and minutes."""
    last = checks.get(each.id)
    mark = last.mark if last else "○"
    title = f"{each.id} {each.title}"
    points = f"{_points(each, checks):>3} of {each.points:<3}"
    line = f"{mark} {title:<34}{points}{each.minutes:>3} minutes"
    if last is None or last == _session.last_checks.get(each.id):
        return line
    return f"{line}   last checked {last.at.astimezone():%Y-%m-%d %H:%M}"
