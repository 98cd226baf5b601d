"""Leader election on a network that fails (§5.2): the situations of MIT 3A.

A server that is cut off still runs, and still believes what it last knew. An
election is waited for as long as theirs, in virtual time.
"""

from raftkit.scenarios.scenario import Suite
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("MIT 3A")


@SUITE.scenario("A cluster elects a leader and keeps it", "InitialElection")
def first_election(system: SystemUnderTest) -> None:
    """Three servers elect a leader, and without a fault it stays.

    A term that rises in quiet times means that heartbeats come late or do not count.
    """
    cluster = system.cluster(servers=3, seed=31)
    leader = cluster.one_leader()
    cluster.run(ms=50)
    term = cluster.common_term()
    cluster.expect(term >= 1, f"the first leader's term is {term}, expected 1 or more.")
    cluster.run(ms=2_000)
    later = cluster.common_term()
    cluster.expect(
        later == term,
        f"nothing failed, yet the term went from {term} to {later}: {leader} was not left to lead.",
    )
    cluster.one_leader()


@SUITE.scenario("Leaders are cut off and come back", "ReElection")
def leaders_come_and_go(system: SystemUnderTest) -> None:
    """The leader is cut off, returns, and a quorum is lost and found.

    A server that counts only the servers in reach elects a second leader here; one that ignores
    a higher term keeps the first one leading beside it.
    """
    cluster = system.cluster(servers=3, seed=32)
    first = cluster.one_leader()
    cluster.cut_off(first)
    second = cluster.one_leader()

    # The old leader must follow the new one, and not disturb it.
    cluster.connect(first)
    cluster.run(ms=500)
    leader = cluster.one_leader()
    cluster.expect(
        leader == second, f"{first} came back and unseated {second}: {leader} leads instead."
    )

    neighbour = cluster.after(leader)
    cluster.cut_off(leader, neighbour)
    cluster.run(ms=2_000)
    cluster.no_leader()

    cluster.connect(neighbour)
    cluster.one_leader()
    cluster.connect(leader)
    cluster.one_leader()


@SUITE.scenario("Seven servers lose three, ten times over", "ManyElections")
def many_elections(system: SystemUnderTest) -> None:
    """Ten times, three of seven servers are cut off and connected again.

    Four servers are left each time, just a majority, so no vote may be lost or given twice.
    """
    cluster = system.cluster(servers=7, seed=33)
    cluster.one_leader()
    for _ in range(10):
        left = list(cluster.servers)
        for _ in range(3):
            left.remove(system.pick(left))
        away = [server for server in cluster.servers if server not in left]
        cluster.cut_off(*away)
        cluster.one_leader()
        cluster.connect(*away)
    cluster.one_leader()
