"""What is asked of a cluster from outside: a command for a server, a client's call.

Requests are data like faults, so that a run can be repeated.
"""

from raftkit.protocol.record import record


@record
class Propose:
    """Hand a command to a server from outside; with server None to whoever leads then."""

    command: str
    server: str | None = None


@record
class Ask:
    """Let a client ask for a command."""

    client: str
    command: str
