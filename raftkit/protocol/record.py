"""`record`: how every value that crosses the core is declared.

A record is a small immutable value: messages, log entries, results of rules.
The type checker holds them frozen. At run time nothing enforces it, because a
frozen dataclass takes six times as long to make and a simulation makes four
messages a commit; whoever handles a record treats it as a value.
"""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")

RECORDS: dict[str, type] = {}


@dataclass_transform(frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """Make `cls` a compared, hashable value with slots, known to the JSON form by its name.

    >>> from raftkit.protocol import Entry
    >>> Entry(1, "x=1") == Entry(1, "x=1"), Entry(1, "x=1") == Entry(2, "x=1")
    (True, False)
    """
    made = dataclass(slots=True, unsafe_hash=True)(cls)
    made.__deepcopy__ = itself  # type: ignore[attr-defined]
    RECORDS[made.__name__] = made
    return made


def itself(value: T, memo: object) -> T:
    """The deep copy of a value: nobody can tell a copy of it from the value itself."""
    return value
