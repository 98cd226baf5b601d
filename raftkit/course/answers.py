"""`read_answer`: whether what a student's function returned can be an answer at all.

A slip of Python (no return, a stray comma, a misspelt role) is told as what it is,
before any rule of Raft is held against it. It judges form only, never rightness.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from operator import index as whole_number
from types import UnionType
from typing import Any, Literal, get_args, get_origin

from raftkit.course.errors import StudentError
from raftkit.protocol import (
    AppendEntriesRequest,
    Campaign,
    Conflict,
    Entry,
    Log,
    Progress,
    RequestVoteRequest,
    Standing,
    Tally,
)
from raftkit.protocol.roles import Role

_SHOWN = 60


def read_answer(result: Any, returns: Any) -> Any:
    """`result` as a value of the type, or one of the words of the Literal, `returns`.

    A bool may also be 0 or 1, an int any whole number. Raises `StudentError` for anything else.

    >>> read_answer(None, bool)
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: Your function returned None, and a bool was expected: \
does every path end in a return?
    >>> read_answer(Standing("Follower", 3, None), Standing)
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: 'Follower' is no role: write 'follower', 'candidate' or \
'leader'.
    """
    complaint = _complaint(result, returns)
    if complaint is not None:
        raise StudentError("wrong type", complaint)
    if returns is bool:
        return bool(result)
    return whole_number(result) if returns is int else result


def _complaint(result: Any, returns: Any) -> str | None:
    """What is wrong with the form of an answer, in a sentence; None if nothing is."""
    if get_origin(returns) is Literal:
        words = get_args(returns)
        if not isinstance(result, str):
            return _not_a(result, "str")
        return None if result in words else f"{result!r} is none of {_listed(words)}."
    if isinstance(returns, UnionType):
        # `Log | None` and its like: nothing, or the one thing.
        something = next(part for part in get_args(returns) if part is not type(None))
        return None if result is None else _complaint(result, something)
    if returns is int:
        return None if _is_whole(result) else _not_a(result, "whole number")
    # numpy's truth values are bools to everybody but isinstance.
    takes = (bool, int) if returns is bool else returns
    if not isinstance(result, takes) and not (
        returns is bool and type(result).__name__ in ("bool", "bool_")
    ):
        return _not_a(result, returns.__name__, _way_to(result, returns))
    parts = _PARTS.get(returns)
    return parts(result) if parts else None


def _is_whole(value: Any) -> bool:
    """Whether a value counts something; a truth value, which Python takes for 0 or 1, does not."""
    return hasattr(value, "__index__") and not isinstance(value, bool)


def _way_to(result: Any, returns: Any) -> str:
    """How a value of the type would be made of the answer's parts; "" if it cannot be seen."""
    if returns is Log and isinstance(result, list | tuple):
        return "Log(entries) makes one of them"
    is_record = is_dataclass(returns) and isinstance(result, tuple)
    if is_record and len(result) == len(fields(returns)):
        return f"write {returns.__name__}{result!r}"
    return ""


def _not_a(result: Any, kind: str, way: str = "") -> str:
    """The complaint about a value of another type, and the `way` to the right one if known."""
    ending = "."
    if way:
        ending = f": {way}."
    elif result is None:
        ending = ": does every path end in a return?"
    elif isinstance(result, tuple):
        ending = ": is there a comma too many?"
    elif hasattr(result, "send"):
        result.close()  # or Python would complain, later and elsewhere, that nobody waited for it
        ending = ": is there a yield or an async too many?"
    article = "an" if kind[0] in "AEIO" else "a"
    shown = _shortened(repr(result))
    return f"Your function returned {shown}, and {article} {kind} was expected{ending}"


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


def _numbers_complaint(value: Any, *names: str) -> str | None:
    """The first of these parts that is no whole number, as every term and index is."""
    for name in names:
        if not _is_whole(getattr(value, name)):
            return f"{name} is {getattr(value, name)!r}, and it is a whole number."
    return None


def _entries_complaint(entries: Any) -> str | None:
    """What is wrong with the members of a log, or of a request."""
    for entry in entries:
        if not isinstance(entry, Entry):
            shown = _shortened(repr(entry))
            return f"{shown} stands among the entries, and it is no Entry."
        if not _is_whole(entry.term):
            return f"{entry!r} has no term: that is a whole number."
    return None


def _request_complaint(request: Any) -> str | None:
    for name in ("source", "target"):
        if not isinstance(getattr(request, name), str):
            return f"{name} is {getattr(request, name)!r}, and it is a server's name."
    entries = request.entries
    if not isinstance(entries, tuple | list):
        shown = _shortened(repr(entries))
        return f"entries is {shown}: it is a tuple of Entry, as log.entries(first, last) gives one."
    numbers = ("term", "prev_log_index", "prev_log_term", "leader_commit")
    return _numbers_complaint(request, *numbers) or _entries_complaint(entries)


def _shortened(shown: str) -> str:
    """What fits into a sentence."""
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 3] + "..."


def _listed(words: tuple[str, ...]) -> str:
    """Words as a sentence lists them.

    >>> _listed(("yes", "no", "perhaps"))
    "'yes', 'no' or 'perhaps'"
    """
    quoted = [repr(word) for word in words]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"


_PARTS: dict[Any, Callable[[Any], str | None]] = {
    Standing: _standing_complaint,
    Tally: _tally_complaint,
    Campaign: _campaign_complaint,
    Log: _entries_complaint,
    AppendEntriesRequest: _request_complaint,
    Progress: lambda progress: _numbers_complaint(progress, "next_index", "match_index"),
    Conflict: lambda conflict: _numbers_complaint(conflict, "term", "index"),
}
