"""The judge: one student's notebook against the exercises it should answer.

Cases, cluster, checkers and points are the course's and run in this process;
of the student's code it sees nothing but answers to calls. The seeds differ
from the notebook's, so the schedules are hidden ones; the rules are not.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISREG
from typing import Any

from raftkit.course.chapters import EXERCISES
from raftkit.course.checking.answer_kinds import answer_kind_of, examine
from raftkit.course.checking.result import Result
from raftkit.course.exercise import Exercise
from raftkit.grading.notebook import Notebook, Unreadable, read_notebook
from raftkit.grading.remote import RemoteRules
from raftkit.grading.remote_server import remote_server
from raftkit.grading.sandbox import Sandbox, SandboxError

LONGEST_TEXT = 2_000  # characters of one value or message that anybody would read


@dataclass(frozen=True)
class Verdict:
    """What one exercise earned, in forms that can be stored and sent: no object of the course."""

    exercise: str
    points: float
    max_points: float
    status: str
    result: dict[str, Any]
    text: str
    html: str

    def to_json(self) -> dict[str, Any]:
        """Everything but the page."""
        return {
            "id": self.exercise,
            "points": self.points,
            "max_points": self.max_points,
            "status": self.status,
            "result": self.result,
        }


def seed_for(seed: int, exercise: str) -> int:
    """The seed of one exercise's hidden schedules; never 0, which is the notebook's.

    >>> seed_for(1, "2.3") == seed_for(1, "2.3"), seed_for(1, "2.3") == seed_for(1, "2.4")
    (True, False)
    """
    digest = hashlib.sha256(f"{seed}/{exercise}".encode()).digest()
    return int.from_bytes(digest[:4], "big") + 1


def max_points(assignment: str) -> float:
    """All points of a notebook of the course; 0 if it is none of the course's."""
    return sum(exercise.points for exercise in EXERCISES if exercise.notebook == assignment)


def open_notebook(path: Path) -> Notebook:
    """The notebook in a regular file. Raises `Unreadable`; a pipe or a device might never end."""
    try:
        regular = S_ISREG(path.stat().st_mode)
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror or error}") from None
    if not regular:
        raise Unreadable(f"{path.name} is no file with a notebook in it: give an .ipynb file")
    return read_notebook(path)


def assignment_of(notebook: Notebook, name: str) -> str:
    """Which notebook of the course this is; "" if none.

    Its marks say so, or the name of the file, or the functions in it: in that order.
    """
    marks = notebook.marks()
    marked = [exercise for exercise in EXERCISES if exercise.grade_id in marks]
    if marked:
        return _most_frequent([exercise.notebook for exercise in marked])
    named = named_assignment(name)
    if named:
        return named
    written = [exercise for exercise in EXERCISES if notebook.defines(exercise.answer)]
    return _most_frequent([exercise.notebook for exercise in written])


def named_assignment(name: str) -> str:
    """The notebook of the course whose name is in a file's name; "" if none.

    >>> named_assignment("ada_02_voting"), named_assignment("holiday")
    ('02_voting', '')
    """
    known = sorted({exercise.notebook for exercise in EXERCISES}, key=len, reverse=True)
    return next((notebook for notebook in known if notebook in name), "")


def grade_notebook(
    notebook: Notebook, exercises: Sequence[Exercise], sandbox: Sandbox, seed: int
) -> list[Verdict]:
    """Every exercise of one notebook. An error of ours in one of them is that one's verdict."""
    names = [exercise.answer for exercise in exercises]
    with RemoteRules(notebook, names, sandbox) as rules:
        return [_verdict(exercise, rules, seed) for exercise in exercises]


def _verdict(exercise: Exercise, rules: RemoteRules, seed: int) -> Verdict:
    """One exercise, examined on its own seed."""
    try:
        answer = _answer(exercise, rules)
        result = _shortened(examine(exercise, answer, seed=seed_for(seed, exercise.id)))
        return Verdict(
            exercise=exercise.id,
            points=result.points,
            max_points=result.max_points,
            status=result.status,
            result=result.to_json(),
            text=str(result),
            html=result.to_html("In your notebook"),
        )
    except SandboxError:
        raise
    except Exception as error:
        # Ours, not the student's: it must cost neither the other exercises nor the other students.
        said = f"{exercise.id} could not be graded: {type(error).__name__}: {error}"
        return Verdict(exercise.id, 0, exercise.points, "kit error", {"message": said}, said, "")


def _answer(exercise: Exercise, rules: RemoteRules) -> Any:
    """The student's function, or class of servers, as something that can be called here."""
    make = remote_server if answer_kind_of(exercise).is_class else RemoteRules.rule
    return make(rules, exercise.answer)


def _shortened(result: Result) -> Result:
    """`result` with no text in it that is longer than anybody would read."""
    cases = [
        replace(case, lines=tuple((label, short(text)) for label, text in case.lines))
        for case in result.cases
    ]
    return replace(result, message=short(result.message), cases=tuple(cases))


def short(text: str, longest: int = LONGEST_TEXT) -> str:
    """`text`, with its middle left out if it is long: what was expected stands at the end.

    >>> short("a" * 50 + "b" * 50, 20)
    'aaaaaaaaaaaaaaa [80 characters left out] bbbbb'
    """
    if len(text) <= longest:
        return text
    head, tail = 3 * longest // 4, longest // 4
    return f"{text[:head]} [{len(text) - head - tail} characters left out] {text[-tail:]}"


def _most_frequent(names: list[str]) -> str:
    """The commonest of some names; the first in order among equals; "" of none.

    >>> _most_frequent(["b", "a", "b"]), _most_frequent(["b", "a"]), _most_frequent([])
    ('b', 'a', '')
    """
    return max(sorted(set(names)), key=names.count, default="")
