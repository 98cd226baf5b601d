"""The cases of every exercise, one module a notebook.

A module holds `CHECKS`, from an exercise's number to its `Checks`.
"""

from collections.abc import Callable
from typing import Any

from raftkit.course.cases import Checks
from raftkit.course.checks import commitment, nemesis, replication, storage, timers, voting
from raftkit.course.exercise import Exercise
from raftkit.protocol import Rules

_BY_NOTEBOOK: dict[str, dict[str, Checks]] = {
    "01_timers": timers.CHECKS,
    "02_voting": voting.CHECKS,
    "03_log_replication": replication.CHECKS,
    "04_commit_and_safety": commitment.CHECKS,
    "05_crash_and_storage": storage.CHECKS,
    "06_nemesis": nemesis.CHECKS,
}


def checks_of(exercise: Exercise) -> Checks:
    """What checks an exercise."""
    return _BY_NOTEBOOK[exercise.notebook][exercise.id]


def reference_of(exercise: Exercise) -> Callable[..., Any]:
    """The kit's own answer to an exercise; for a rule it is the one that servers obey.

    >>> from raftkit.course import exercise
    >>> reference_of(exercise("2.1")).__name__
    'has_majority'
    """
    own = checks_of(exercise).reference
    return own or getattr(Rules(), exercise.answer)
