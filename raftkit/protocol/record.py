"""`record`: how every value that crosses the core is declared.

A record is a small immutable value: messages, log entries, results of rules.
The type checker holds them frozen. At run time nothing enforces it, because a
frozen dataclass takes six times as long to make and a simulation makes four
messages a commit; every part of the kit treats it as a value.
"""

import sys
from dataclasses import dataclass
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")

RECORDS: dict[str, type] = {}
_OTHER_FORMS = {"Log"}  # json_form.py knows it by this name, and it is no record.


@dataclass_transform(frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """Make `cls` a compared, hashable value with slots, known to the JSON form by its name.

    Raises ValueError if that is another record's name: the JSON form of one of the two would be
    read as the other. A cell that is run again may define its own record again.

    >>> from raftkit.protocol import Entry
    >>> Entry(1, "x=1") == Entry(1, "x=1"), Entry(1, "x=1") == Entry(2, "x=1")
    (True, False)
    """
    _must_be_free(cls)
    made = dataclass(slots=True, unsafe_hash=True)(cls)
    made.__deepcopy__ = itself  # type: ignore[attr-defined]
    RECORDS[made.__name__] = made
    return made


def _must_be_free(cls: type) -> None:
    """Raise ValueError if another class has this one's name."""
    earlier = RECORDS.get(cls.__name__)
    place = (cls.__module__, cls.__qualname__)
    if earlier is not None and (earlier.__module__, earlier.__qualname__) != place:
        raise ValueError(
            f"there is a record {cls.__name__} already, {earlier.__module__}."
            f"{earlier.__qualname__}, and records are told apart by their names: call "
            f"{'.'.join(place)} otherwise"
        )
    if cls.__name__ in _OTHER_FORMS:
        raise ValueError(f"no record can be called {cls.__name__}: the protocol has one already")


def itself(value: T, memo: object) -> T:
    """The deep copy of a value: nobody can tell a copy of it from the value itself."""
    return value


def fingerprint(value: Any) -> int | None:
    """A number that differs once a record in `value` was changed in place.

    None where that cannot be told.
    """
    try:
        return _fresh_hash(value)
    except TypeError:
        return None


def _hash_of_parts(value: Any) -> int:
    """The hash, worked out anew from the parts: since 3.14 a tuple remembers what its hash was."""
    if type(value) is tuple:
        return hash(tuple([_hash_of_parts(part) for part in value]))
    names = getattr(type(value), "__dataclass_fields__", None)
    if names is not None and RECORDS.get(type(value).__name__) is type(value):
        return hash(tuple([_hash_of_parts(getattr(value, name)) for name in names]))
    return hash(value)


_fresh_hash = hash if sys.version_info < (3, 14) else _hash_of_parts
