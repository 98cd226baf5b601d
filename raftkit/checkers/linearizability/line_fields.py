"""The fields of a line, read strictly: kinds of calls, their arguments and results.

A misspelt field is refused with its line's number. This module does not know whether lines are
operations or events.
"""

from dataclasses import dataclass
from typing import Any

from raftkit.checkers.linearizability.models import MODELS, Model, OperationKind
from raftkit.checkers.linearizability.operations import MS, Operation, Unit, Value, frozen, shown


class LineError(ValueError):
    """What is wrong with a line, and what to do; begins with the line's number."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What a file holds: operations, and the unit of their instants."""

    operations: tuple[Operation, ...]
    unit: Unit = MS


def kind_named(number: int, name: Any, model: Model) -> tuple[str, OperationKind]:
    """Return the name and the kind of operation of this name, if the model has it."""
    if not isinstance(name, str) or name not in model.kinds:
        others = [other.name for other in MODELS.values() if name in (*other.kinds,)]
        known = f"; {shown(name)} is of the model {' or '.join(others)}" if others else ""
        raise LineError(
            f"line {number} has no kind that the model {model.name} knows: "
            f"{', '.join(model.kinds)}{known}"
        )
    return name, model.kinds[name]


def value_of(number: int, value: Any) -> Value:
    """Return a value that states can hold."""
    try:
        return frozen(value)
    except ValueError as error:
        raise LineError(f"line {number}: {error}") from None


def argument_of(number: int, name: str, kind: OperationKind, value: Any, is_there: bool) -> Value:
    """Return the argument of an operation: none, one value, or a list of two."""
    if kind.arguments == 0:
        if value is not None:
            raise LineError(f"line {number}: a {name} takes no argument")
        return None
    if not is_there:
        raise LineError(f"line {number}: a {name} needs an argument")
    if kind.arguments == 2 and not (isinstance(value, list) and len(value) == 2):
        raise LineError(f"line {number}: a {name} needs two arguments: [expected, new]")
    if kind.answer == "text" and not isinstance(value, str):
        raise LineError(f"line {number}: what is appended must be text, not {shown(value)}")
    return value_of(number, value)


def result_of(number: int, name: str, kind: OperationKind, value: Any, is_there: bool) -> Value:
    """Return the result of an operation that has returned, as far as it is checked."""
    if kind.answer == "done":
        return None
    if kind.answer == "text":
        if value is not None and not isinstance(value, str):
            raise LineError(f"line {number}: the result of a {name} is text, or left out")
        return value
    if not is_there:
        raise LineError(f"line {number}: a {name} that has returned needs a result")
    if kind.answer == "truth":
        if not isinstance(value, bool):
            raise LineError(f"line {number}: the result of a {name} is true or false")
        return value
    return value_of(number, value)
