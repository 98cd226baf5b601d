"""Small situations, run and drawn, for the prompts of exercises.

Each is a real run from a fixed seed, so the picture shows what the protocol
does and never goes stale.
"""

from raftkit.checkers import Cluster
from raftkit.protocol import Log
from raftkit.simulator import Delay, Drop, Duplicate, Timeout
from raftkit.views import Picture, space_time


def log_ending(term: int, length: int) -> Log:
    """A log of `length` entries that ends in `term`, with earlier terms before it.

    >>> log_ending(term=3, length=5)
    Log.of_terms(1, 1, 2, 2, 3)
    """
    return Log.of_terms(
        *(max(1, term - (length - index + 1) // 2) for index in range(1, length + 1))
    )


def two_candidates() -> Picture:
    """Two followers of three time out together; one of them wins."""
    cluster = Cluster(servers=3, seed=5)
    # Forced within one instant: nobody has heard of the other's request when it asks.
    cluster.do(Timeout("S1"), Timeout("S3"))
    cluster.run(ms=14)
    return space_time(cluster.history, title="S1 and S3 ask for votes in the same term")


def leader_cut_off() -> Picture:
    """A leader is cut off; the others elect a new one; the old one comes back."""
    cluster = Cluster(servers=3, seed=2)
    cluster.do(Timeout("S1"))
    cluster.run(ms=15)
    cluster.partition({"S1"}, {"S2", "S3"})
    cluster.do(Timeout("S2"))
    cluster.run(ms=20)
    cluster.heal()
    cluster.run(ms=45)
    return space_time(cluster.history, title="S1 comes back with an old term")


def late_vote() -> Picture:
    """A vote of term 1 comes so late that its candidate asks in term 2 already."""
    cluster = Cluster(servers=3, seed=9)
    # S2's yes is held up and S3's is lost, so S1 has one vote and must try again.
    cluster.do(Delay(14_000, "S2"), Drop("S3"), Timeout("S1"))
    cluster.run(ms=12)
    cluster.do(Timeout("S3"), Timeout("S1"))
    cluster.run(ms=16)
    return space_time(cluster.history, title="S2's vote of term 1 arrives in term 2")


def commands_arrive() -> Picture:
    """A client's command reaches a follower, which takes nothing, and then the leader."""
    cluster = Cluster(servers=3, seed=3)
    cluster.do(Timeout("S1"))
    cluster.run(ms=14)
    cluster.propose("x=1", to="S2")
    cluster.run(ms=3)
    cluster.propose("x=1", to="S1")
    cluster.run(ms=14)
    return space_time(cluster.history, first_ms=12, title="Two servers are asked for x=1")


def late_answer() -> Picture:
    """Two commands in a row; the answer to the first is held up, that to the second comes twice."""
    cluster = Cluster(servers=2, seed=4)
    cluster.do(Timeout("S1"))
    cluster.run(ms=20)
    cluster.do(Delay(20_000, "S2"))
    cluster.propose("x=1", to="S1")
    cluster.run(ms=6)
    cluster.do(Duplicate("S2"))
    cluster.propose("x=2", to="S1")
    cluster.run(ms=22)
    return space_time(cluster.history, first_ms=19, title="S2's first yes is overtaken")
