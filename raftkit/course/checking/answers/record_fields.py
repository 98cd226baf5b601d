"""Sentences about fields of a wrong type in a record that a student's code returned.

Python checks no types, so any field may hold anything. Whether a field has the type that it
declares is judged in raftkit/protocol/declared_types.py; this module says it in words. Which
value would be right is not known here.
"""

from dataclasses import replace
from math import isfinite
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from raftkit.protocol import Entry, Log, Settings
from raftkit.protocol.declared_types import Misfit, first_misfit, fits
from raftkit.protocol.value_size import excess

_SHOWN = 60
_TIMES = ("election_timeout_min", "election_timeout_max", "heartbeat_interval")
# How a student can get records for the tuple in a field.
_WAYS_TO_GET = {
    "entries": ", as log.entries(first, last) gives one",
    "requests": ", one for each peer",
}


def shortened(value: Any, longest: int = _SHOWN) -> str:
    """A value as Python writes it, cut to a length that fits into a sentence."""
    shown = excess(value) or repr(value)
    return shown if len(shown) <= longest else shown[: longest - 3] + "..."


def listed(words: tuple[str, ...]) -> str:
    """Words in quotes, listed as in a sentence.

    >>> listed(("yes", "no", "perhaps"))
    "'yes', 'no' or 'perhaps'"
    """
    quoted = [repr(word) for word in words]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def field_complaint(value: Any, loosely: bool = True) -> str | None:
    """What is wrong in a record's fields, or in a log's entries; None if nothing is.

    With `loosely`, anything that counts like an int passes for one, and a list for a tuple.

    >>> from raftkit.protocol import Progress, Standing
    >>> field_complaint(Standing("king", 3))
    "'king' is no role: write 'follower', 'candidate' or 'leader'."
    >>> field_complaint(Progress(3, None))
    'match_index is None, and it is a whole number.'
    """
    if isinstance(value, Log):
        return _member_complaint("entries", value, Entry, loosely)
    if isinstance(value, Settings):
        return _settings(value)
    misfit = first_misfit(value, loosely)
    return _in_words(misfit, loosely) if misfit else None


def _in_words(misfit: Misfit, loosely: bool) -> str:
    """A sentence about a field that does not have its declared type."""
    record, name, part, declared = misfit
    shown, parts = shortened(part), get_args(declared)
    if isinstance(record, Entry) and name == "term":
        return f"{shortened(record)} has no term: that is a whole number."
    if get_origin(declared) is Literal:
        return f"{shown} is no {name}: write {listed(parts)}."
    if get_origin(declared) is tuple:
        return _tuple_complaint(name, part, parts[0], loosely)
    if declared == str | None:
        return f"{name} is {shown}: it is a server's name, or None."
    return f"{name} is {shown}, and {_expected(declared, name)}."


def _expected(declared: Any, name: str) -> str:
    """What a field should hold, as the end of a sentence after "and"."""
    if declared is int:
        return "it is a whole number"
    if declared is str:
        return "it is a server's name" if name in ("source", "target") else "it is a string"
    kinds = [part for part in get_args(declared) or (declared,) if part is not NoneType]
    kind = " or ".join(part.__name__ for part in kinds)
    return f"{'an' if kind[0] in 'AEIO' else 'a'} {kind} was expected"


def _tuple_complaint(name: str, part: Any, kind: Any, loosely: bool) -> str:
    """A sentence about a field that should be a tuple of values of one type."""
    shown = shortened(part)
    if kind is str:
        if isinstance(part, str):
            return f"{name} is {shown}: a tuple of one has a comma, as in ({shown},)."
        return f"{name} is {shown}: it is a tuple of names, such as ('S1', 'S4')."
    if isinstance(part, tuple):
        return _member_complaint(name, part, kind, loosely) or f"{name} is {shown}."
    if isinstance(part, list) and not loosely:
        return f"{name} is {shown}, a list, not a tuple."
    return f"{name} is {shown}: it is a tuple of {kind.__name__}{_WAYS_TO_GET.get(name, '')}."


def _member_complaint(name: str, members: Any, kind: type, loosely: bool) -> str | None:
    """A sentence about the first member of another type, or with a wrong field; or None."""
    for member in members:
        if not fits(member, kind):
            return f"{shortened(member)} stands among the {name}, and it is no {kind.__name__}."
        complaint = field_complaint(member, loosely)
        if complaint is not None:
            return complaint
    return None


# Settings ---------------------------------------------------------------------------------


def _settings(settings: Settings) -> str | None:
    """A sentence about the first time that no timer can take; or None."""
    for name in _TIMES:
        value = getattr(settings, name)
        # Students compute times, so fractions of a microsecond are accepted.
        if not fits(value, float) or not isfinite(value) or value < 1:
            return f"{name} is {value!r}: it is a time in microseconds, 1 or more."
    if settings.election_timeout_max < settings.election_timeout_min:
        return (
            f"election_timeout_max is {settings.election_timeout_max!r}, less than "
            f"election_timeout_min, {settings.election_timeout_min!r}."
        )
    return None


def whole_times(settings: Any) -> Settings:
    """The settings with their times cut to whole microseconds."""
    times = {name: int(getattr(settings, name)) for name in _TIMES}
    whole: Settings = replace(settings, **times)
    return whole
