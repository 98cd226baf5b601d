"""Copies of values: frozen ones to compare, independent ones to hand out, and ones sent as text.

`frozen` records what an object holds now, `copied` makes an object that shares nothing with it, and
`over_a_wire` one that has been text in between, as between two machines. Nothing here knows Raft,
except for the log, whose many entries are handled quickly.
"""

import json
import warnings
from copy import deepcopy
from dataclasses import fields, is_dataclass
from operator import attrgetter
from random import Random
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from raftkit.protocol import Effects, Entry, Log
from raftkit.protocol.json_form import from_json, to_json
from raftkit.protocol.record import RECORDS

Frozen = Any  # Nested tuples of plain values, which can be compared and never change.

_PLAIN = (str, bytes, type(None))
_NUMBERS = (bool, int, float, complex)
_CODE = (FunctionType, BuiltinFunctionType, ModuleType, type)
_entry = attrgetter("term", "command", "client", "serial")


def frozen(value: Any, seen: tuple[int, ...] = ()) -> Frozen:
    """Return `value` as it is now, in a form that later changes do not reach.

    >>> names = ["S1"]
    >>> before = frozen(names)
    >>> names.append("S2")
    >>> frozen(names) == before
    False
    >>> frozen(1) == frozen(True)
    False
    """
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, _NUMBERS):
        # In Python 1 == True == 1.0, but these are three different answers of a rule.
        return (type(value).__name__, value)
    if isinstance(value, _CODE):
        return (type(value).__name__, getattr(value, "__qualname__", value.__name__))
    if id(value) in seen:
        return ("seen above",)
    return (type(value).__name__, *_parts(value, (*seen, id(value))))


def _parts(value: Any, seen: tuple[int, ...]) -> Frozen:
    """Return what a container or an object holds."""
    if isinstance(value, Log):
        return tuple(map(_entry, value))
    if isinstance(value, list | tuple):
        return tuple(frozen(item, seen) for item in value)
    if isinstance(value, dict):
        return tuple((frozen(key, seen), frozen(item, seen)) for key, item in value.items())
    if isinstance(value, set | frozenset):
        # The order of a set differs between two starts of Python.
        return tuple(sorted((frozen(item, seen) for item in value), key=repr))
    if isinstance(value, Random):
        return frozen(value.getstate(), seen)
    names = names_of_parts(value)
    if not names:
        return _hidden_parts(value, seen)
    return tuple((name, frozen(getattr(value, name), seen)) for name in names)


def _hidden_parts(value: Any, seen: tuple[int, ...]) -> Frozen:
    """Return what pickling would keep of an object without attributes, such as an iterator."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Copying iterators is deprecated.
        try:
            return frozen(value.__reduce_ex__(4)[1:], seen)
        except Exception:  # Some objects refuse to be pickled; they cannot be compared.
            return ()


def names_of_parts(value: Any) -> list[str]:
    """Return the names of an object's attributes, from its slots and its dictionary."""
    if is_dataclass(value):
        return [name for name in _fields(type(value)) if hasattr(value, name)]
    slots: list[str] = []
    for kind in type(value).__mro__:
        declared = getattr(kind, "__slots__", ())
        slots += (declared,) if isinstance(declared, str) else declared
    names = dict.fromkeys([*slots, *getattr(value, "__dict__", {})])
    return [name for name in names if not name.startswith("__") and hasattr(value, name)]


_known_fields: dict[type, tuple[str, ...]] = {}


def _fields(kind: type) -> tuple[str, ...]:
    """Return the names of a dataclass's fields, computed once."""
    if kind not in _known_fields:
        names: Any = fields(kind)
        _known_fields[kind] = tuple(field.name for field in names)
    return _known_fields[kind]


# Copies ------------------------------------------------------------------------------------


def copied(value: Any) -> Any:
    """Return a copy that shares nothing with `value` that could change."""
    kind = type(value)
    # Nearly all values are records and logs, and `deepcopy` would take most of a lint's time.
    if kind is Log:
        return Log(Entry(*_entry(entry)) for entry in value)
    if kind is tuple or kind is list:
        return kind(copied(item) for item in value)
    if RECORDS.get(kind.__name__) is kind:
        return kind(*(copied(getattr(value, name)) for name in _fields(kind)))
    return deepcopy(value)


def over_a_wire(value: Any) -> Any:
    """Return `value` as another machine would receive it: equal, and made of other objects.

    >>> term = 1_000
    >>> over_a_wire(term) == term, over_a_wire(term) is term
    (True, False)
    """
    # Without the text in between, small values would come back as the same objects.
    data = json.loads(json.dumps(to_json(value)))
    received = from_json(data)
    return list(received) if isinstance(value, list) else received


# In sentences ------------------------------------------------------------------------------

LONG_LOG = 8
LONGEST_TEXT = 300


def shown(value: Any) -> str:
    """Return a value as text for a sentence, cut if it is too long to read.

    >>> shown(Log.of_terms(*range(100))), shown("x=1"), shown([1])
    ('<a log of 100 entries, the last of term 99>', "'x=1'", '[1]')
    """
    text = _written(value)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]} ..."


def _written(value: Any) -> str:
    """Return a value as `repr` would, with long logs in short."""
    if isinstance(value, Log) and value.last_index > LONG_LOG:
        return f"<a log of {value.last_index} entries, the last of term {value.last_term}>"
    if isinstance(value, list | tuple):
        inside = ", ".join(_written(item) for item in value)
        if isinstance(value, list):
            return f"[{inside}]"
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if RECORDS.get(type(value).__name__) is type(value) or isinstance(value, Effects):
        parts = ((name, getattr(value, name)) for name in names_of_parts(value))
        inside = ", ".join(f"{name}={_written(part)}" for name, part in parts)
        return f"{type(value).__name__}({inside})"
    return repr(value)
