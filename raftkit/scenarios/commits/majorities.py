"""When a leader calls an entry committed (§5.3; Figure 2, last rule for leaders): majorities.

A leader is told by hand which of its followers hold what. What it may not commit although
a majority holds it stands in old_terms.py.
"""

from raftkit.scenarios.logs.append_entries import acknowledge, follower, leader, request
from raftkit.scenarios.lone_server import LoneServer
from raftkit.scenarios.scenario import Suite, expect
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("raftkit commits", tells_rule=True)


def _acknowledged(system: SystemUnderTest, servers: int, followers: int) -> tuple[LoneServer, str]:
    """A new leader whose three commands so many followers have; and the case in words."""
    server = leader(system, servers=servers)
    for number in (1, 2, 3):
        server.propose(f"x={number}")
    for peer in server.peers[:followers]:
        acknowledge(server, peer, server.log.last_index)
    holders = ", ".join(("S1", *server.peers[:followers]))
    entries = f"entries 1 to {server.log.last_index}"
    return server, f"In a cluster of {servers}, the {entries} of its leader S1 are on {holders}"


def _expect_committed(server: LoneServer, case: str) -> None:
    """Fail unless the leader has committed its whole log."""
    expect(
        server.commit_index == server.log.last_index,
        f"{case}. Its commitIndex is {server.commit_index}, expected {server.log.last_index}.",
    )


def _expect_not_committed(server: LoneServer, case: str) -> None:
    """Fail if the leader has committed anything."""
    expect(
        server.commit_index == 0,
        f"{case}. Its commitIndex is {server.commit_index}, expected 0.",
    )


@SUITE.scenario("A leader counts itself", "LeaderCountsItself")
def leader_counts_itself(system: SystemUnderTest) -> None:
    """The leader's own log is one of the majority that stores an entry (§5.3).

    After C4 and C23b: it waits for one follower too many, and stands still when that one is down.
    """
    for servers, followers in ((3, 1), (5, 2), (7, 3)):
        _expect_committed(*_acknowledged(system, servers, followers))


@SUITE.scenario("Half of a cluster is no majority", "HalfIsNoMajority")
def half_is_no_majority(system: SystemUnderTest) -> None:
    """An entry is committed once a majority of the servers holds it: more than half (§5.3).

    After C20 and C22: with an odd number of servers the mistake does not show.
    """
    for servers in (2, 4, 6):
        half = servers // 2
        _expect_not_committed(*_acknowledged(system, servers, half - 1))
        _expect_committed(*_acknowledged(system, servers, half))


@SUITE.scenario("One acknowledgement is not enough for five", "OneOfFive")
def one_of_five(system: SystemUnderTest) -> None:
    """Two of five servers are no majority, so what they hold may be lost (§5.3).

    After C8 and C23: with three servers the first acknowledgement does make a majority.
    """
    for servers in (5, 7):
        _expect_not_committed(*_acknowledged(system, servers, 1))


@SUITE.scenario("Servers that are down hold nothing up", "MinorityMayBeDown")
def minority_may_be_down(system: SystemUnderTest) -> None:
    """A majority is enough: a minority of slow servers need not hold up the others (§2, §5.3).

    After C21: safe, and stopped by a single crash.
    """
    cluster = system.cluster(servers=5, seed=95)
    chosen = cluster.one_leader()
    cluster.crash(cluster.after(chosen, 1), cluster.after(chosen, 2))
    index = cluster.propose_to_leader(chosen, "x=1")
    cluster.run(1_000)
    count, _ = cluster.committed(index)
    cluster.expect(
        count == 3,
        f"Two of five servers are down. {chosen} took x=1 a second ago, and {count} of the other "
        "three have applied it.",
    )


@SUITE.scenario("The newest entry commits, too", "NewestCommits")
def newest_commits(system: SystemUnderTest) -> None:
    """N commits when a majority has matchIndex N or more: N itself included (Figure 2, Leaders).

    After C19: the newest command waits for the next one, and its client with it.
    """
    _expect_committed(*_acknowledged(system, 3, 2))
    server, _ = _acknowledged(system, 3, 2)
    server.propose("x=2")
    last = server.log.last_index
    acknowledge(server, "S2", last - 1)
    expect(
        server.commit_index == last - 1,
        f"S1's newest entry {last} is not acknowledged yet, the one before it is; commitIndex is "
        f"{server.commit_index}, expected {last - 1}.",
    )
    acknowledge(server, "S2", last)
    _expect_committed(server, f"S2 has acknowledged S1's entries up to the newest, {last}")


@SUITE.scenario("Winning commits nothing", "WinningCommitsNothing")
def winning_commits_nothing(system: SystemUnderTest) -> None:
    """An election leaves commitIndex as it was: a follower's and a leader's are one (Figure 2).

    After C7b and C30: a winner has everything that is committed, and it cannot know yet up to where
    that goes.
    """
    server = follower(system, 1, 1, 2)
    server.hear(request(3, 2, leader_commit=2))
    server.become_leader()
    expect(
        server.commit_index == 2,
        "S1 held 1 1 2, knew that 2 entries are committed, and was elected; then its commitIndex "
        f"is {server.commit_index}, expected 2.",
    )
