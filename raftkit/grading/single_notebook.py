"""Grades one notebook for `raftkit check`, which prints the result.

It uses the same judge and the same sandbox as for a class, with the notebook's own seed unless
another is given. It writes no files.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from raftkit.course.chapters import exercises_of
from raftkit.grading.judge import Verdict, assignment_of, grade_notebook, open_notebook
from raftkit.grading.notebook import Unreadable
from raftkit.grading.sandbox import Limits, Sandbox, SandboxError


@dataclass(frozen=True)
class Checked:
    """The result of one notebook; `problem` says in one line why it could not be graded."""

    problem: str = ""
    notes: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()

    @property
    def points(self) -> float:
        """The points earned."""
        return sum(verdict.points for verdict in self.verdicts)

    @property
    def max_points(self) -> float:
        """The points that can be earned."""
        return sum(verdict.max_points for verdict in self.verdicts)

    def as_text(self) -> str:
        """Every result as the notebook shows it, and the sum of the points."""
        notes = [f"note: {note}" for note in self.notes]
        results = [verdict.text for verdict in self.verdicts]
        total = f"{self.points:g} of {self.max_points:g} points"
        return "\n".join([*notes, *results, total])

    def as_json(self) -> dict[str, Any]:
        """The results as plain data for another program."""
        return {
            "exercises": [verdict.to_json() for verdict in self.verdicts],
            "max_points": self.max_points,
            "notes": list(self.notes),
            "points": self.points,
        }


def check_notebook(path: Path, seed: int, limits: Limits) -> Checked:
    """Grade the notebook in a file."""
    try:
        notebook = open_notebook(path)
    except Unreadable as problem:
        return Checked(problem=str(problem))
    assignment = assignment_of(notebook, path.stem)
    if not assignment:
        return Checked(problem=f"{path.name} has no exercise of this course in it")
    try:
        with Sandbox(limits) as sandbox:
            verdicts = grade_notebook(notebook, exercises_of(assignment), sandbox, seed)
            if sandbox.timeouts:  # as in a class: the machine may have been busy
                notebook = open_notebook(path)
                verdicts = grade_notebook(notebook, exercises_of(assignment), sandbox, seed)
    except SandboxError as problem:
        return Checked(problem=str(problem))
    return Checked(notes=notebook.told, verdicts=tuple(verdicts))
