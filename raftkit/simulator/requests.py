"""Requests to a cluster from outside: a command for a server, or a client's call.

Requests are values like faults, so that a run can be repeated. Their effects are in
action_effects.py.
"""

from raftkit.protocol.record import record


@record
class Propose:
    """Hand a command to a server from outside; with `server` None to the leader at that time."""

    command: str
    server: str | None = None


@record
class Ask:
    """Let a client ask for a command."""

    client: str
    command: str
