"""Servers that crash and come back with nothing but their disks (Figure 2, State).

The situations of MIT 3C on links that lose nothing, Figure 8 (§5.4.2) among
them. A crash takes away what is not durable; bad_weather.py has the other half.
"""

from raftkit.checkers.scenarios.scenario import Scenario
from raftkit.checkers.scenarios.stage import Stage
from raftkit.checkers.scenarios.staged_cluster import StagedCluster
from raftkit.protocol.roles import LEADER
from raftkit.simulator import TornWrite

SUITE = "MIT 3C"

ELECTION_MS = 1_000
ROUNDS = 1_000
QUORUM = 3


def restarts(stage: Stage) -> None:
    """All servers restart, then a leader, then a leader and a follower are away for a while.

    What is not on the disk by the time of an answer is missing afterwards.
    """
    cluster = stage.cluster(servers=3, seed=61)
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


def rolling_crashes(stage: Stage) -> None:
    """Five rounds in which servers leave and return so that majorities barely overlap.

    Two majorities share a single server, which restarts in between, so only its disk knows.
    """
    cluster = stage.cluster(servers=5, seed=62)
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


def partition_and_crash(stage: Stage) -> None:
    """A leader and a follower crash while the third server is cut off, and one returns to it.

    The server that was cut off lacks an entry which a crashed one has: it must not win.
    """
    cluster = stage.cluster(servers=3, seed=63)
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


def figure_8(stage: Stage) -> None:
    """A thousand rounds, in each of which the leader crashes soon after it took a command (§5.4.2).

    Half of them crash with the command on their disk and before any message leaves. In the
    original, too, that is how an entry comes to be on one server only.
    """
    # In the run of this seed the situation of Figure 8 comes early.
    cluster = stage.cluster(servers=5, seed=71)
    cluster.agree("start", 1)
    for number in range(ROUNDS):
        leader = _offer_to_all(cluster, f"x={number}", at_once=stage.chance(0.5))
        cluster.run(a_short_while(stage))
        if leader is not None:
            cluster.crash(leader)
        # Too few are left to elect a leader, so one of those that crashed may come back.
        if len(cluster.servers) - len(cluster.down) < QUORUM:
            server = stage.pick(cluster.servers)
            if server in cluster.down:
                cluster.restart(server)
    cluster.restart(*sorted(cluster.down))
    cluster.agree("end")


def a_short_while(stage: Stage) -> float:
    """Mostly too short for a round trip, in one of ten cases long enough for an election; in ms."""
    return stage.below(ELECTION_MS // 2) if stage.chance(0.1) else stage.below(13)


def _offer_to_all(cluster: StagedCluster, command: str, at_once: bool) -> str | None:
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


SCENARIOS = (
    Scenario("Servers restart one by one and together", SUITE, "Persist1", restarts),
    Scenario("Majorities change by rolling crashes", SUITE, "Persist2", rolling_crashes),
    Scenario("A leader crashes during a partition", SUITE, "Persist3", partition_and_crash),
    Scenario("A thousand leaders crash as in Figure 8", SUITE, "Figure8", figure_8),
)
