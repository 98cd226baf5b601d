"""`read_answer`: whether what a student's function returned can be an answer at all.

A slip of Python (no return, a stray comma, a misspelt role) is told as what it is,
before any rule of Raft is held against it. It judges form only, never rightness.
"""

from collections.abc import Callable
from dataclasses import replace
from math import isfinite
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from raftkit.course.errors import StudentError
from raftkit.protocol import Campaign, RequestVoteRequest, Settings, Standing, Tally
from raftkit.protocol.roles import Role
from raftkit.protocol.rules import Names

_SHOWN = 60


def read_answer(result: Any, returns: Any) -> Any:
    """`result` as a value of the type, or one of the words of the Literal, `returns`.

    A bool may also be 0 or 1, a tuple of names a list, and a float any number. Raises
    `StudentError` for anything else.

    >>> read_answer(None, bool)
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: Your function returned None, and a bool was expected: \
does every path end in a return?
    >>> read_answer(Standing("Follower", 3, None), Standing)
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: 'Follower' is no role: write 'follower', 'candidate' or \
'leader'.
    """
    if NoneType in get_args(returns):
        if result is None:
            return None
        (returns,) = (kind for kind in get_args(returns) if kind is not NoneType)
    complaint = _complaint(result, returns)
    if complaint is not None:
        raise StudentError("wrong type", complaint)
    tidied = _TIDIED.get(returns)
    return tidied(result) if tidied else result


def _complaint(result: Any, returns: Any) -> str | None:
    """What is wrong with the form of an answer, in a sentence; None if nothing is."""
    if get_origin(returns) is Literal:
        words = get_args(returns)
        if not isinstance(result, str):
            return _not_a(result, _listed(words))
        return None if result in words else f"{result!r} is none of {_listed(words)}."
    # numpy's truth values are bools to everybody but isinstance.
    takes, kind = _TAKES.get(returns) or (returns, returns.__name__)
    if not isinstance(result, takes) and not (
        returns is bool and type(result).__name__ in ("bool", "bool_")
    ):
        return _not_a(result, kind)
    parts = _PARTS.get(returns)
    return parts(result) if parts else None


def _not_a(result: Any, kind: str) -> str:
    """The complaint about a value of another type."""
    ending = "."
    if result is None:
        ending = ": does every path end in a return?"
    elif isinstance(result, str) and kind == _TAKES[Names][1]:
        ending = f": a tuple of one has a comma, as in ({result!r},)."
    elif isinstance(result, tuple):
        ending = ": is there a comma too many?"
    elif hasattr(result, "send"):
        result.close()  # or Python would complain, later and elsewhere, that nobody waited for it
        ending = ": is there a yield or an async too many?"
    shown = repr(result)
    shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 3] + "..."
    wanted = kind if kind.startswith("'") else f"a {kind}"
    return f"Your function returned {shown}, and {wanted} was expected{ending}"


def _standing_complaint(standing: Any) -> str | None:
    if standing.role not in get_args(Role):
        return f"{standing.role!r} is no role: write {_listed(get_args(Role))}."
    if not isinstance(standing.current_term, int):
        return f"current_term is {standing.current_term!r}, and a term is a whole number."
    if not isinstance(standing.voted_for, str | None):
        return f"voted_for is {standing.voted_for!r}: it is a server's name, or None."
    return None


def _tally_complaint(tally: Any) -> str | None:
    for part in ("granted", "refused"):
        names = getattr(tally, part)
        if isinstance(names, str):
            return f"{part} is {names!r}: a tuple of one has a comma, as in ({names!r},)."
        if not isinstance(names, tuple) or not all(isinstance(name, str) for name in names):
            return f"{part} is {names!r}: it is a tuple of names, such as ('S1', 'S4')."
    return None


def _campaign_complaint(campaign: Any) -> str | None:
    for part, kind in (("standing", Standing), ("tally", Tally)):
        value = getattr(campaign, part)
        if not isinstance(value, kind):
            return f"the campaign's {part} is {value!r}, and a {kind.__name__} was expected."
    requests = campaign.requests
    if not isinstance(requests, tuple | list) or not all(
        isinstance(request, RequestVoteRequest) for request in requests
    ):
        return f"requests is {requests!r}: it is a tuple of RequestVoteRequest, one for each peer."
    return _standing_complaint(campaign.standing) or _tally_complaint(campaign.tally)


def _number_complaint(number: Any) -> str | None:
    # True and False are numbers to Python, and mean something else to everybody who reads them.
    if isinstance(number, bool) or not isfinite(number):
        return f"Your function returned {number!r}, and a number was expected."
    return None


def _names_complaint(names: Any) -> str | None:
    for name in names:
        if not isinstance(name, str):
            return f"{name!r} is no server's name: write a string, such as 'S2'."
    return None


_TIMES = ("election_timeout_min", "election_timeout_max", "heartbeat_interval")


def _settings_complaint(settings: Any) -> str | None:
    for part in _TIMES:
        value = getattr(settings, part)
        if not isinstance(value, int | float) or _number_complaint(value) or value < 1:
            return f"{part} is {value!r}: it is a time in microseconds, 1 or more."
    if settings.election_timeout_max < settings.election_timeout_min:
        return (
            f"election_timeout_max is {settings.election_timeout_max!r}, less than "
            f"election_timeout_min, {settings.election_timeout_min!r}."
        )
    return None


def _whole_times(settings: Any) -> Settings:
    """The settings in whole microseconds, however they were worked out."""
    times = {part: int(getattr(settings, part)) for part in _TIMES}
    whole: Settings = replace(settings, **times)
    return whole


def _listed(words: tuple[str, ...]) -> str:
    """Words as a sentence lists them.

    >>> _listed(("yes", "no", "perhaps"))
    "'yes', 'no' or 'perhaps'"
    """
    quoted = [repr(word) for word in words]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"


# What Python people write for a type, and how it is called.
_TAKES: dict[Any, tuple[tuple[type, ...], str]] = {
    bool: ((bool, int), "bool"),
    float: ((int, float), "number"),
    Names: ((tuple, list), "tuple of names"),
}
_TIDIED: dict[Any, Callable[[Any], Any]] = {bool: bool, Names: tuple, Settings: _whole_times}
_PARTS: dict[Any, Callable[[Any], str | None]] = {
    Standing: _standing_complaint,
    Tally: _tally_complaint,
    Campaign: _campaign_complaint,
    float: _number_complaint,
    Names: _names_complaint,
    Settings: _settings_complaint,
}
