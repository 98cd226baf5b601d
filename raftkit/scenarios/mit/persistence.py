"""Servers that crash and come back with nothing but their disks (Figure 2, State).

The situations of MIT 3C on links that lose nothing, Figure 8 (§5.4.2) among
them. A crash takes away what is not durable; unreliable_network.py has the other half.
"""

from raftkit.protocol.roles import LEADER
from raftkit.scenarios.scenario import Suite
from raftkit.scenarios.system_under_test import SystemUnderTest
from raftkit.scenarios.watched_cluster import WatchedCluster
from raftkit.simulator import TornWrite

SUITE = Suite("MIT 3C")

ELECTION_MS = 1_000
ROUNDS = 1_000
QUORUM = 3


@SUITE.scenario("Servers restart one by one and together", "Persist1")
def restarts(system: SystemUnderTest) -> None:
    """All servers restart, then a leader, then a leader and a follower are away for a while.

    What is not on the disk by the time of an answer is missing afterwards.
    """
    cluster = system.cluster(servers=3, seed=61)
    cluster.agree("x=11")
    cluster.crash(*cluster.servers)
    cluster.restart(*cluster.servers)
    cluster.agree("x=12")

    cluster.restart(cluster.one_leader())
    cluster.agree("x=13")

    leader = cluster.one_leader()
    cluster.crash(leader)
    cluster.agree("x=14", 2)
    cluster.restart(leader)
    # It must have caught up before the next one goes, or two would be behind.
    cluster.wait_until_committed(4, 3)

    follower = cluster.after(cluster.one_leader())
    cluster.crash(follower)
    cluster.agree("x=15", 2)
    cluster.restart(follower)
    cluster.agree("x=16")


@SUITE.scenario("Majorities change by rolling crashes", "Persist2")
def rolling_crashes(system: SystemUnderTest) -> None:
    """Five rounds in which servers leave and return so that majorities barely overlap.

    Two majorities share a single server, which restarts in between, so only its disk knows.
    """
    cluster = system.cluster(servers=5, seed=62)
    for number in range(5):
        cluster.agree(f"a={number}")
        leader = cluster.one_leader()
        first, second, third, fourth = (cluster.after(leader, places) for places in (1, 2, 3, 4))
        cluster.cut_off(first, second)
        cluster.agree(f"b={number}", QUORUM)

        cluster.cut_off(leader, third, fourth)
        cluster.restart(first, second)
        cluster.connect(first, second)
        cluster.run(ELECTION_MS)
        cluster.restart(third)
        cluster.connect(third)
        cluster.agree(f"c={number}", QUORUM)
        cluster.connect(fourth, leader)
    cluster.agree("end")


@SUITE.scenario("A leader crashes during a partition", "Persist3")
def partition_and_crash(system: SystemUnderTest) -> None:
    """A leader and a follower crash while the third server is cut off, and one returns to it.

    The server that was cut off lacks an entry which a crashed one has: it must not win.
    """
    cluster = system.cluster(servers=3, seed=63)
    cluster.agree("x=101")
    leader = cluster.one_leader()
    follower, away = cluster.after(leader, 1), cluster.after(leader, 2)
    cluster.cut_off(away)
    cluster.agree("x=102", 2)

    cluster.crash(leader, follower)
    cluster.connect(away)
    cluster.restart(leader)
    cluster.agree("x=103", 2)
    cluster.restart(follower)
    cluster.agree("x=104")


@SUITE.scenario("A thousand leaders crash as in Figure 8", "Figure8")
def figure_8(system: SystemUnderTest) -> None:
    """A thousand rounds, in each of which the leader crashes soon after it took a command (§5.4.2).

    Half of them crash with the command on their disk and before any message leaves. In the
    original, too, that is how an entry comes to be on one server only.
    """
    # In the run of this seed the situation of Figure 8 comes early.
    cluster = system.cluster(servers=5, seed=71)
    cluster.agree("start", 1)
    for number in range(ROUNDS):
        leader = _offer_to_all(cluster, f"x={number}", at_once=system.chance(0.5))
        cluster.run(a_short_while(system))
        if leader is not None:
            cluster.crash(leader)
        # Too few are left to elect a leader, so one of those that crashed may come back.
        if len(cluster.servers) - len(cluster.down) < QUORUM:
            server = system.pick(cluster.servers)
            if server in cluster.down:
                cluster.restart(server)
    cluster.restart(*sorted(cluster.down))
    cluster.agree("end")


def a_short_while(system: SystemUnderTest) -> float:
    """Mostly too short for a round trip, in one of ten cases long enough for an election; in ms."""
    return system.below(ELECTION_MS // 2) if system.chance(0.1) else system.below(13)


def _offer_to_all(cluster: WatchedCluster, command: str, at_once: bool) -> str | None:
    """Offer a command to every running server; the last that took it and still runs."""
    leader = None
    for server in cluster.usable():
        if at_once and cluster.state(server).standing.role == LEADER:
            cluster.do(TornWrite(server, keep=1))
        if cluster.propose(server, command) is not None:
            leader = server
        # The torn write has crashed it in the middle of taking the command.
        if cluster.cluster.state(server) is None:
            cluster.down.add(server)
    return leader
