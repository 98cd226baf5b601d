"""The judge: grades one student's notebook, exercise by exercise.

Cases, cluster, checkers and points are the course's and run in this process; the student's
code runs in another process and only answers calls. The seeds differ from the notebook's, so
a student cannot know the schedules; the rules of the checks are the same.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISREG
from typing import Any

from raftkit.course.chapters import EXERCISES
from raftkit.course.checking.answer_kinds import answer_kind_of, examine
from raftkit.course.checking.printed_output import with_output_of_class
from raftkit.course.checking.result import Result
from raftkit.course.exercise import Exercise
from raftkit.grading.notebook import Notebook, Unreadable, read_notebook
from raftkit.grading.remote_rules import RemoteRules
from raftkit.grading.sandbox import Sandbox, SandboxError
from raftkit.harmless_text import harmless

LONGEST_TEXT = 2_000  # characters of one value or message in a result


@dataclass(frozen=True)
class Verdict:
    """The points and result of one exercise, as plain values that can be stored and sent."""

    exercise: str
    points: float
    max_points: float
    status: str
    result: dict[str, Any]
    text: str
    html: str

    def to_json(self) -> dict[str, Any]:
        """The verdict as plain data, without its HTML."""
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
    """The sum of a notebook's points; 0 if it is not the course's."""
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
    """The name of the course's notebook that this is; "" if it is none.

    nbgrader's marks decide; without them the name of the file; then the functions in it.
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
    """The verdicts on all exercises of a notebook; an error of the kit becomes a verdict too."""
    names = [exercise.answer for exercise in exercises]
    with RemoteRules(notebook, names, sandbox) as rules:
        return [_verdict(exercise, rules, seed) for exercise in exercises]


def _verdict(exercise: Exercise, rules: RemoteRules, seed: int) -> Verdict:
    """The verdict on one exercise, with its own seed."""
    try:
        answer = _answer(exercise, rules)
        result = examine(exercise, answer, seed=seed_for(seed, exercise.id))
        if answer_kind_of(exercise).is_class:
            result = with_output_of_class(result, rules.printed(exercise.answer, 0)[0])
        result = _shortened(result)
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
        # An error of the kit must not cost the other exercises or students their points.
        said = f"{exercise.id} could not be graded: {type(error).__name__}: {error}"
        return Verdict(exercise.id, 0, exercise.points, "kit error", {"message": said}, said, "")


def _answer(exercise: Exercise, rules: RemoteRules) -> Any:
    """The student's function, or class of servers, as an object that can be called here."""
    if not answer_kind_of(exercise).is_class:
        return rules.rule(exercise.answer)
    # Imported here because it loads the stories of whole servers.
    from raftkit.grading.remote_server import remote_server

    return remote_server(rules, exercise.answer)


def _shortened(result: Result) -> Result:
    """`result` with its long texts shortened, and nothing in them that a terminal obeys."""
    cases = [
        replace(case, lines=tuple((label, harmless(short(text))) for label, text in case.lines))
        for case in result.cases
    ]
    return replace(result, message=harmless(short(result.message)), cases=tuple(cases))


def short(text: str, longest: int = LONGEST_TEXT) -> str:
    """`text`, without its middle if it is long; its end often says what was expected.

    >>> short("a" * 50 + "b" * 50, 20)
    'aaaaaaaaaaaaaaa [80 characters left out] bbbbb'
    """
    if len(text) <= longest:
        return text
    head, tail = 3 * longest // 4, longest // 4
    return f"{text[:head]} [{len(text) - head - tail} characters left out] {text[-tail:]}"


def _most_frequent(names: list[str]) -> str:
    """The most frequent name; among equals the first in alphabetical order; "" if there is none.

    >>> _most_frequent(["b", "a", "b"]), _most_frequent(["b", "a"]), _most_frequent([])
    ('b', 'a', '')
    """
    return max(sorted(set(names)), key=names.count, default="")
