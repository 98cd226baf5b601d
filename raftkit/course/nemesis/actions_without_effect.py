"""Whether an action would have no effect, and why; asked just before the action is performed.

The simulator ignores such an action without a word, because shrunk schedules are full of them.
A student who writes one is mistaken about the state of the cluster.
"""

from raftkit.checkers import Cluster
from raftkit.course.nemesis.schedule import ScheduleAction
from raftkit.protocol.roles import LEADER
from raftkit.simulator import Deliver, Lose, Propose, Restart, Timeout
from raftkit.views.descriptions import listed

# A sentence about the state of the cluster, and the rule of the paper behind it.
Reason = tuple[str, str]

_DOWN = "A server that is down does nothing and hears nothing until it restarts (§5.5)."


def why_without_effect(cluster: Cluster, action: ScheduleAction) -> Reason | None:
    """Why `action` would change nothing in `cluster` now; None if it would change something."""
    match action:
        case Deliver(_, target):
            return _no_message(cluster, action) or _down(cluster, target)
        case Lose():
            return _no_message(cluster, action)
        case Restart(server):
            if cluster.state(server) is None:
                return None
            return f"{server} is running.", "Only a server that has crashed restarts (§5.5)."
        case Timeout(server, timer):
            return _down(cluster, server) or _no_timer(cluster, server, timer)
        case Propose(_, server):
            return _not_led(cluster, server)
        case _:
            return _down(cluster, action.server)


def _no_message(cluster: Cluster, action: Deliver | Lose) -> Reason | None:
    """Why there is no message for this action to deliver or lose; None if there is one."""
    alike = [
        type(message).__name__
        for message in cluster.held
        if (message.source, message.target) == (action.source, action.target)
        and action.kind in (None, type(message).__name__)
    ]
    if -len(alike) <= action.place < len(alike):
        return None
    ends = f"from {action.source} to {action.target}"
    said = f"no {action.kind or 'message'} {ends} is under way."
    if alike:
        said = f"under way {ends} there is only {listed(alike)}."
    why = "Servers know of each other by messages alone: what nobody sent cannot arrive (§5.1)."
    return said, why


def _down(cluster: Cluster, server: str) -> Reason | None:
    return (f"{server} is down.", _DOWN) if cluster.state(server) is None else None


def _no_timer(cluster: Cluster, server: str, timer: str) -> Reason | None:
    """Why this timer cannot time out: it does not run. None if it runs."""
    if cluster.host(server).deadline(timer) is not None:
        return None
    if timer == "heartbeat":
        return f"{server} does not lead.", "Only leaders send heartbeats (§5.2)."
    said = f"{server} leads, and believes that it still does: its election timer does not run."
    return said, "Followers and candidates have an election timeout, leaders have none (§5.2)."


def _not_led(cluster: Cluster, server: str | None) -> Reason | None:
    """Why no leader takes the command; None if one does."""
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
