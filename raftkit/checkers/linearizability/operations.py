"""An operation: one call of one client, from the instant of the call to that of the answer.

This is all that a checker knows of a system: which client asked for what, when, and what it was
answered. An operation whose outcome is unknown has no return; it may take effect at any time after
its call, or never. This module knows no model and no algorithm.
"""

import json
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final, Literal

Value = Any  # A JSON value; lists are tuples, so that states can be hashed.
Unit = Literal["ms", "line"]

MS: Final = "ms"
LINE: Final = "line"  # In a file of events, a line's number is its time.
LONGEST: Final = 40  # characters of a value that are shown
DEEPEST: Final = 20  # lists within lists


@dataclass(frozen=True, slots=True)
class Operation:
    """A call at the instant `called`, answered at `returned`, or None if its outcome is unknown.

    `kind` is the model's word ("read", "put", ...), `key` the object that it is about, None if
    there is only one. The `argument` of a compare-and-set is a pair: what it expects, what it sets.
    Instants are milliseconds unless another unit is given. `line` is its line in a file, or 0.

    >>> print(Operation("C1", "cas", "x", argument=(1, 2), result=True, called=3, returned=5.5))
    C1: cas x 1 2 → true (3 to 5.5 ms)
    """

    client: str
    kind: str
    key: Value = None
    argument: Value = None
    result: Value = None
    called: float = 0
    returned: float | None = None
    line: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{shown(self.client)}: {label(self)} ({span(self)})"


def label(operation: Operation) -> str:
    """Return the call and its result, short enough for a picture.

    >>> label(Operation("C1", "write", "x", 2, called=1, returned=3))
    'write x 2'
    >>> label(Operation("C1", "get", "x", called=1))
    'get x → ?'
    """
    words = [operation.kind] + ([] if operation.key is None else [shown(operation.key)])
    if operation.kind == "cas" and isinstance(operation.argument, tuple):
        words += [shown(part) for part in operation.argument]
    elif operation.argument is not None:
        words.append(shown(operation.argument))
    if operation.returned is None:
        words.append("→ ?")
    elif operation.result is not None or operation.argument is None:
        words.append(f"→ {shown(operation.result)}")
    return " ".join(words)


def written(value: Value) -> str:
    """Return a value as text: text as it is, everything else as in JSON.

    >>> written("a"), written(None), written((1, "b"))
    ('a', 'null', '[1, "b"]')
    """
    if isinstance(value, str):
        return value
    return json.dumps(thawed(value), ensure_ascii=False, default=repr)


def shown(value: Value) -> str:
    """Return a value as text for people: on one line, cut if long, without control characters.

    >>> shown("a"), shown(""), shown("two\\nlines"), shown("a" * 50)
    ('a', '""', 'two\\\\nlines', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…')
    """
    words = written(value) or '""'
    if len(words) > LONGEST:
        words = words[: LONGEST - 1] + "…"
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in words
    )


# Instants ------------------------------------------------------------------------------


def instant(value: float, unit: Unit = MS) -> str:
    """Return an instant in words, to a tenth of a millisecond.

    >>> instant(12), instant(1234.567), instant(7, "line")
    ('12 ms', '1,234.6 ms', 'line 7')
    """
    return f"line {value:.0f}" if unit == LINE else f"{_tenth(value)} ms"


def span(operation: Operation, unit: Unit = MS) -> str:
    """Return in words when an operation began and ended.

    >>> span(Operation("C1", "read", called=3, returned=8.25))
    '3 to 8.2 ms'
    >>> span(Operation("C1", "read", called=3), "line")
    'from line 3, never answered'
    """
    called, returned = operation.called, operation.returned
    if returned is None:
        return f"from {instant(called, unit)}, never answered"
    if unit == LINE:
        return f"lines {called:.0f} to {returned:.0f}"
    return f"{_tenth(called)} to {_tenth(returned)} ms"


def _tenth(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


# Values --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Truth:
    """A stored true or false: in Python `True == 1`, and a register must distinguish them."""

    value: bool


def frozen(value: Value, depth: int = 0) -> Value:
    """Return a JSON value in a form that can be compared and hashed.

    Raises ValueError for an object, an infinite number, or lists nested too deep.

    >>> frozen([1, ["a", None]])
    (1, ('a', None))
    """
    if isinstance(value, bool):
        return Truth(value)
    if isinstance(value, list | tuple):
        if depth == DEEPEST:
            raise ValueError(f"lists are nested more than {DEEPEST} deep")
        return tuple(frozen(item, depth + 1) for item in value)
    if isinstance(value, dict):
        raise ValueError("a JSON object is no value here: use text, a number or a list")
    if isinstance(value, float) and not isfinite(value):
        raise ValueError("a number is too large")
    return value


def thawed(value: Value) -> Value:
    """Return a frozen value as plain JSON data."""
    if isinstance(value, Truth):
        return value.value
    return [thawed(item) for item in value] if isinstance(value, tuple) else value
