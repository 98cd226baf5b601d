"""The configuration of a trial: which kinds of fault it uses, how often, and on what cluster.

Swarm testing (Groce and others, 2012): if every trial could do everything, one fault would undo
another. So each trial leaves out many kinds of fault and uses the others often. The size of the
cluster, its timing and its topology are drawn as well. This module does not know what an action
does.
"""

from dataclasses import dataclass

from raftkit.checkers.schedules import Draw
from raftkit.checkers.trials import Topology, Trial
from raftkit.protocol import Settings
from raftkit.simulator import Link

# The kinds of action, each with its weight. Elections and commands are on in every trial, because
# without them nothing would happen.
ALWAYS = {"elect": 5, "propose": 4}
SOMETIMES = {
    "crash": 2,
    "torn write": 2,
    "partition": 2,
    "cut": 2,
    "pause": 1,
    "drop": 3,
    "duplicate": 2,
    "delay": 3,
    "network conditions": 1,
    "drift": 1,
    "slow disk": 1,
    "heartbeat": 1,
}
LEADER_CHANGES = (0, 6, 20)
KINDS = (*ALWAYS, *SOMETIMES)

_SIZES = (3, 3, 3, 3, 3, 3, 3, 5, 5, 5, 5, 4, 4, 2, 7, 1)
# The average time between two actions: less than a message takes, as long as a message and its
# answer, an election, or several elections.
_PACES = (2_000, 6_000, 6_000, 12_000, 40_000, 150_000)


@dataclass(frozen=True, slots=True)
class Configuration:
    """What is drawn before a trial begins: a `trial` without actions, and how to draw them.

    `kinds` holds each kind of action as many times as its weight. `pace` is the average time
    between two actions in microseconds, `turns` the number of actions. With probability `aim` an
    action is aimed at a role, and with probability `mends` it mends something that is broken. Each
    client has `calls` commands from the beginning.
    """

    trial: Trial
    kinds: tuple[str, ...]
    turns: int
    pace: int
    aim: float
    mends: float
    calls: int = 0


def draw_configuration(draw: Draw) -> Configuration:
    """Return a configuration from the next draws.

    >>> draw_configuration(Draw(1)) == draw_configuration(Draw(1))
    True
    """
    servers = draw.one_of(_SIZES)
    topology: Topology = draw.one_of(("ring", "star")) if draw.chance(0.06) else "complete"
    link = _draw_link(draw)
    trial = Trial(
        servers,
        draw.below(1 << 20),
        (),
        0,
        heals=draw.chance(0.5),
        settings=_draw_settings(draw),
        link=link,
        topology=topology,
        clients=draw.one_of((0, 0, 0, 1, 2)),
    )
    kinds = [kind for kind, weight in ALWAYS.items() for _ in range(weight)]
    kinds += ["change leader"] * draw.one_of(LEADER_CHANGES)
    for kind, weight in SOMETIMES.items():
        if draw.chance(0.4):
            kinds += [kind] * weight
    return Configuration(
        trial,
        tuple(kinds),
        turns=3 + draw.below(draw.one_of((8, 16, 30))),
        pace=draw.one_of(_PACES),
        aim=draw.one_of((0.3, 0.7, 0.9)),
        mends=draw.one_of((0.15, 0.3, 0.5)),
        calls=draw.one_of((0, 0, 3, 10)),
    )


def _draw_settings(draw: Draw) -> Settings:
    """Return the default settings in half of the trials, and otherwise others."""
    if draw.chance(0.5):
        return Settings()
    least = draw.one_of((150_000, 150_000, 100_000, 300_000))
    return Settings(
        election_timeout_min=least,
        election_timeout_max=least * draw.one_of((2, 2, 3)),
        heartbeat_interval=least // draw.one_of((3, 3, 5)),
        batch=draw.one_of((1, 1, 2, 100)),
        no_op=draw.chance(0.5),
    )


def _draw_link(draw: Draw) -> Link:
    """Return the default link in most trials, and otherwise a quicker, steadier or slower one."""
    if draw.chance(0.7):
        return Link()
    # With each of these, a request and its answer take less time than any election timeout.
    least, most = draw.one_of(((1, 1_000), (5_000, 5_000), (1, 25_000), (500, 4_000)))
    return Link(latency_min=least, latency_max=most)
