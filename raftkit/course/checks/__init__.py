"""The cases of every exercise, one module a notebook.

A module holds `CHECKS`, from an exercise's number to its `Checks`.
"""

from raftkit.course.checks import voting
from raftkit.course.exercise import Checks, Exercise

_BY_NOTEBOOK: dict[str, dict[str, Checks]] = {"02_voting": voting.CHECKS}


def checks_of(exercise: Exercise) -> Checks:
    """What checks an exercise."""
    return _BY_NOTEBOOK[exercise.notebook][exercise.id]
