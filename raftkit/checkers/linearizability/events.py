"""Histories of events, as Jepsen and similar tools write them: a line a call, a line a return.

    {"process": 0, "type": "invoke", "f": "write", "value": 1}
    {"process": 0, "type": "ok", "f": "write", "value": 1}

The lines are in the order of time; "time" and "index" must not contradict it. "fail" did not
happen; "info" may have. Values [key, value] are taken apart; other fields are ignored.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from raftkit.checkers.linearizability.line_fields import (
    LineError,
    Lines,
    argument_of,
    kind_named,
    result_of,
    value_of,
)
from raftkit.checkers.linearizability.models import Model, OperationKind
from raftkit.checkers.linearizability.operations import LINE, Operation, Value, shown

_TYPES: Final = ("invoke", "ok", "fail", "info")
_NEMESIS: Final = ("nemesis", ":nemesis")

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Call:
    """An event of type "invoke" without its end so far; `value` is the one in its line."""

    number: int
    name: str
    kind: OperationKind
    key: Value
    argument: Value
    value: Any


def read_events(lines: Iterable[tuple[int, Fields]], model: Model) -> Lines:
    """Return the operations in lines of events; instants are the numbers of their lines.

    Raises `LineError` for a line that does not fit.
    """
    events = [(number, fields) for number, fields in lines if _is_of_a_client(number, fields)]
    _in_the_order_of_time(events)
    calls: dict[str, _Call] = {}
    operations = []
    for number, fields in _with_keys(events, model):
        client = str(fields["process"])
        if fields["type"] == "invoke":
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
        _must_end(call, number, fields)
        if fields["type"] == "ok":
            operations.append(_returned(client, call, number, fields))
        elif fields["type"] == "info":
            operations.append(_unanswered(client, call))
    operations += [_unanswered(client, call) for client, call in calls.items()]
    return Lines(tuple(sorted(operations, key=lambda each: each.called)), LINE)


def _is_of_a_client(number: int, fields: Fields) -> bool:
    """Return whether an event is a client's, and not the nemesis's."""
    if fields.get("type") not in _TYPES:
        raise LineError(f'line {number} needs a "type": {", ".join(_TYPES)}')
    process = fields.get("process")
    if isinstance(process, bool) or not isinstance(process, int | str):
        raise LineError(f'line {number} needs a "process": a number or a name')
    return process not in _NEMESIS


def _in_the_order_of_time(events: Sequence[tuple[int, Fields]]) -> None:
    """Refuse lines whose times or indexes are not in order."""
    for name, least in (("time", 0), ("index", 1)):
        before = None
        for number, fields in events:
            now = fields.get(name)
            if isinstance(now, bool) or not isinstance(now, int | float):
                continue
            if before is not None and now - before < least:
                raise LineError(
                    f"line {number} has {name} {shown(now)} after {shown(before)}: "
                    "sort the lines in the order in which they happened"
                )
            before = now


# Values that hold keys -------------------------------------------------------------------


def _with_keys(events: Sequence[tuple[int, Fields]], model: Model) -> list[tuple[int, Fields]]:
    """Return the events, with values [key, value] taken apart if there are many objects.

    That is the case if reads, which have no value of their own, are called with [key, null].
    """
    if not any(_asks_for_a_key(fields, model) for _, fields in events):
        _must_be_of_one_object(events, model)
        return list(events)
    apart = []
    for number, fields in events:
        if fields["type"] != "invoke" and fields.get("value") is None:
            apart.append((number, fields))
        elif "key" not in fields and _is_pair(fields.get("value")):
            key, value = fields["value"]
            apart.append((number, fields | {"key": key, "value": value}))
        else:
            raise LineError(
                f"line {number} has no value [key, value] as others have: give each line a "
                '"key" and its value alone'
            )
    return apart


def _asks_for_a_key(fields: Fields, model: Model) -> bool:
    """Return whether an event is a call such as a read of [key, null]."""
    kind = model.kinds.get(str(fields.get("f")))
    is_question = kind is not None and not kind.arguments and fields["type"] == "invoke"
    value: Any = fields.get("value")
    return is_question and "key" not in fields and _is_pair(value) and value[1] is None


def _must_be_of_one_object(events: Sequence[tuple[int, Fields]], model: Model) -> None:
    """Refuse a history in which each value may or may not be [key, value]."""
    told = [
        (number, fields)
        for number, fields in events
        if fields.get("value") is not None and fields["type"] in ("invoke", "ok")
    ]
    if told and all(_may_have_a_key(fields, model) for _, fields in told):
        raise LineError(
            f"line {told[0][0]} and all others have lists of two: if that is [key, value], write "
            '"key" and "value" apart; if it is one value, add "key": null'
        )


def _may_have_a_key(fields: Fields, model: Model) -> bool:
    """Return whether the value of an event without a key can be read as [key, value]."""
    value = fields["value"]
    if "key" in fields or not _is_pair(value) or isinstance(value[0], list):
        return False
    kind = model.kinds.get(str(fields.get("f")))
    return kind is None or kind.arguments < 2 or _is_pair(value[1])


def _is_pair(value: Any) -> bool:
    """Return whether a value is a list of two."""
    return isinstance(value, list) and len(value) == 2


# Calls and their ends --------------------------------------------------------------------


def _call(number: int, fields: Fields, model: Model) -> _Call:
    name, kind = kind_named(number, fields.get("f"), model)
    value = fields.get("value")
    # The value in the call of a read is not an argument, but a place for the answer.
    argument = argument_of(number, name, kind, value if kind.arguments else None, "value" in fields)
    return _Call(number, name, kind, value_of(number, fields.get("key")), argument, value)


def _must_end(call: _Call, number: int, fields: Fields) -> None:
    """Refuse the end of another call: with another function, key or value."""
    if fields.get("f", call.name) != call.name:
        raise LineError(f"line {number} does not end the {call.name} of line {call.number}")
    key = value_of(number, fields.get("key"))
    if key is not None and key != call.key:
        raise LineError(
            f"line {number} has the key {shown(key)}, and the {call.name} of line {call.number} "
            f"that it ends has {shown(call.key)}"
        )
    value = fields.get("value")
    # An answer does not repeat the call's value, and a value that is left out contradicts nothing.
    asks = call.kind.arguments == 0 and call.value is None
    answers = asks or (call.kind.answer == "truth" and _is_truth(fields))
    if fields["type"] == "ok" and value is not None and not answers:
        if value_of(number, value) != value_of(call.number, call.value):
            raise LineError(
                f"line {number} has the value {_told(number, value)}, and the {call.name} of line "
                f"{call.number} that it ends has {_told(call.number, call.value)}"
            )


def _told(number: int, value: Any) -> str:
    """Return a value of a line as text for people."""
    return shown(value_of(number, value))


def _is_truth(fields: Fields) -> bool:
    """Return whether the value of an event is true or false."""
    return isinstance(fields.get("value"), bool)


def _returned(client: str, call: _Call, number: int, fields: Fields) -> Operation:
    result = None
    if call.kind.answer == "truth":
        # A compare-and-set that found another value mostly ends in "fail", but may say false.
        result = fields["value"] if _is_truth(fields) else True
    elif call.kind.answer == "value":
        result = result_of(number, call.name, call.kind, fields.get("value"), "value" in fields)
    return Operation(
        client, call.name, call.key, call.argument, result, call.number, number, call.number
    )


def _unanswered(client: str, call: _Call) -> Operation:
    return Operation(
        client, call.name, call.key, call.argument, called=call.number, line=call.number
    )
