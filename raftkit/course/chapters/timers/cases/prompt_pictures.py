"""Small situations of notebook 01, run and drawn for its prompts.

Each is a real run from a fixed seed, so the picture shows what servers do and never goes
stale.
"""

from raftkit.checkers import Cluster
from raftkit.protocol import Rules
from raftkit.simulator import Crash, Timeout
from raftkit.views import Picture, space_time


def nearly_equal_waits() -> Picture:
    """Three servers that wait for 150 to 152 ms: all stand before one has been heard."""
    rules = Rules(election_timeout=lambda settings, draw: 150_000 + int(draw * 2_000))
    cluster = Cluster(servers=3, seed=1, rules=rules)
    cluster.run(ms=172)
    return space_time(cluster.history, first_ms=148, title="Waits of 150 to 152 ms")


def heartbeats() -> Picture:
    """A leader that is heard every 50 ms, and followers that stay calm."""
    cluster = Cluster(servers=3, seed=2)
    cluster.do(Timeout("S1"))
    cluster.run(ms=175)
    return space_time(cluster.history, title="S1 is heard again and again")


def stands_in_vain() -> Picture:
    """A leader dies; one that cannot win asks first, and keeps nobody else from standing."""
    cluster = Cluster(servers=3, seed=4)
    cluster.do(Timeout("S1"))
    cluster.run(ms=20)
    # S3 misses an entry, so S2 must refuse it.
    cluster.partition("S3")
    cluster.propose("x=1")
    cluster.run(ms=25)
    cluster.heal()
    cluster.crash("S1")
    cluster.run(ms=60)
    cluster.do(Timeout("S3"))
    cluster.run_until(lambda cluster: cluster.leader, ms=600)
    cluster.run(ms=12)
    return space_time(cluster.history, title="S1 dies, and S3 stands in vain")


def one_is_down() -> Picture:
    """A leader with one follower that is down goes on speaking to both."""
    cluster = Cluster(servers=3, seed=3)
    cluster.do(Timeout("S1"))
    cluster.run(ms=20)
    cluster.do(Crash("S3"))
    cluster.run(ms=150)
    return space_time(cluster.history, title="S3 is down, and S1 speaks to everybody")
