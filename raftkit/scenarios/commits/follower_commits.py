"""What a follower learns of commits (§5.3; Figure 2, AppendEntries 5).

leaderCommit is about the leader's log; a follower may believe it up to where its own is
known to be the same.
"""

from raftkit.protocol import AppendEntriesRequest
from raftkit.scenarios.logs.append_entries import answer, follower, name_case, request
from raftkit.scenarios.scenario import Suite, expect
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("raftkit commits", tells_rule=True)


def _expect_commit(
    system: SystemUnderTest,
    own: tuple[int, ...],
    heard: AppendEntriesRequest,
    least: int,
    most: int,
) -> None:
    """A follower with a log of these terms must then have a commit index within these bounds."""
    server = follower(system, *own)
    case = name_case(server, heard)
    answer(server, heard)
    expected = f"{most}" if least == most else f"at most {most}"
    expect(
        least <= server.commit_index <= most,
        f"{case}; its commitIndex is {server.commit_index}, expected {expected}.",
    )
    expect(
        len(server.applied) <= most,
        f"{case}; it applied {len(server.applied)} entries, expected {expected}.",
    )


@SUITE.scenario("A follower commits no further than it matches", "CommitsWhatMatches")
def commits_what_matches(system: SystemUnderTest) -> None:
    """commitIndex ends at the last new entry, not at the end of the log (AppendEntries 5).

    After C5b: what lies behind the match may be an old leader's, and the leader has another
    entry there.
    """
    _expect_commit(system, (1, 2, 2), request(1, 1, leader_commit=3), 0, 1)
    _expect_commit(system, (1, 1, 2, 2), request(0, 0, 1, leader_commit=4), 0, 1)


@SUITE.scenario("leaderCommit may lie beyond the log", "CommitBeyondTheLog")
def commit_beyond_the_log(system: SystemUnderTest) -> None:
    """commitIndex is the smaller of leaderCommit and the last new entry (Figure 2, AppendEntries
    5).

    After C5: what it has not got yet counts as committed, and is applied whatever comes there.
    """
    _expect_commit(system, (), request(0, 0, 1, 1, leader_commit=9), 2, 2)
    _expect_commit(system, (1,), request(1, 1, leader_commit=3), 1, 1)


@SUITE.scenario("A follower commits no more than its leader", "CommitsWithTheLeader")
def commits_with_the_leader(system: SystemUnderTest) -> None:
    """New entries are not committed by being there: leaderCommit says which are (Figure 2,
    AppendEntries 5).

    After C27: the larger of two numbers is taken where the smaller one is meant.
    """
    _expect_commit(system, (), request(0, 0, 1, 1), 0, 0)
    _expect_commit(system, (1,), request(1, 1, 1, 1, leader_commit=2), 2, 2)


@SUITE.scenario("A refused request commits nothing", "RefusedCommitsNothing")
def refused_commits_nothing(system: SystemUnderTest) -> None:
    """Where the entry before does not match, leaderCommit says nothing of this log (Figure 2,
    AppendEntries 2 and 5).

    After L26: the follower commits entries that its leader is about to replace.
    """
    _expect_commit(system, (1, 1), request(2, 2, leader_commit=2), 0, 0)
    _expect_commit(system, (1, 1), request(4, 2, 2, leader_commit=5), 0, 0)


@SUITE.scenario("A late request takes no commit back", "CommitOnlyRises")
def commit_only_rises(system: SystemUnderTest) -> None:
    """commitIndex increases monotonically (Figure 2, State; AppendEntries 5).

    After C7: an older request has an older leaderCommit, and arrives after newer ones.
    """
    for late in (
        request(0, 0, 1),
        request(0, 0, 1, leader_commit=1),
        request(0, 0, 1, 1, leader_commit=9),
    ):
        server = follower(system)
        answer(server, request(0, 0, 1, 1, 1, leader_commit=3))
        case = name_case(server, late)
        answer(server, late)
        expect(
            server.commit_index == 3,
            f"S1's commitIndex was 3. {case}, late; now it is {server.commit_index}.",
        )


@SUITE.scenario("A heartbeat tells what is committed", "HeartbeatsTell")
def heartbeats_tell(system: SystemUnderTest) -> None:
    """A follower that learns of a commit believes it, with new entries or without (§5.3).

    After C28: the last command is never applied on followers unless another one follows.
    """
    server = follower(system)
    answer(server, request(0, 0, 1, 1))
    heard = request(2, 1, leader_commit=2)
    case = name_case(server, heard)
    answer(server, heard)
    expect(
        server.commit_index == 2,
        f"{case}; its commitIndex is {server.commit_index}, expected 2.",
    )


@SUITE.scenario("Followers hear of commits before long", "FollowersHear")
def followers_hear(system: SystemUnderTest) -> None:
    """The leader includes its commitIndex in later requests, so that all apply the entry (§5.3).

    After C18: only the leader ever applies anything.
    """
    cluster = system.cluster(servers=5, seed=94)
    leader = cluster.one_leader()
    index = cluster.propose_to_leader(leader, "x=1")
    cluster.run(1_000)
    count, _ = cluster.committed(index)
    cluster.expect(
        count == 5, f"{leader} took x=1 a second ago, and {count} of 5 servers applied it."
    )
