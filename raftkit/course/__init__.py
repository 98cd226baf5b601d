"""The course: its chapters, how answers are checked, and what students call.

A check takes a student's function or class and returns a result with a picture. The package
raftkit.grading grades a whole class in child processes.
"""

from raftkit.course.chapters import EXERCISES, NOTEBOOKS, exercise, exercises_of
from raftkit.course.checking.answer_kinds import examine
from raftkit.course.checking.result import CaseResult, Result
from raftkit.course.checking.rules_with import rules_with
from raftkit.course.errors import KitError, StudentError
from raftkit.course.exercise import Exercise, Notebook
from raftkit.course.repair import Repair
from raftkit.course.tutor.commands import check, hint, picture, progress, reveal
from raftkit.course.tutor.replay import replay
from raftkit.course.tutor.try_out import try_out

__all__ = [
    "EXERCISES",
    "NOTEBOOKS",
    "CaseResult",
    "Exercise",
    "KitError",
    "Notebook",
    "Repair",
    "Result",
    "StudentError",
    "check",
    "examine",
    "exercise",
    "exercises_of",
    "hint",
    "picture",
    "progress",
    "replay",
    "reveal",
    "rules_with",
    "try_out",
]
