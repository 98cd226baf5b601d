"""Histories of events, as Jepsen and its kin write them: one line a call, one a return.

    {"process": 0, "type": "invoke", "f": "write", "value": 1}
    {"process": 0, "type": "ok", "f": "write", "value": 1}

The order of the lines is the order of time. "fail" means that it surely did not
happen, "info" that nobody knows. Fields that are not named here are left alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from raftkit.checkers.linearizability.json_lines import (
    LineError,
    Lines,
    argument_of,
    kind_named,
    result_of,
    value_of,
)
from raftkit.checkers.linearizability.models import Kind, Model
from raftkit.checkers.linearizability.operations import LINE, Operation, Value, shown

_TYPES: Final = ("invoke", "ok", "fail", "info")


@dataclass(frozen=True, slots=True)
class _Call:
    """An event of type "invoke" that waits for its end."""

    number: int
    name: str
    kind: Kind
    key: Value
    argument: Value


def read_events(lines: Iterable[tuple[int, dict[str, Any]]], model: Model) -> Lines:
    """The operations in lines of events; instants are the numbers of their lines.

    Raises `LineError` for a line that does not fit.
    """
    calls: dict[str, _Call] = {}
    operations = []
    for number, fields in lines:
        process, kind_of_event = fields.get("process"), fields.get("type")
        if kind_of_event not in _TYPES:
            raise LineError(f'line {number} needs a "type": {", ".join(_TYPES)}')
        if isinstance(process, bool) or not isinstance(process, int | str):
            raise LineError(f'line {number} needs a "process": a number or a name')
        if process == "nemesis":
            continue  # What went wrong around the clients; it is no client itself.
        client = str(process)
        if kind_of_event == "invoke":
            if client in calls:
                raise LineError(
                    f"line {number}: process {shown(client)} has not ended its call of line "
                    f"{calls[client].number}"
                )
            calls[client] = _call(number, fields, model)
            continue
        if client not in calls:
            raise LineError(
                f"line {number}: process {shown(client)} has called nothing that could end"
            )
        call = calls.pop(client)
        if fields.get("f", call.name) != call.name:
            raise LineError(f"line {number} does not end the {call.name} of line {call.number}")
        if kind_of_event == "ok":
            operations.append(_returned(client, call, number, fields))
        elif kind_of_event == "info":
            operations.append(_unanswered(client, call))
    operations += [_unanswered(client, call) for client, call in calls.items()]
    return Lines(tuple(sorted(operations, key=lambda each: each.called)), LINE)


def _call(number: int, fields: dict[str, Any], model: Model) -> _Call:
    name, kind = kind_named(number, fields.get("f"), model)
    # What a question is called with is the place of its answer.
    value = fields.get("value") if kind.arguments else None
    argument = argument_of(number, name, kind, value, "value" in fields)
    return _Call(number, name, kind, value_of(number, fields.get("key")), argument)


def _returned(client: str, call: _Call, number: int, fields: dict[str, Any]) -> Operation:
    result = None
    if call.kind.answer == "truth":
        result = True  # One that found another value ends in "fail".
    elif call.kind.answer == "value":
        result = result_of(number, call.name, call.kind, fields.get("value"), "value" in fields)
    return Operation(
        client, call.name, call.key, call.argument, result, call.number, number, call.number
    )


def _unanswered(client: str, call: _Call) -> Operation:
    return Operation(
        client, call.name, call.key, call.argument, called=call.number, line=call.number
    )
