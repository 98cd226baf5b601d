"""What may be wrong in the parts of a record that is an answer: each a sentence, or None.

Python lets anything stand in any field. It knows each record's fields, and nothing of
what would be right in them.
"""

from collections.abc import Callable
from dataclasses import replace
from math import isfinite
from typing import Any, get_args

from raftkit.protocol import (
    AppendEntriesRequest,
    Campaign,
    Conflict,
    Entry,
    Log,
    Persistent,
    Progress,
    RequestVoteRequest,
    Restarted,
    Settings,
    Standing,
    Tally,
)
from raftkit.protocol.roles import Role

_SHOWN = 60
_TIMES = ("election_timeout_min", "election_timeout_max", "heartbeat_interval")


# Words ------------------------------------------------------------------------------------


def shortened(value: Any) -> str:
    """A value as Python writes it, as far as it fits into a sentence."""
    shown = repr(value)
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 3] + "..."


def listed(words: tuple[str, ...]) -> str:
    """Words as a sentence lists them.

    >>> listed(("yes", "no", "perhaps"))
    "'yes', 'no' or 'perhaps'"
    """
    quoted = [repr(word) for word in words]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def is_whole(value: Any) -> bool:
    """Whether a value counts something; a truth value, which Python takes for 0 or 1, does not."""
    return hasattr(value, "__index__") and not isinstance(value, bool)


def _numbers(value: Any, *names: str) -> str | None:
    """The first of these parts that is no whole number, as every term and index is."""
    for name in names:
        if not is_whole(getattr(value, name)):
            return f"{name} is {getattr(value, name)!r}, and it is a whole number."
    return None


# Elections --------------------------------------------------------------------------------


def _standing(standing: Any) -> str | None:
    """A role that Raft does not have, or what is wrong with term or vote."""
    if standing.role not in get_args(Role):
        return f"{standing.role!r} is no role: write {listed(get_args(Role))}."
    return _term_and_vote(standing)


def _term_and_vote(value: Any) -> str | None:
    """A term that is no number, a vote that is no name."""
    if not isinstance(value.current_term, int):
        return f"current_term is {value.current_term!r}, and a term is a whole number."
    if not isinstance(value.voted_for, str | None):
        return f"voted_for is {value.voted_for!r}: it is a server's name, or None."
    return None


def _tally(tally: Any) -> str | None:
    """Votes that are no tuples of names."""
    for part in ("granted", "refused"):
        names = getattr(tally, part)
        if isinstance(names, str):
            return f"{part} is {names!r}: a tuple of one has a comma, as in ({names!r},)."
        if not isinstance(names, tuple) or not all(isinstance(name, str) for name in names):
            return f"{part} is {names!r}: it is a tuple of names, such as ('S1', 'S4')."
    return None


def _campaign(campaign: Any) -> str | None:
    """A part of a started election that is of another kind."""
    for part, kind in (("standing", Standing), ("tally", Tally)):
        value = getattr(campaign, part)
        if not isinstance(value, kind):
            return f"the campaign's {part} is {value!r}, and a {kind.__name__} was expected."
    requests = campaign.requests
    if not isinstance(requests, tuple | list) or not all(
        isinstance(request, RequestVoteRequest) for request in requests
    ):
        return f"requests is {requests!r}: it is a tuple of RequestVoteRequest, one for each peer."
    return _standing(campaign.standing) or _tally(campaign.tally)


# Timers -----------------------------------------------------------------------------------


def _settings(settings: Any) -> str | None:
    """Times that no timer can take."""
    for part in _TIMES:
        value = getattr(settings, part)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not isfinite(value) or value < 1:
            return f"{part} is {value!r}: it is a time in microseconds, 1 or more."
    if settings.election_timeout_max < settings.election_timeout_min:
        return (
            f"election_timeout_max is {settings.election_timeout_max!r}, less than "
            f"election_timeout_min, {settings.election_timeout_min!r}."
        )
    return None


def whole_times(settings: Any) -> Settings:
    """The settings in whole microseconds, however they were worked out."""
    times = {part: int(getattr(settings, part)) for part in _TIMES}
    whole: Settings = replace(settings, **times)
    return whole


# Logs -------------------------------------------------------------------------------------


def _entries(entries: Any) -> str | None:
    """What is wrong with the members of a log, or of a request."""
    for entry in entries:
        if not isinstance(entry, Entry):
            return f"{shortened(entry)} stands among the entries, and it is no Entry."
        if not is_whole(entry.term):
            return f"{entry!r} has no term: that is a whole number."
    return None


def _request(request: Any) -> str | None:
    """A part of an AppendEntries request that is of another kind."""
    for name in ("source", "target"):
        if not isinstance(getattr(request, name), str):
            return f"{name} is {getattr(request, name)!r}, and it is a server's name."
    entries = request.entries
    if not isinstance(entries, tuple | list):
        shown = shortened(entries)
        return f"entries is {shown}: it is a tuple of Entry, as log.entries(first, last) gives one."
    numbers = ("term", "prev_log_index", "prev_log_term", "leader_commit")
    return _numbers(request, *numbers) or _entries(entries)


# Disks ------------------------------------------------------------------------------------


def _persistent(persistent: Any) -> str | None:
    """A part of what a disk holds that is of another kind."""
    if not isinstance(persistent.log, Log):
        return f"log is {shortened(persistent.log)}, and a Log was expected."
    return _term_and_vote(persistent)


def _restarted(restarted: Any) -> str | None:
    """A part of what a server starts with that is of another kind."""
    if not isinstance(restarted.standing, Standing):
        return f"standing is {shortened(restarted.standing)}, and a Standing was expected."
    for part in ("commit_index", "last_applied"):
        value = getattr(restarted, part)
        if not isinstance(value, int):
            return f"{part} is {shortened(value)}, and an index is a whole number."
    return _standing(restarted.standing)


PARTS: dict[Any, Callable[[Any], str | None]] = {
    Standing: _standing,
    Tally: _tally,
    Campaign: _campaign,
    Settings: _settings,
    Log: _entries,
    AppendEntriesRequest: _request,
    Progress: lambda progress: _numbers(progress, "next_index", "match_index"),
    Conflict: lambda conflict: _numbers(conflict, "term", "index"),
    Persistent: _persistent,
    Restarted: _restarted,
}
