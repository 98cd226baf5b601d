"""The data of a server for the browser: its state as plain data, small enough to be sent often.

The contents of the disk are separate from the state in memory. Of a log only the end is sent,
because the browser has no room for more. It does not know time.
"""

from typing import Any

from raftkit.protocol import ClientResponse, Persistent, ServerState
from raftkit.protocol.log import Log
from raftkit.protocol.roles import LEADER

Json = dict[str, Any]

# As many entries as a picture has room for, and some more to scroll back.
LOG_TAIL = 30
ANSWERS = 5

DOWN: Json = {"up": False}


def server_data(state: Any, peers: tuple[str, ...], durable: Any) -> Json:
    """The data of a running process; of one that is no Raft server, its look and its fields.

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
    """The data of any process: the fields of its state, and its look if it has one."""
    names = getattr(type(state), "__slots__", ())
    shown: Json = {"fields": {name: _plain(getattr(state, name)) for name in names}}
    if hasattr(state, "look"):
        look = state.look()
        shown["term"] = look.term
        shown["look"] = [look.badge, look.outline, look.in_words]
        if look.log is not None:
            shown["log"] = log_tail(look.log)
    return shown


def down_data(durable: Any) -> Json:
    """The data of a process that is down: what its disk holds, and the log there, if any."""
    if durable is None:
        return DOWN
    log = {"log": log_tail(durable.log)} if isinstance(durable, Persistent) else {}
    return {**DOWN, "disk": disk_data(durable), **log}


def disk_data(durable: Any) -> Json:
    """The parts of a disk's contents that are shown."""
    if not isinstance(durable, Persistent):
        return {"holds": str(durable)}
    return {"term": durable.current_term, "vote": durable.voted_for, "last": durable.log.last_index}


def answered_commands(before: Json, event: Any) -> list[list[str | None]]:
    """A client's last answered commands after an event, each with its result.

    `before` is the client's data before the event.

    >>> before = {"fields": {"serial": 2, "command": "x"}, "answered": [["x=1", "1"]]}
    >>> answered_commands(before, ClientResponse("S1", "C1", 2, ok=True, result="1"))
    [['x=1', '1'], ['x', '1']]
    """
    commands: list[list[str | None]] = before.get("answered", [])
    asked = before.get("fields", {})
    if isinstance(event, ClientResponse) and event.ok and asked.get("serial") == event.serial:
        if asked["command"] is not None:  # If it is None, the answer is a repeated one.
            commands = [*commands, [asked["command"], event.result]][-ANSWERS:]
    return commands


def log_tail(log: Log) -> Json:
    """The end of a log: the index of its first entry here, and each entry's term and command."""
    first = max(1, log.last_index - LOG_TAIL + 1)
    return {
        "first": first,
        "entries": [[entry.term, entry.command] for entry in log.entries(first)],
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
