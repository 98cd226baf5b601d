"""The one JSON form of every value that crosses the core.

Histories are written in it, and a rule in another process is called in it, so
it must say everything and nothing twice: records carry their name under "is",
tuples are lists, and a log is the list of its entries.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields
from functools import cache
from operator import index
from typing import Any, cast

from raftkit.protocol.declared_types import first_misfit
from raftkit.protocol.log import Entry, Log
from raftkit.protocol.record import RECORDS

Json = Any

# Most parts of a record are one of these, and are their own form; not to be called for them saves
# half of the time.
_PLAIN = frozenset({type(None), bool, int, float, str})


def to_json(value: object, log_form: Callable[[Log], Json] | None = None) -> Json:
    """`value` as plain JSON data. Raises TypeError for what is not a value of the core.

    `log_form` writes the logs in it, if they are to be shortened.

    >>> to_json((1, Entry(2, "x=1")))
    [1, {'is': 'Entry', 'term': 2, 'command': 'x=1', 'client': '', 'serial': 0}]
    """
    # The type, and not what an object says of itself: its `__class__` may be a lie.
    kind: Any = type(value)
    if kind in _PLAIN or issubclass(kind, bool | int | float | str):
        return value
    if issubclass(kind, tuple | list):
        return [to_json(item, log_form) for item in cast(Iterable[object], value)]
    if isinstance(value, Log):
        if log_form is not None:
            return log_form(value)
        whole: Json = {"is": "Log", "entries": [_entry_to_json(entry) for entry in value]}
        if value.last_included_index:
            whole["last_included"] = [value.last_included_index, value.last_included_term]
        return whole
    name = kind.__name__
    if RECORDS.get(name) is kind:
        form: Json = {"is": name}
        for field in _names(kind):
            part = getattr(value, field)
            form[field] = part if type(part) in _PLAIN else to_json(part, log_form)
        return form
    if name in RECORDS:
        raise TypeError(
            f"{_repr_of(value)} was made before its class was defined again: make it again"
        )
    # numpy's integers and truth values count like Python's, and students work with them.
    if hasattr(value, "__index__"):
        return index(value)
    if is_truth(value):
        return bool(value)
    raise TypeError(f"{_repr_of(value)} is a {name}, which has no JSON form here")


def _repr_of(value: object) -> str:
    """The value as a text; an object of a student's may not have one."""
    try:
        return repr(value)
    except Exception:
        return "what cannot be shown"


def is_truth(value: Any) -> bool:
    """Whether `value` is true or false; numpy's truth values are no instances of bool."""
    return type(value).__name__ in ("bool", "bool_")


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """The names of a record's fields, worked out once."""
    return tuple(field.name for field in fields(kind))


def from_json(data: Json, log_of: Callable[[Json, Log], Log] | None = None) -> Any:
    """The value that `to_json` wrote; lists come back as tuples. Raises ValueError if damaged.

    `log_of` completes a log that `log_form` shortened, from its parts and the entries in them.

    >>> from_json(to_json(Log.of_terms(1, 2))) == Log.of_terms(1, 2)
    True
    >>> from_json({"is": "Elephant"})
    Traceback (most recent call last):
    ValueError: unknown kind of value 'Elephant'
    """
    if isinstance(data, list):
        return tuple([from_json(item, log_of) for item in data])
    if not isinstance(data, dict):
        return data
    parts = dict(data)
    name = parts.pop("is", None)
    if name == "Log":
        entries = [_entry_from_json(entry) for entry in parts.get("entries", ())]
        log = (
            Log(entries, *_last_included(parts["last_included"]))
            if "last_included" in parts
            else Log(entries)
        )
        return log_of(parts, log) if log_of else log
    if name not in RECORDS:
        raise ValueError(f"unknown kind of value {name!r}")
    try:
        for key, part in parts.items():
            if type(part) not in _PLAIN:
                parts[key] = from_json(part, log_of)
        return RECORDS[name](**parts)
    except TypeError as error:
        raise ValueError(f"a damaged {name}: {error}") from None


def check_form(value: Any) -> Any:
    """`value`, if every part of every record in it is what its field declares.

    Raises ValueError at the first part that is not. A file from elsewhere may hold anything.

    >>> check_form(Entry(1, "x=1"))
    Entry(1, 'x=1')
    >>> check_form(Entry("one", "x=1"))
    Traceback (most recent call last):
    ValueError: term of Entry is 'one'
    """
    found = first_misfit(value)
    if found is not None:
        raise ValueError(f"{found.name} of {type(found.record).__name__} is {found.part!r}")
    return value


def _entry_to_json(entry: Entry) -> Json:
    # A log repeats its entries so often that their field names would be most of the text.
    if type(entry) is not Entry:
        return to_json(entry)
    return [_number(entry.term), entry.command, entry.client, _number(entry.serial)]


def _number(value: Any) -> Json:
    return value if type(value) is int else to_json(value)


def _entry_from_json(parts: Json) -> Entry:
    entry = from_json(parts) if isinstance(parts, dict) else None
    if isinstance(entry, Entry):
        return entry
    if not isinstance(parts, list) or len(parts) != 4:
        raise ValueError(f"a damaged log entry: {parts!r}")
    return Entry(*parts)


def _last_included(parts: Json) -> tuple[int, int]:
    match parts:
        case [int(index), int(term)] if index >= 0:
            return index, term
    raise ValueError(f"a damaged beginning of a log: {parts!r}")
