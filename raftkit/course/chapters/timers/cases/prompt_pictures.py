"""The pictures in the prompts of notebook 01.

Each is drawn from a real run with a fixed seed, so it shows what the servers do and never
goes stale.
"""

from raftkit.checkers import Cluster
from raftkit.protocol import Rules
from raftkit.simulator import Crash, Timeout
from raftkit.views import Picture, space_time


def nearly_equal_waits() -> Picture:
    """Three servers that wait for 150 to 152 ms: all stand before any of them is heard."""
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
    """A leader crashes; a server that cannot win stands first, and another stands later."""
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
    """A leader sends heartbeats to both followers, one of which is down."""
    cluster = Cluster(servers=3, seed=3)
    cluster.do(Timeout("S1"))
    cluster.run(ms=20)
    cluster.do(Crash("S3"))
    cluster.run(ms=150)
    return space_time(cluster.history, title="S3 is down, and S1 speaks to everybody")
