"""The rows of plain data that the browser gets for flights of messages.

A flight has the same row in every window. The row changes once, when the flight ends. It knows
only the flights of a window.
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
    """How the browser draws a message; a heartbeat is an append without entries."""
    name = type(message).__name__
    kind = _KINDS.get(name, name)
    return "heartbeat" if kind == "append" and not message.entries else kind


def _sign(message: Any) -> str:
    """ "+" or "-" for an answer, "" for a request."""
    for name in ("vote_granted", "success", "ok"):
        if hasattr(message, name):
            return "+" if getattr(message, name) else "-"
    return ""


def row_of(flight: MessageInFlight) -> list[Any]:
    """A flight as a row: id, from, to, left, landed, kind, sign, outcome, words, via, held, term.

    The term is None for messages that carry none.
    """
    message = flight.message
    return [
        flight.id,
        message.source,
        message.target,
        flight.left,
        flight.landed,
        _kind(message),
        _sign(message),
        flight.outcome,
        message_in_words(message),
        flight.via or (),
        flight.held,
        getattr(message, "term", None),
    ]
