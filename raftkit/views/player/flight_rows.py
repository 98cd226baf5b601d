"""What the browser is told of a flight: a row of plain data, the same in every window.

A row changes once, when the flight has ended. Of a window it knows the flights alone.
"""

from typing import Any

from raftkit.views.descriptions import message_in_words
from raftkit.views.player.messages_in_flight import MessageInFlight

Json = dict[str, Any]

_KINDS = {
    "RequestVoteRequest": "vote",
    "RequestVoteResponse": "vote-answer",
    "AppendEntriesRequest": "append",
    "AppendEntriesResponse": "append-answer",
    "ClientRequest": "client",
    "ClientResponse": "client-answer",
}


def _kind(message: Any) -> str:
    """What a message is to the eye; a heartbeat is an append without entries."""
    name = type(message).__name__
    kind = _KINDS.get(name, name)
    return "heartbeat" if kind == "append" and not message.entries else kind


def _sign(message: Any) -> str:
    """ "+" or "-" for an answer, nothing for a question."""
    for name in ("vote_granted", "success", "ok"):
        if hasattr(message, name):
            return "+" if getattr(message, name) else "-"
    return ""


def row_of(flight: MessageInFlight) -> list[Any]:
    """A flight as a row: id, from, to, left, landed, kind, sign, fate, words, via, held."""
    message = flight.message
    return [
        flight.id,
        message.source,
        message.target,
        flight.left,
        flight.landed,
        _kind(message),
        _sign(message),
        flight.fate,
        message_in_words(message),
        flight.via or (),
        flight.held,
    ]


def as_told_before(windows: list[Json], time: int, flying: list[list[Any]]) -> list[Json]:
    """The windows up to `time` as they were told then, when `flying` had not landed yet."""
    told = list(windows)
    under_way = {flight[0]: flight for flight in flying}
    for place in range(len(told) - 1, -1, -1):
        flights = told[place]["flights"]
        decided = [flight for flight in flights if flight[4] is not None and flight[4] < time]
        if len(decided) == len(flights):
            break
        ids = [flight[0] for flight in flights]
        still = [under_way[id] for id in ids if id in under_way]
        told[place] = told[place] | {"flights": decided + still}
    return told
