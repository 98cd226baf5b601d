"""Draws the next move of a walk, so that most moves suit the state of the cluster.

Elections and commands are drawn most often; every move may be cut short, so that its messages stay
on the network and arrive late or never.
"""

from collections.abc import Callable

from raftkit.checkers.schedules import Draw
from raftkit.checkers.walks.walk import Walk
from raftkit.protocol.roles import LEADER

# How many messages a move delivers: mostly all, sometimes few or none.
_DELIVERIES = (40, 40, 40, 40, 0, 1, 2, 3, 5)


def move_at_random(walk: Walk, draw: Draw) -> None:
    """Make one random move."""
    kind: Callable[[Walk, Draw], None] = draw.one_of(_KINDS)
    kind(walk, draw)


def _elect(walk: Walk, draw: Draw) -> None:
    if walk.running:
        walk.elect(draw.one_of(walk.running), draw.one_of(_DELIVERIES))


def _propose(walk: Walk, draw: Draw) -> None:
    """A command for a leader, or for any server; sometimes one that came before."""
    asked = (_leaders(walk) if draw.chance(0.9) else ()) or walk.running
    if asked:
        command = f"x={1 + draw.below(2)}" if draw.chance(0.25) else ""
        walk.propose(draw.one_of(asked), draw.one_of(_DELIVERIES), command)


def _heartbeat(walk: Walk, draw: Draw) -> None:
    leaders = _leaders(walk)
    if leaders:
        walk.heartbeat(draw.one_of(leaders), draw.one_of(_DELIVERIES))


def _part(walk: Walk, draw: Draw) -> None:
    """Join all; or set servers apart: mostly a leader, alone or with one other."""
    servers = walk.cluster.servers
    if walk.apart and draw.chance(0.5):
        walk.part()
    elif draw.chance(0.7):
        leader = draw.one_of(_leaders(walk) or servers)
        walk.part(leader, draw.one_of(servers))
    else:
        walk.part(*(name for name in servers if draw.chance(0.4)))


def _late(walk: Walk, draw: Draw) -> None:
    """A held message arrives, from whatever side; the network may keep a copy of it."""
    held = len(walk.held)
    if held:
        newest = draw.below(min(3, held))
        number = draw.below(held) if draw.chance(0.6) else held - 1 - newest
        walk.deliver(number, draw.chance(0.35), draw.one_of(_DELIVERIES))


def _crash(walk: Walk, draw: Draw) -> None:
    """A server crashes, and mostly starts again at once; or one that is down starts."""
    down = tuple(name for name in walk.cluster.servers if name not in walk.running)
    if down and draw.chance(0.7):
        walk.restart(draw.one_of(down))
    elif walk.running:
        server = draw.one_of(walk.running)
        walk.crash(server)
        if draw.chance(0.6):
            walk.restart(server)


def _leaders(walk: Walk) -> tuple[str, ...]:
    """Every server in the role of leader, outdated leaders included."""
    states = ((name, walk.cluster.state(name)) for name in walk.cluster.servers)
    return tuple(name for name, state in states if state and state.standing.role == LEADER)


# Each kind as many times as its weight.
_KINDS = (
    *[_elect] * 6,
    *[_propose] * 5,
    *[_heartbeat] * 2,
    *[_part] * 2,
    *[_late] * 4,
    *[_crash] * 2,
)
