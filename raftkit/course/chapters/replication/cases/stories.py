"""The two stories that show right answers of notebook 03 at work.

Each runs a cluster of three servers that obey the answer. What is checked is not known here.
"""

from raftkit.checkers import Cluster
from raftkit.simulator import Drop, Timeout


def a_command_travels(cluster: Cluster) -> None:
    """S1 leads; a request with x=1 is lost, and sent again."""
    cluster.do(Timeout("S1"))
    cluster.run(ms=14)
    cluster.do(Drop("S1", "S3"))
    cluster.propose("x=1", to="S1")
    cluster.run(ms=70)


def a_follower_is_repaired(cluster: Cluster) -> None:
    """S3 misses two commands; a refusal shows this to a new leader, which repairs S3's log."""
    cluster.do(Timeout("S1"))
    cluster.run(ms=14)
    cluster.partition("S3")
    cluster.propose("x=1", to="S1")
    cluster.propose("x=2", to="S1")
    cluster.run(ms=14)
    cluster.heal()
    cluster.do(Timeout("S2"))
    cluster.run(ms=70)
