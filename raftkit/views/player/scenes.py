"""The prepared scenes, which a lecturer shows with one key each, and their narration.

A scene depends only on the state of the cluster when it begins, so scenes can be shown in any
order, with other actions between them. It does not know how a cluster is drawn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from raftkit.simulator import (
    Crash,
    Heal,
    NetworkConditions,
    Partition,
    Propose,
    RaftSystem,
    Restart,
    Resume,
    SetTimer,
    Timeout,
)


@dataclass(frozen=True)
class Scene:
    """One scene: `story(cluster)` does actions that depend on the state of the cluster.

    The story may let time pass between them; the player shows all of it from its beginning.
    """

    title: str
    narration: str
    story: Callable[[RaftSystem], Any]


def _followers(cluster: RaftSystem) -> list[str]:
    """The running servers that are not the leader."""
    return [name for name in cluster.servers if cluster.state(name) and name != cluster.leader]


def _election(cluster: RaftSystem) -> None:
    """One follower's election timer runs out before all others."""
    for name in _followers(cluster)[:1]:
        cluster.do(SetTimer(name, 5_000))


def _await_leader(cluster: RaftSystem) -> str | None:
    """The leader; if there is none, wait for one, so that the scene works at any time."""
    cluster.run_until(lambda now: now.leader, ms=2_000)
    return cluster.leader


def _command(cluster: RaftSystem) -> None:
    """A command is handed to the leader."""
    _await_leader(cluster)
    cluster.do(Propose("x=1"))


def _split_vote(cluster: RaftSystem) -> None:
    """The leader crashes, and the election timers of all others run out at the same instant."""
    leader, waiting = _await_leader(cluster), _followers(cluster)
    if leader:
        cluster.do(Crash(leader))
    for name in waiting:
        cluster.do(SetTimer(name, 20_000))


def _recover(cluster: RaftSystem) -> None:
    """All servers that are down or paused run again."""
    for name in cluster.servers:
        cluster.do(Restart(name), Resume(name))


def _minority(cluster: RaftSystem) -> None:
    """The leader is left with a minority, so that it cannot commit anything."""
    leader = _await_leader(cluster) or cluster.servers[0]
    others = [name for name in cluster.servers if name != leader]
    kept = others[: (len(cluster.servers) - 1) // 2]
    cluster.do(Partition(((leader, *kept),)), Propose("lost=1", leader))


def _heal(cluster: RaftSystem) -> None:
    """Every link works, and loses, repeats and delays no message."""
    cluster.do(Heal(), NetworkConditions())


def _different_logs(cluster: RaftSystem) -> None:
    """A leader that is cut off appends entries, another is elected, and the network is healed."""
    leader, followers = _await_leader(cluster), _followers(cluster)
    if not leader or len(followers) < 2:
        return
    old, new = leader, followers[0]
    cluster.do(Partition(((old,),)), Propose("a=1", old), Propose("a=2", old))
    cluster.run(ms=30)
    cluster.do(Timeout(new))
    cluster.run(ms=60)
    for command in ("b=1", "b=2", "b=3"):
        cluster.do(Propose(command, new))
        cluster.run(ms=30)
    cluster.do(Heal())


SCENES = (
    Scene(
        "An election", "Somebody's patience ends. With the votes of a majority it leads.", _election
    ),
    Scene(
        "A command",
        "The leader appends it, sends it, and commits it once a majority has it.",
        _command,
    ),
    Scene(
        "The leader falls",
        "All others lose patience at once. Will anybody have a majority?",
        _split_vote,
    ),
    Scene("Everybody is back", "Who was down starts from its disk, and catches up.", _recover),
    Scene(
        "The leader in a minority",
        "It still takes commands. Can it commit them? What do the others do?",
        _minority,
    ),
    Scene(
        "The network heals",
        "Two leaders, two terms. Which one gives way, and which entries stay?",
        _heal,
    ),
    Scene(
        "Logs that differ",
        "Cut off, the old leader takes two commands; a new one takes three. When they meet again, "
        "how do the logs become equal?",
        _different_logs,
    ),
)
