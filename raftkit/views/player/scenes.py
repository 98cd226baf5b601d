"""Prepared scenes: what a lecturer shows with one key each, and says with it.

A scene is done to the cluster as it is at that moment, so scenes can be shown in any order,
and acts of one's own come between. It does not know how a cluster is drawn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from raftkit.simulator import (
    Cluster,
    Crash,
    Heal,
    Partition,
    Propose,
    Restart,
    Resume,
    SetTimer,
    Weather,
)


@dataclass(frozen=True)
class Scene:
    """One scene: `acts` says what to do to a cluster in the state in which it is."""

    title: str
    narration: str
    acts: Callable[[Cluster], Sequence[Any]]


def _followers(cluster: Cluster) -> list[str]:
    """The running servers that do not lead."""
    return [name for name in cluster.servers if cluster.state(name) and name != cluster.leader]


def _election(cluster: Cluster) -> list[Any]:
    """One follower loses patience before all others."""
    return [SetTimer(_followers(cluster)[0], 5_000)] if _followers(cluster) else []


def _command(cluster: Cluster) -> list[Any]:
    """Somebody asks whoever leads."""
    return [Propose("x=1")]


def _split_vote(cluster: Cluster) -> list[Any]:
    """The leader goes, and everybody else loses patience in the same instant."""
    gone = [Crash(cluster.leader)] if cluster.leader else []
    return [*gone, *(SetTimer(name, 20_000) for name in _followers(cluster))]


def _minority(cluster: Cluster) -> list[Any]:
    """The leader keeps just too few to commit anything."""
    leader = cluster.leader or cluster.servers[0]
    others = [name for name in cluster.servers if name != leader]
    kept = others[: (len(cluster.servers) - 1) // 2]
    return [Partition(((leader, *kept),)), Propose("lost=1", leader)]


def _heal(cluster: Cluster) -> list[Any]:
    """Every link works, and the weather is fine."""
    return [Heal(), Weather()]


def _recover(cluster: Cluster) -> list[Any]:
    """Everybody runs; who runs already is left alone."""
    return [act for name in cluster.servers for act in (Restart(name), Resume(name))]


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
)
