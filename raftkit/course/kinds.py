"""The kinds of answers, a function or a class of servers, and all that is done to each.

The one place that tells them apart: how an answer is examined, guarded, looked at before
it is called, and put into a cluster. The type of an exercise's checks says which it is.
"""

import inspect
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from raftkit.course.bundles import rules_with
from raftkit.course.cases import Checks
from raftkit.course.checks import checks_of, reference_of, server_checks_of
from raftkit.course.errors import KitError
from raftkit.course.examine import examine_function
from raftkit.course.examine_server import examine_server
from raftkit.course.exercise import Exercise
from raftkit.course.guard import SECONDS_A_CHECK, guarded
from raftkit.course.guarded_server import METHODS, Servers, guarded_server
from raftkit.course.result import Result
from raftkit.course.stages import ServerChecks

SECONDS_A_SERVER = 120.0  # of CPU time; a check of a right server takes some seconds


@dataclass(frozen=True)
class Kind:
    """What is done to an answer of one kind.

    `examine(exercise, answer, seed)` checks one that is guarded or behind a pipe. `guard(answer)`
    is for a student's in this process, `refuse(exercise, answer)` raises `KitError` for what
    cannot be the answer, `source(exercise)` shows the reference, and `parts(*answers)` is what
    a cluster needs for its servers to decide with the answers.
    """

    word: str
    seconds: float
    examine: Callable[[Exercise, Any, int], Result]
    guard: Callable[[Any], Any]
    refuse: Callable[[Exercise, Any], None]
    source: Callable[[Exercise], str]
    parts: Callable[..., dict[str, Any]]


def kind_of(exercise: Exercise) -> Kind:
    """The kind of an exercise's answer."""
    return _KINDS[type(checks_of(exercise))]


def examine(exercise: Exercise, answer: Any, seed: int = 0) -> Result:
    """Check an answer; other seeds ask the same with other numbers and schedules.

    Whatever the answer does is in the result; nothing is raised for it.

    >>> from raftkit.course import exercise
    >>> from raftkit.protocol import has_majority
    >>> examine(exercise("2.1"), has_majority).score
    '6 of 6 points'
    """
    return kind_of(exercise).examine(exercise, answer, seed)


# Functions -------------------------------------------------------------------------------


def _refuse_function(chosen: Exercise, function: Any) -> None:
    """Whether the parameters stand in the order in which the function will be called."""
    parameters = list(inspect.signature(reference_of(chosen)).parameters)
    with suppress(TypeError, ValueError):  # Not everything that can be called has a signature.
        named = list(inspect.signature(function).parameters)
        if named != parameters and sorted(named) == sorted(parameters):
            raise KitError(
                f"Your parameters stand in another order than {chosen.answer} is called with: "
                f"({', '.join(parameters)})."
            )


def _functions_at_work(*functions: Any) -> dict[str, Any]:
    return {"rules": rules_with(*functions)}


def _source_of_function(chosen: Exercise) -> str:
    """The reference that servers obey: there is no copy that could go stale."""
    return inspect.getsource(reference_of(chosen))


# Servers ---------------------------------------------------------------------------------


def _guard_server(answer: Any) -> Servers:
    return answer if isinstance(answer, Servers) else guarded_server(answer)


def _examine_server(chosen: Exercise, answer: Any, seed: int) -> Result:
    return examine_server(chosen, server_checks_of(chosen), _guard_server(answer), seed)


def _server_at_work(answer: Any) -> dict[str, Any]:
    return {"make_server": _guard_server(answer)}


def _refuse_server(chosen: Exercise, answer: Any) -> None:
    """Whether it is a class with the methods of the contract."""
    if not isinstance(answer, type):
        raise KitError(
            f'check("{chosen.id}", {chosen.answer}) wants the class itself, by its name and '
            f"without parentheses, not {answer!r}."
        )
    missing = [name for name in METHODS if not callable(getattr(answer, name, None))]
    if missing:
        raise KitError(f"Your class {answer.__name__} has no {missing[0]}: did you rename it?")


def _source_of_server(chosen: Exercise) -> str:
    """Where each part of the reference stands, and how the parts are put together."""
    checks = server_checks_of(chosen)
    files = [
        f"raftkit/{'/'.join(part.__name__.split('.')[1:])}.py".ljust(40)
        + (inspect.getdoc(part) or "").partition("\n")[0]
        for part in checks.parts
    ]
    return "\n".join([*files, "", inspect.getsource(checks.reference)])


FUNCTION = Kind(
    "function",
    SECONDS_A_CHECK,
    examine_function,
    guarded,
    _refuse_function,
    _source_of_function,
    _functions_at_work,
)
SERVER = Kind(
    "class",
    SECONDS_A_SERVER,
    _examine_server,
    _guard_server,
    _refuse_server,
    _source_of_server,
    _server_at_work,
)
_KINDS: dict[type, Kind] = {Checks: FUNCTION, ServerChecks: SERVER}
