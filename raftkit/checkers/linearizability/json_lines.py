"""The file of a history: JSON lines, one operation a line or one event a line.

    {"client": "C1", "kind": "write", "key": "x", "argument": 1, "called": 0, "returned": 12.5}
    {"client": "C2", "kind": "read", "key": "x", "result": 1, "called": 20, "returned": null}

It is read strictly: a misspelt or missing field is refused with its line's number, because a
misread history would give a wrong verdict. Events are read by events.py.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from raftkit.checkers.linearizability.events import read_events
from raftkit.checkers.linearizability.line_fields import (
    LineError,
    Lines,
    argument_of,
    kind_named,
    result_of,
    value_of,
)
from raftkit.checkers.linearizability.models import Model
from raftkit.checkers.linearizability.operations import (
    Operation,
    shown,
    thawed,
)

LATEST: Final = 2**53
_FIELDS: Final = ("client", "kind", "key", "argument", "result", "called", "returned")


def read_lines(text: str, model: Model) -> Lines:
    """Return the operations in a text of JSON lines. Raises `LineError` for the first damaged line.

    >>> from raftkit.checkers.linearizability import MODELS
    >>> line = '{"client": "C1", "kind": "get", "key": "x", "result": 1, "called": 3, "returned": 5}'
    >>> print(*read_lines(line, MODELS["kv"]).operations)
    C1: get x → 1 (3 to 5 ms)
    """  # noqa: E501
    lines = list(_parsed(text))
    if lines and "type" in lines[0][1]:
        return read_events(lines, model)
    operations = [_operation(number, fields, model) for number, fields in lines]
    _one_thing_at_a_time(operations)
    return Lines(tuple(operations))


def write_lines(operations: Iterable[Operation]) -> str:
    """Return the operations as JSON lines, which `read_lines` reads back.

    >>> print(write_lines([Operation("C1", "write", argument=2, called=1)]), end="")
    {"client": "C1", "kind": "write", "argument": 2, "called": 1, "returned": null}
    """
    return "".join(json.dumps(as_json(operation)) + "\n" for operation in operations)


def as_json(operation: Operation) -> dict[str, Any]:
    """Return one operation as plain JSON data, without fields that say nothing."""
    fields = {name: thawed(getattr(operation, name)) for name in _FIELDS}
    told = operation.returned is not None and operation.argument is None
    kept = {"called", "returned", *(["result"] if told else [])}
    return {name: part for name, part in fields.items() if part is not None or name in kept}


# Reading -------------------------------------------------------------------------------


def _parsed(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each line that is not blank, with its number."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            fields = json.loads(
                line, parse_constant=_refuse_constant, object_pairs_hook=_without_repetition
            )
        except (ValueError, RecursionError):
            raise LineError(f"line {number} is not JSON: write one record a line") from None
        if not isinstance(fields, dict):
            raise LineError(f'line {number} is no record: write {{"client": ...}}')
        yield number, fields


def _refuse_constant(name: str) -> None:
    """Refuse NaN and Infinity, which Python's reader accepts although they are not JSON."""
    raise ValueError(f"{name} is no number")


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse two fields of one name, of which Python's reader would take the last."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a field is there twice")
    return fields


def _operation(number: int, fields: dict[str, Any], model: Model) -> Operation:
    for name in fields:
        if name not in _FIELDS:
            raise LineError(
                f"line {number} has {shown(name)!r}: the names are {', '.join(_FIELDS)}"
            )
    client = fields.get("client")
    if not isinstance(client, str) or not client:
        raise LineError(f'line {number} needs a client: "client": "C1"')
    name, kind = kind_named(number, fields.get("kind"), model)
    called, returned = _instant(number, fields, "called"), _instant(number, fields, "returned")
    if called is None:
        raise LineError(f'line {number} needs the instant of its call in ms: "called": 12.5')
    if returned is not None and returned < called:
        raise LineError(f"line {number} returns at {returned} before it is called at {called}")
    argument = argument_of(number, name, kind, fields.get("argument"), "argument" in fields)
    result = None
    if returned is not None:
        result = result_of(number, name, kind, fields.get("result"), "result" in fields)
    key = value_of(number, fields.get("key"))
    return Operation(client, name, key, argument, result, called, returned, number)


def _instant(number: int, fields: dict[str, Any], name: str) -> float | None:
    value: float | None = fields.get(name)
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # Larger floating point numbers do not distinguish one millisecond from the next.
    if not is_number or not -LATEST <= value <= LATEST:
        raise LineError(f"line {number} has {name} {shown(value)}: give milliseconds")
    return value


def _one_thing_at_a_time(operations: Iterable[Operation]) -> None:
    """Refuse a client that calls before it has been answered: it must be two clients."""
    last: dict[str, Operation] = {}
    for operation in sorted(operations, key=lambda each: each.called):
        before = last.get(operation.client)
        if before is not None and (before.returned or 0) > operation.called:
            raise LineError(
                f"line {operation.line}: {shown(operation.client)} is still busy with its call of "
                f"line {before.line}: what runs side by side needs two clients"
            )
        if operation.returned is not None:
            last[operation.client] = operation
