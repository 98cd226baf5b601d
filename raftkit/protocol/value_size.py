"""Whether a value is larger than any answer: the one bound of what a student's code returns.

Whoever compares, prints or draws an answer may rely on it. Of what a whole server returns only
the number of its parts and the length of its texts count, because it is asked in every step. It
does not know which answer is right.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from itertools import islice
from operator import index
from typing import Any, cast

from raftkit.protocol.log import Log

# Right answers have half of these: one that writes a long log down entry by entry has many values.
# Python itself writes no number of many digits.
VALUES, CHARACTERS, DEPTH, DIGITS = 200_000, 200_000, 20, 100
_BITS = 332  # of a number with so many digits
_LONG_TEXT = f"text of more than {CHARACTERS:,} characters, and no server needs it"
_SMALL = (bool, float, type(None))


def excess(value: Any) -> str:
    """What is too large in a value, as in "a number of more than 100 digits"; "" if nothing is.

    >>> excess((3, "S1")), excess([10**4_000]), excess("x" * 300_000)
    ('', 'a number of more than 100 digits', 'text of more than 200,000 characters')
    >>> excess([1] * 300_000)
    'more than 200,000 values in one'
    """
    values, characters, depth = 0, 0, 0
    level = [value]
    while level:
        values += len(level)
        if depth > DEPTH:
            return f"values nested more than {DEPTH} deep"
        below: list[Any] = []
        for item in level:
            kind = type(item)
            if kind in _SMALL:
                continue
            if kind is str:  # the most frequent of those below
                characters += len(item)
                continue
            if _has_many_digits(item):
                return f"a number of more than {DIGITS} digits"
            if kind is not int:
                characters += len(item) if issubclass(kind, str | bytes) else 0
                below += islice(_parts(item), VALUES + 1)
            if values + len(below) > VALUES:
                return f"more than {VALUES:,} values in one"
        if characters > CHARACTERS:
            return f"text of more than {CHARACTERS:,} characters"
        level, depth = below, depth + 1
    return ""


# Of one kind in one step of a server, in its log, and in its messages.
ITEMS, MESSAGES = 10_000, 100
_OF_A_STEP = ("messages", "early_messages", "timers", "writes", "applied", "replies")


def excess_of_effects(effects: Any) -> str:
    """What is too large in the effects of one step of a server; "" if nothing is.

    Whether they are well-formed is another question.
    """
    for name in _OF_A_STEP:
        part = getattr(effects, name)
        most = MESSAGES if name.endswith("messages") else ITEMS
        if part and type(part) in (tuple, list) and len(part) > most:
            return f"{len(part):,} {name} at once, and no server needs more than {most:,}"
    characters = 0
    for entries in _entries_in(effects):
        if len(entries) > ITEMS:
            return f"{len(entries):,} entries at once, and no server needs more than {ITEMS:,}"
        characters += sum(map(_characters, entries))
    if characters > CHARACTERS:
        return _LONG_TEXT
    writes = effects.writes if type(effects.writes) in (tuple, list) else ()
    return next(filter(None, map(excess_of_state, writes)), "")


def excess_of_state(state: Any) -> str:
    """What is too large in a server's state, or in what it writes; "" if nothing is."""
    log: Any = getattr(state, "log", None)
    if type(log) is not Log or not len(log):
        return ""
    if len(log) > ITEMS:
        return f"a log of {len(log):,} entries, and no server needs more than {ITEMS:,}"
    # The other entries were the last before it, or came in a message.
    return _LONG_TEXT if _characters(log[log.last_index]) > CHARACTERS else ""


def _entries_in(effects: Any) -> Iterator[Any]:
    """The entries of each message, and those that are applied."""
    for part in (effects.messages, effects.early_messages):
        for message in part if type(part) in (tuple, list) else ():
            entries = getattr(message, "entries", ())
            if entries and type(entries) in (tuple, list):
                yield entries
    if effects.applied and type(effects.applied) in (tuple, list):
        yield [each for pair in effects.applied if type(pair) in (tuple, list) for each in pair]


def _characters(entry: Any) -> int:
    """The length of an entry's command; 0 if it has none."""
    command = getattr(entry, "command", "")
    return len(command) if type(command) is str else 0


def unwritten_number(error: BaseException) -> str:
    """What is too large, if an error is Python's own about a number of many digits; else "".

    >>> try:
    ...     str(10**5_000)
    ... except ValueError as error:
    ...     print(unwritten_number(error))
    a number of more than 4,300 digits
    """
    if isinstance(error, ValueError) and "integer string conversion" in str(error):
        return f"a number of more than {sys.get_int_max_str_digits():,} digits"
    return ""


def _has_many_digits(item: Any) -> bool:
    """Whether something that counts like an int is larger than any that an answer needs."""
    if issubclass(type(item), int):
        return int.bit_length(item) > _BITS
    try:
        return hasattr(item, "__index__") and index(item).bit_length() > _BITS
    except Exception:
        return False  # A number of the student's own, of which types are another question.


def _parts(item: Any) -> Iterable[Any]:
    """The parts of a collection or a record; none of anything else."""
    kind: Any = type(item)  # not what its `__class__` says, which may be a lie
    if issubclass(kind, tuple | list | set | frozenset):
        return cast(Iterable[Any], item)
    if issubclass(kind, dict):
        return _keys_and_values(item)
    if issubclass(kind, str | type):
        return ()
    names = _names_of_fields(kind)
    if names:
        return [getattr(item, name, None) for name in names]
    return item if kind.__name__ == "Log" else ()


@cache
def _names_of_fields(kind: Any) -> tuple[str, ...]:
    """The names of a dataclass's fields; none of another class."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def _keys_and_values(item: dict[Any, Any]) -> Iterator[Any]:
    for pair in item.items():
        yield from pair
