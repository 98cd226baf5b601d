"""The file of faults and requests that `raftkit simulate --faults` reads: a list in JSON.

Each entry has its instant in milliseconds under "at_ms", the name of an action of
raftkit.simulator under "is", and that action's fields. An error in an entry is
described in the words of the file, not of Python. It does not know any cluster.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, get_args

from raftkit.protocol.declared_types import declared_fields, fits
from raftkit.simulator import Action

KINDS: Mapping[str, type] = {kind.__name__: kind for kind in get_args(Action)}


class FaultsError(ValueError):
    """The file is not valid; the message says in one line why."""


def read_faults(text: str, name: str) -> list[tuple[float, Any]]:
    """The faults in the text of the file `name`, each with its instant in milliseconds.

    Raises `FaultsError` if the text is not valid.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        said = f"{name} is not JSON: see the example in raftkit simulate --help"
        raise FaultsError(said) from None
    if not isinstance(content, list):
        raise FaultsError(f'{name}: expected a list of faults, [{{"at_ms": 500, "is": "Heal"}}]')
    found = []
    for number, entry in enumerate(content, start=1):
        try:
            found.append(fault_of(entry))
        except ValueError as error:
            raise FaultsError(f"{name}: fault {number}: {error}") from None
    return found


def fault_of(entry: Any) -> tuple[float, Any]:
    """The instant and the fault in one entry of the file. Raises ValueError.

    >>> fault_of({"at_ms": 5, "is": "Crash", "server": "S1"})
    (5, Crash(server='S1'))
    >>> fault_of({"at_ms": 5, "is": "Crash", "legs": 4})
    Traceback (most recent call last):
    ValueError: Crash has no field 'legs'
    """
    parts = dict(entry) if isinstance(entry, dict) else {}
    at_ms, name = parts.pop("at_ms", None), parts.pop("is", None)
    if not fits(at_ms, float) or not 0 <= at_ms < 1e12:
        raise ValueError('it needs an "at_ms", a number of milliseconds')
    if not isinstance(name, str):
        raise ValueError('it needs an "is" that names a fault, such as "Crash"')
    if name not in KINDS:
        raise ValueError(f"there is no fault {name[:40]!r}: it is one of {', '.join(KINDS)}")
    values = {field: _tuples(value) for field, value in parts.items()}
    _must_fit(KINDS[name], values)
    return at_ms, KINDS[name](**values)


def _must_fit(kind: type, values: dict[str, Any]) -> None:
    """Raise ValueError for a field that a fault does not have or lacks, or a wrong value."""
    declared = declared_fields(kind)
    for name, value in values.items():
        if name not in declared:
            raise ValueError(f"{kind.__name__} has no field {name[:40]!r}")
        if not fits(value, declared[name]):
            raise ValueError(f"{name} of {kind.__name__} cannot be {_shown(value)}")
    for field in fields(kind):
        if field.default is MISSING and field.name not in values:
            raise ValueError(f"{kind.__name__} needs a field {field.name!r}")


def _shown(value: Any) -> str:
    """A value as JSON, shortened."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]}..."


def _tuples(value: Any) -> Any:
    """`value` with its lists replaced by tuples, which the fields of faults have.

    >>> _tuples([["S1"], ["S2", "S3"]])
    (('S1',), ('S2', 'S3'))
    """
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value
