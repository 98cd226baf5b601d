"""The cases of every exercise, one module a notebook.

A module holds `CHECKS`, from an exercise's number to its `Checks` or `ServerChecks`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from raftkit.course.cases import Checks
from raftkit.course.checks import (
    capstone,
    commitment,
    nemesis,
    replication,
    storage,
    timers,
    voting,
)
from raftkit.course.exercise import Exercise
from raftkit.course.stages import ServerChecks
from raftkit.protocol import Rules

# The kinds of checks: each is handled in raftkit.course.kinds.
AnyChecks = Checks | ServerChecks

_BY_NOTEBOOK: dict[str, Mapping[str, AnyChecks]] = {
    "01_timers": timers.CHECKS,
    "02_voting": voting.CHECKS,
    "03_log_replication": replication.CHECKS,
    "04_commit_and_safety": commitment.CHECKS,
    "05_crash_and_storage": storage.CHECKS,
    "06_nemesis": nemesis.CHECKS,
    "07_capstone": capstone.CHECKS,
}


def checks_of(exercise: Exercise) -> AnyChecks:
    """What checks an exercise. Raises LookupError for one whose cases are not written yet."""
    checks = _BY_NOTEBOOK.get(exercise.notebook, {}).get(exercise.id)
    if checks is None:
        raise LookupError(
            f"{exercise.id} stands in the catalogue, and no CHECKS of {exercise.notebook} in "
            "raftkit/course/checks/ have its cases"
        )
    return checks


def function_checks_of(exercise: Exercise) -> Checks:
    """What checks an exercise whose answer is a function. Raises TypeError for any other."""
    checks = checks_of(exercise)
    if not isinstance(checks, Checks):
        raise TypeError(f"the answer to {exercise.id} is no function")
    return checks


def server_checks_of(exercise: Exercise) -> ServerChecks:
    """What checks an exercise whose answer is a class of servers. Raises TypeError for others."""
    checks = checks_of(exercise)
    if not isinstance(checks, ServerChecks):
        raise TypeError(f"the answer to {exercise.id} is no class of servers")
    return checks


def reference_of(exercise: Exercise) -> Callable[..., Any]:
    """The kit's own answer to an exercise; for a rule it is the one that servers obey.

    >>> from raftkit.course import exercise
    >>> reference_of(exercise("2.1")).__name__
    'has_majority'
    """
    own = checks_of(exercise).reference
    return own or getattr(Rules(), exercise.answer)
