"""The classroom: catalogue, check, hint, reveal, replay, progress, wrong answers.

A student's ten lines come in, a result with a picture goes out. Grading a whole
class stands on this, in a child process; see raftkit.grading.
"""

from raftkit.course.acting_out import act_out
from raftkit.course.bundles import rules_with
from raftkit.course.chapters import EXERCISES, NOTEBOOKS, exercise, exercises_of
from raftkit.course.errors import KitError, StudentError
from raftkit.course.exercise import Exercise, Notebook
from raftkit.course.kinds import examine
from raftkit.course.outside import try_elections, try_promise
from raftkit.course.repair import Repair
from raftkit.course.replaying import replay
from raftkit.course.result import CaseResult, Result
from raftkit.course.trying import try_timeouts
from raftkit.course.tutor import check, hint, picture, progress, reveal, try_out

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
    "act_out",
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
    "try_elections",
    "try_out",
    "try_promise",
    "try_timeouts",
]
