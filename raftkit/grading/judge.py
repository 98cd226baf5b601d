"""The judge: one student's notebook against the exercises it should answer.

Cases, cluster, checkers and points are the course's and run in this process;
of the student's code it sees nothing but answers to calls. The seeds differ
from the notebook's, so the schedules are hidden ones; the rules are not.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from raftkit.course.catalogue import EXERCISES
from raftkit.course.examine import examine
from raftkit.course.exercise import Exercise
from raftkit.grading.notebook import Notebook
from raftkit.grading.remote import RemoteRules
from raftkit.grading.sandbox import Sandbox, SandboxError


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
    written = [exercise for exercise in EXERCISES if notebook.defines(exercise.rule)]
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
    names = [exercise.rule for exercise in exercises]
    with RemoteRules(notebook, names, sandbox) as rules:
        return [_verdict(exercise, rules, seed) for exercise in exercises]


def _verdict(exercise: Exercise, rules: RemoteRules, seed: int) -> Verdict:
    """One exercise, examined on its own seed."""
    try:
        result = examine(exercise, rules.rule(exercise.rule), seed=seed_for(seed, exercise.id))
        return Verdict(
            exercise=exercise.id,
            points=result.points,
            max_points=result.max_points,
            status=result.status,
            result=result.to_json(),
            text=str(result),
            html=result.to_html(),
        )
    except SandboxError:
        raise
    except Exception as error:
        # Ours, not the student's: it must cost neither the other exercises nor the other students.
        said = f"{exercise.id} could not be graded: {type(error).__name__}: {error}"
        return Verdict(exercise.id, 0, exercise.points, "kit error", {"message": said}, said, "")


def _most_frequent(names: list[str]) -> str:
    """The commonest of some names; the first in order among equals; "" of none.

    >>> _most_frequent(["b", "a", "b"]), _most_frequent(["b", "a"]), _most_frequent([])
    ('b', 'a', '')
    """
    return max(sorted(set(names)), key=names.count, default="")
