"""Agreement while followers and leaders come and go (§5.3): most of MIT 3B.

What must not happen is checked as well as what must: a command that only a
minority can hold is never applied. The budgets of 3B are in costs.py.
"""

from raftkit.scenarios.scenario import Suite
from raftkit.scenarios.system_under_test import SystemUnderTest
from raftkit.scenarios.watched_cluster import WatchedCluster

SUITE = Suite("MIT 3B")

ELECTION_MS = 1_000  # long enough for an election, whatever its luck
JUNK = 50  # commands that a minority takes in vain


@SUITE.scenario("Commands commit in their order", "BasicAgree")
def three_commands(system: SystemUnderTest) -> None:
    """Commands commit one after the other, at indexes 1, 2 and 3, and not unasked.

    The indexes tell whether counting begins at 1.
    """
    cluster = system.cluster(servers=3, seed=41)
    for index in (1, 2, 3):
        cluster.none_committed(index)
        found = cluster.agree(f"x={index}", retry=False)
        cluster.expect(found == index, f"command {index} is at index {found}, expected {index}.")


@SUITE.scenario("Followers fail until no majority is left", "FollowerFailure")
def followers_fail(system: SystemUnderTest) -> None:
    """One follower less still commits, two less must not.

    A leader that counts acknowledgements instead of servers commits on its own.
    """
    cluster = system.cluster(servers=3, seed=42)
    cluster.agree("x=101", retry=False)
    cluster.cut_off(cluster.after(cluster.one_leader()))
    cluster.agree("x=102", 2, retry=False)
    cluster.run(ELECTION_MS)
    cluster.agree("x=103", 2, retry=False)

    leader = cluster.one_leader()
    cluster.cut_off(cluster.after(leader, 1), cluster.after(leader, 2))
    # A leader without a majority still takes commands: it cannot know that it is alone.
    index = cluster.propose_to_leader(leader, "x=104")
    cluster.expect(index == 4, f"the fourth command is at index {index}, expected 4.")
    cluster.run(2 * ELECTION_MS)
    cluster.none_committed(4)


@SUITE.scenario("Leaders fail until no majority is left", "LeaderFailure")
def leaders_fail(system: SystemUnderTest) -> None:
    """One leader less still commits; after the second, nobody can.

    Every server is offered the last command, and none may take it to the state machine.
    """
    cluster = system.cluster(servers=3, seed=43)
    cluster.agree("x=101", retry=False)
    cluster.cut_off(cluster.one_leader())
    cluster.agree("x=102", 2)
    cluster.run(ELECTION_MS)
    cluster.agree("x=103", 2, retry=False)

    cluster.cut_off(cluster.one_leader())
    for server in cluster.servers:
        cluster.propose(server, "x=104")
    cluster.run(2 * ELECTION_MS)
    cluster.none_committed(4)


@SUITE.scenario("A follower returns and catches up", "FailAgree")
def follower_returns(system: SystemUnderTest) -> None:
    """A follower that was away catches up.

    While it was away it started elections, so it returns with a higher term and a short log.
    """
    cluster = system.cluster(servers=3, seed=44)
    cluster.agree("x=101", retry=False)
    away = cluster.after(cluster.one_leader())
    cluster.cut_off(away)
    for number in (102, 103):
        cluster.agree(f"x={number}", 2, retry=False)
    cluster.run(ELECTION_MS)
    for number in (104, 105):
        cluster.agree(f"x={number}", 2, retry=False)

    cluster.connect(away)
    cluster.agree("x=106")
    cluster.run(ELECTION_MS)
    cluster.agree("x=107")


