"""What the browser is told of a server: its state as plain data, small enough to be sent often.

Durable and volatile parts stand apart, as in Figure 2. Of a log only the end goes over the
wire; the browser has no room for more. It knows no time.
"""

from typing import Any

from raftkit.protocol import ClientResponse, Persistent, ServerState
from raftkit.protocol.log import Log
from raftkit.protocol.roles import LEADER

Json = dict[str, Any]

# As many entries as a picture has room for, and some to scroll back.
LOG_TAIL = 30
ANSWERS = 5

DOWN: Json = {"up": False}


def server_data(state: Any, peers: tuple[str, ...], durable: Any) -> Json:
    """A running process; one that is no Raft server shows its look and what its fields are called.

    >>> from raftkit.protocol import Log, Persistent, Server
    >>> server = Server("S1", ("S1", "S2"), persistent=Persistent(3, "S2", Log.of_terms(1, 3)))
    >>> shown = server_data(server.observe(), ("S2",), None)
    >>> shown["role"], shown["term"], shown["log"]
    ('follower', 3, {'first': 1, 'entries': [[1, ''], [3, '']]})
    """
    disk = {"disk": disk_data(durable)} if durable is not None else {}
    if not isinstance(state, ServerState):
        return {"up": True, **_any_process(state), **disk}
    standing = state.standing
    shown: Json = {
        "up": True,
        "role": standing.role,
        "term": standing.current_term,
        "vote": standing.voted_for,
        "commit": state.commit_index,
        "applied": state.last_applied,
        "log": log_tail(state.log),
    }
    shown |= disk
    if state.tally is not None and standing.role != LEADER:
        shown["tally"] = {"granted": state.tally.granted, "refused": state.tally.refused}
    if standing.role == LEADER:
        shown["progress"] = {
            peer: [progress.next_index, progress.match_index]
            for peer, progress in zip(peers, state.progress, strict=False)
        }
    return shown


def _any_process(state: Any) -> Json:
    """A process of any kind: the fields of its state, and how it says it looks."""
    names = getattr(type(state), "__slots__", ())
    shown: Json = {"fields": {name: _plain(getattr(state, name)) for name in names}}
    if hasattr(state, "look"):
        look = state.look()
        shown["term"] = look.term
        shown["look"] = [look.badge, look.outline, look.in_words]
        if look.log is not None:
            shown["log"] = log_tail(look.log)
    return shown


def disk_data(durable: Any) -> Json:
    """What a disk holds, as small as it is shown."""
    if not isinstance(durable, Persistent):
        return {"holds": str(durable)}
    return {"term": durable.current_term, "vote": durable.voted_for, "last": durable.log.last_index}


def answered(before: Json, event: Any) -> list[list[str | None]]:
    """What a client has been told up to an event: its last commands, each with its result.

    `before` is its server_data until then.

    >>> before = {"fields": {"serial": 2, "command": "x"}, "answered": [["x=1", "1"]]}
    >>> answered(before, ClientResponse("S1", "C1", 2, ok=True, result="1"))
    [['x=1', '1'], ['x', '1']]
    """
    told: list[list[str | None]] = before.get("answered", [])
    asked = before.get("fields", {})
    if isinstance(event, ClientResponse) and event.ok and asked.get("serial") == event.serial:
        if asked["command"] is not None:  # Else the answer has come once before.
            told = [*told, [asked["command"], event.result]][-ANSWERS:]
    return told


def log_tail(log: Log) -> Json:
    """The end of a log: the index of the first entry shown, and each entry's term and command."""
    first = max(1, log.last_index - LOG_TAIL + 1)
    return {
        "first": first,
        "entries": [[entry.term, entry.command] for entry in log.entries(first)],
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
