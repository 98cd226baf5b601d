"""The checks of an exercise, by kind, and the reference's answer that passes them.

A chapter's cases are loaded when the first of its exercises is asked for.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from raftkit.course.checking.cases import Checks
from raftkit.course.exercise import Exercise
from raftkit.protocol import Rules

if TYPE_CHECKING:
    from raftkit.course.checking.server_stages import ServerChecks


def checks_of(exercise: Exercise) -> "Checks | ServerChecks":
    """The checks of an exercise. Raises LookupError if its cases are not written yet."""
    checks: Checks | ServerChecks = exercise.checks
    return checks


def function_checks_of(exercise: Exercise) -> Checks:
    """The checks of an exercise whose answer is a function. Raises TypeError for any other."""
    checks = checks_of(exercise)
    if not isinstance(checks, Checks):
        raise TypeError(f"the answer to {exercise.id} is no function")
    return checks


def server_checks_of(exercise: Exercise) -> "ServerChecks":
    """The checks of an exercise whose answer is a class of servers. Raises TypeError for others."""
    checks = checks_of(exercise)
    if isinstance(checks, Checks):
        raise TypeError(f"the answer to {exercise.id} is no class of servers")
    return checks


def reference_of(exercise: Exercise) -> Callable[..., Any]:
    """The kit's own answer to an exercise; for a rule it is the one that servers obey.

    >>> from raftkit.course import exercise
    >>> reference_of(exercise("2.1")).__name__
    'has_majority'
    """
    return checks_of(exercise).reference or getattr(Rules(), exercise.answer)
