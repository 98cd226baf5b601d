"""Whether a student's function has the parameters that its exercise asks for.

Answers are called by position, so a parameter too few or too many would be an error in the call,
and two that stand in each other's place would be taken for one another. Names are free.
"""

import inspect
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from raftkit.course.checking.checks import reference_of
from raftkit.course.errors import KitError
from raftkit.course.exercise import Exercise


def refuse_other_parameters(exercise: Exercise, answer: Callable[..., Any]) -> None:
    """Raise `KitError` if the answer cannot be called as the reference is.

    >>> from raftkit.course import exercise
    >>> refuse_other_parameters(exercise("2.1"), lambda granted, servers: granted > servers // 2)
    Traceback (most recent call last):
    raftkit.course.errors.KitError: Your function has the parameters (granted, servers), and \
has_majority is called with (granted, refused, servers).
    """
    wanted = list(inspect.signature(reference_of(exercise)).parameters)
    with suppress(TypeError, ValueError):  # Not everything that can be called has a signature.
        signature = inspect.signature(answer)
        named = list(signature.parameters)
        called = f"{exercise.answer} is called with ({', '.join(wanted)})."
        if not _takes(signature, wanted):
            raise KitError(f"Your function has {_listed(signature)}, and {called}")
        if named != wanted and sorted(named) == sorted(wanted):
            raise KitError(f"Your parameters stand in another order: {called}")


def _takes(signature: inspect.Signature, arguments: list[str]) -> bool:
    """Whether a function with this signature can be called with so many arguments."""
    try:
        signature.bind(*arguments)
    except TypeError:
        return False
    return True


def _listed(signature: inspect.Signature) -> str:
    """The parameters as the student wrote them, without their types."""
    parts = [each.replace(annotation=each.empty) for each in signature.parameters.values()]
    return f"the parameters {inspect.Signature(parts)}" if parts else "no parameters"
