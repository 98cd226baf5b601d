"""Leader election on a network that fails (§5.2): the situations of MIT 3A.

A server that is cut off still runs, and still believes what it last knew. An
election is waited for as long as theirs, in virtual time.
"""

from raftkit.checkers.scenarios.scenario import Scenario
from raftkit.checkers.scenarios.stage import Stage

SUITE = "MIT 3A"


def first_election(stage: Stage) -> None:
    """Three servers elect a leader, and without a fault it stays.

    A term that rises in quiet times means that heartbeats come late or do not count.
    """
    cluster = stage.cluster(servers=3, seed=31)
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


def leaders_come_and_go(stage: Stage) -> None:
    """The leader is cut off, returns, and a quorum is lost and found.

    Whoever counts only the servers in reach elects a second leader here; whoever ignores a
    higher term keeps the first one leading beside it.
    """
    cluster = stage.cluster(servers=3, seed=32)
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


def many_elections(stage: Stage) -> None:
    """Ten times, three of seven servers are cut off and connected again.

    Four servers are left each time, just a majority, so no vote may be lost or given twice.
    """
    cluster = stage.cluster(servers=7, seed=33)
    cluster.one_leader()
    for _ in range(10):
        left = list(cluster.servers)
        for _ in range(3):
            left.remove(stage.pick(left))
        away = [server for server in cluster.servers if server not in left]
        cluster.cut_off(*away)
        cluster.one_leader()
        cluster.connect(*away)
    cluster.one_leader()


SCENARIOS = (
    Scenario("A cluster elects a leader and keeps it", SUITE, "InitialElection", first_election),
    Scenario("Leaders are cut off and come back", SUITE, "ReElection", leaders_come_and_go),
    Scenario("Seven servers lose three, ten times over", SUITE, "ManyElections", many_elections),
)
