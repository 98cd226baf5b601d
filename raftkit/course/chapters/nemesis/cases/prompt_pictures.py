"""The pictures in the prompts of notebook 06: runs of each broken Raft in which nothing breaks.

They are real runs with the broken rules. Each comes close to a violation, to show what the
rule does; the student has to find the rest.
"""

from collections.abc import Callable

from raftkit.checkers import Cluster
from raftkit.course.chapters.nemesis.cases.targets import TARGETS
from raftkit.simulator import Duplicate, Timeout
from raftkit.views import Picture, space_time


def _drawn(id: str, title: str, story: Callable[[Cluster], None], seed: int = 1) -> Picture:
    """A story, drawn with the broken Raft of an exercise."""
    target = TARGETS[id]
    cluster = Cluster(servers=target.servers, seed=seed, rules=target.rules)
    story(cluster)
    return space_time(cluster.history, title=title)


def _one_election(cluster: Cluster) -> None:
    cluster.do(Timeout("S1"))
    cluster.run(ms=14)


def _one_after_the_other(cluster: Cluster) -> None:
    _one_election(cluster)
    cluster.do(Timeout("S2"))
    cluster.run(ms=14)


def _a_restart(cluster: Cluster) -> None:
    _one_election(cluster)
    cluster.crash("S3")
    cluster.run(ms=4)
    cluster.restart("S3")
    cluster.run(ms=50)


def _an_echo(cluster: Cluster) -> None:
    cluster.do(Duplicate("S2", "S1"))
    _one_election(cluster)


def _one_entry(cluster: Cluster) -> None:
    _one_election(cluster)
    cluster.propose("x=1")
    cluster.run(ms=60)


def _a_missing_entry(cluster: Cluster) -> None:
    _one_election(cluster)
    cluster.crash("S3")
    cluster.propose("x=1")
    cluster.run(ms=20)
    cluster.restart("S3")
    cluster.run(ms=50)


def _two_leaders(cluster: Cluster) -> None:
    _one_entry(cluster)
    cluster.do(Timeout("S2"))
    cluster.run(ms=14)
    cluster.propose("x=2")
    cluster.run(ms=20)


PICTURES: dict[str, Callable[[], Picture]] = {
    "6.1": lambda: _drawn("6.1", "S1 is elected, and rather soon", _one_election),
    "6.2": lambda: _drawn("6.2", "One election after the other", _one_after_the_other),
    "6.3": lambda: _drawn("6.3", "S3 restarts, and nothing is amiss", _a_restart),
    "6.4": lambda: _drawn("6.4", "S2's vote arrives twice, and the others' too", _an_echo),
    "6.5": lambda: _drawn("6.5", "An entry, and a heartbeat after it", _one_entry),
    "6.6": lambda: _drawn("6.6", "S3 misses an entry, and gets it later", _a_missing_entry),
    "6.7": lambda: _drawn("6.7", "Two terms, an entry each", _two_leaders),
}
