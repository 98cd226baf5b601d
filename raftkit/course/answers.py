"""`read_answer`: whether what a student's function returned can be an answer at all.

A slip of Python (no return, a stray comma, a misspelt role) is told as what it is,
before any rule of Raft is held against it. It judges form only, never rightness.
"""

from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin

from raftkit.course.errors import StudentError
from raftkit.course.nemesis.acts import Schedule, read_schedule
from raftkit.protocol import Campaign, RequestVoteRequest, Standing, Tally
from raftkit.protocol.roles import Role

_SHOWN = 60


def read_answer(result: Any, returns: Any) -> Any:
    """`result` as a value of the type, or one of the words of the Literal, `returns`.

    A bool may also be 0 or 1. Raises `StudentError` for anything else.

    >>> read_answer(None, bool)
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: Your function returned None, and a bool was expected: \
does every path end in a return?
    >>> read_answer(Standing("Follower", 3, None), Standing)
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: 'Follower' is no role: write 'follower', 'candidate' or \
'leader'.
    """
    if returns == Schedule:
        return read_schedule(result)
    complaint = _complaint(result, returns)
    if complaint is not None:
        raise StudentError("wrong type", complaint)
    return bool(result) if returns is bool else result


def _complaint(result: Any, returns: Any) -> str | None:
    """What is wrong with the form of an answer, in a sentence; None if nothing is."""
    if get_origin(returns) is Literal:
        words = get_args(returns)
        if not isinstance(result, str):
            return _not_a(result, "str")
        return None if result in words else f"{result!r} is none of {_listed(words)}."
    # numpy's truth values are bools to everybody but isinstance.
    takes = (bool, int) if returns is bool else returns
    if not isinstance(result, takes) and not (
        returns is bool and type(result).__name__ in ("bool", "bool_")
    ):
        return _not_a(result, returns.__name__)
    parts = _PARTS.get(returns)
    return parts(result) if parts else None


def _not_a(result: Any, kind: str) -> str:
    """The complaint about a value of another type."""
    ending = "."
    if result is None:
        ending = ": does every path end in a return?"
    elif isinstance(result, tuple):
        ending = ": is there a comma too many?"
    elif hasattr(result, "send"):
        result.close()  # or Python would complain, later and elsewhere, that nobody waited for it
        ending = ": is there a yield or an async too many?"
    shown = repr(result)
    shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 3] + "..."
    return f"Your function returned {shown}, and a {kind} was expected{ending}"


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
}
