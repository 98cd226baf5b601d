"""An act that comes to nothing, and why: told just before it would be done.

The simulator lets such an act pass in silence, because shrunk schedules are full of them. A
student who writes one has something else in mind than what is the case.
"""

from raftkit.checkers import Cluster
from raftkit.course.nemesis.acts import Act
from raftkit.protocol.roles import LEADER
from raftkit.simulator import Deliver, Lose, Propose, Restart, Timeout
from raftkit.views.descriptions import listed

# What happens, or does not, and the reason that the paper has for it.
Reason = tuple[str, str]

_DOWN = "A server that is down does nothing and hears nothing until it restarts (§5.5)."


def comes_to_nothing(cluster: Cluster, act: Act) -> Reason | None:
    """Why `act` would change nothing in `cluster` now; None if it comes to something."""
    match act:
        case Deliver(_, target):
            return _no_message(cluster, act) or _down(cluster, target)
        case Lose():
            return _no_message(cluster, act)
        case Restart(server):
            if cluster.state(server) is None:
                return None
            return f"{server} is running.", "Only a server that has crashed restarts (§5.5)."
        case Timeout(server, timer):
            return _down(cluster, server) or _no_timer(cluster, server, timer)
        case Propose(_, server):
            return _not_led(cluster, server)
        case _:
            return _down(cluster, act.server)


def _no_message(cluster: Cluster, act: Deliver | Lose) -> Reason | None:
    """No message stands where this act looks for one."""
    alike = [
        type(message).__name__
        for message in cluster.held
        if (message.source, message.target) == (act.source, act.target)
        and act.kind in (None, type(message).__name__)
    ]
    if -len(alike) <= act.place < len(alike):
        return None
    ends = f"from {act.source} to {act.target}"
    said = f"no {act.kind or 'message'} {ends} is under way."
    if alike:
        said = f"under way {ends} there is only {listed(alike)}."
    why = "Servers know of each other by messages alone: what nobody sent cannot arrive (§5.1)."
    return said, why


def _down(cluster: Cluster, server: str) -> Reason | None:
    return (f"{server} is down.", _DOWN) if cluster.state(server) is None else None


def _no_timer(cluster: Cluster, server: str, timer: str) -> Reason | None:
    """A timer that does not run cannot run out."""
    if cluster.host(server).deadline(timer) is not None:
        return None
    if timer == "heartbeat":
        return f"{server} does not lead.", "Only leaders send heartbeats (§5.2)."
    said = f"{server} leads, and believes that it still does: its election timer does not run."
    return said, "Followers and candidates have an election timeout, leaders have none (§5.2)."


def _not_led(cluster: Cluster, server: str | None) -> Reason | None:
    """A command that no leader takes."""
    if server is None:
        if cluster.leader is not None:
            return None
        return "nobody leads.", "Only a leader takes commands (Figure 2, Leaders)."
    state = cluster.state(server)
    if state is None:
        return f"{server} is down.", _DOWN
    if state.standing.role == LEADER:
        return None
    said = f"{server} does not lead, and refuses."
    return said, "Only a leader takes commands (Figure 2, Leaders)."