@SUITE.scenario("Nothing commits without a majority", "FailNoAgree")
def no_majority(system: SystemUnderTest) -> None:
    """With three of five servers away nothing commits; then they return.

    The command that found no majority may survive or not, as the next leader decides: both
    indexes are right.
    """
    cluster = system.cluster(servers=5, seed=45)
    cluster.agree("x=10", retry=False)
    leader = cluster.one_leader()
    away = [cluster.after(leader, places) for places in (1, 2, 3)]
    cluster.cut_off(*away)
    index = cluster.propose_to_leader(leader, "x=20")
    cluster.expect(index == 2, f"the second command is at index {index}, expected 2.")
    cluster.run(2 * ELECTION_MS)
    cluster.none_committed(2)

    cluster.connect(*away)
    leader = cluster.one_leader()
    index = cluster.propose_to_leader(leader, "x=30")
    cluster.expect(index in (2, 3), f"the next command is at index {index}, expected 2 or 3.")
    cluster.agree("x=1000")


@SUITE.scenario("A leader takes five commands at once", "ConcurrentStarts")
def concurrent_commands(system: SystemUnderTest) -> None:
    """Five commands that a leader takes at the same instant all commit.

    They are sent one after the other without waiting for an answer, and must not mix.
    """
    cluster = system.cluster(servers=3, seed=46)
    for _ in range(5):
        leader = cluster.one_leader()
        term = cluster.state(leader).standing.current_term
        cluster.propose_to_leader(leader, "x=1")
        commands = [f"x={number}" for number in range(100, 105)]
        indexes = [cluster.propose_to_leader(leader, command) for command in commands]
        chosen = [cluster.wait_until_committed(index, 3) for index in indexes]
        # A change of leader in between may rightly lose a command: then it is no trial.
        if cluster.common_term() == term:
            cluster.expect(
                chosen == commands, f"expected {commands} to commit in order, found {chosen}."
            )
            return
    cluster.fail("in five trials no leader kept its term for the length of six commands.")


@SUITE.scenario("An old leader returns with entries of its own", "Rejoin")
def old_leader_returns(system: SystemUnderTest) -> None:
    """A leader comes back with three entries that never committed, and gives them up.

    Its entries conflict with committed ones at the same indexes and must be deleted.
    """
    cluster = system.cluster(servers=3, seed=47)
    cluster.agree("x=101")
    first = cluster.one_leader()
    cluster.cut_off(first)
    for number in (102, 103, 104):
        cluster.propose_to_leader(first, f"x={number}")
    cluster.agree("y=103", 2)

    second = cluster.one_leader()
    cluster.cut_off(second)
    cluster.connect(first)
    cluster.agree("y=104", 2)
    cluster.connect(second)
    cluster.agree("y=105")


@SUITE.scenario("Long wrong logs are repaired", "Backup")
def long_wrong_logs(system: SystemUnderTest) -> None:
    """Two minorities take fifty commands in vain, and all logs become one again.

    Figure 2's own back-up, one entry for each refusal, is fast enough: the time is for the
    agreement that waits for it.
    """
    cluster = system.cluster(servers=5, seed=48)
    cluster.agree("start", retry=True)
    leader = cluster.one_leader()
    partner = cluster.after(leader)
    others = [cluster.after(leader, places) for places in (2, 3, 4)]
    cluster.cut_off(*others)
    # The first minority: two of five, with the leader.
    _propose_in_vain(cluster, leader, "a")

    cluster.cut_off(leader, partner)
    cluster.connect(*others)
    _agree_on_many(cluster, "b")

    second = cluster.one_leader()
    # The other three commit, then lose one of themselves: now they are the minority.
    third = next(server for server in others if server != second)
    cluster.cut_off(third)
    _propose_in_vain(cluster, second, "c")

    cluster.cut_off(*(server for server in others if server != third))
    # Of the three that meet now only `third` holds everything committed, so it must win.
    cluster.connect(leader, partner, third)
    _agree_on_many(cluster, "d")
    cluster.connect(*cluster.servers)
    cluster.agree("end")


def _propose_in_vain(cluster: WatchedCluster, leader: str, key: str) -> None:
    """Give a leader without a majority fifty commands, and time to send them to its partner."""
    for number in range(JUNK):
        cluster.propose_to_leader(leader, f"{key}={number}")
    cluster.run(ELECTION_MS / 2)


def _agree_on_many(cluster: WatchedCluster, key: str) -> None:
    """Fifty commands, one after the other, that three servers apply."""
    for number in range(JUNK):
        cluster.agree(f"{key}={number}", 3)
