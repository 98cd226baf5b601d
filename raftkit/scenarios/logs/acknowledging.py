"""What a follower's success says (§5.3): how far its log now agrees with the leader's.

The leader counts copies by it, so a number too high loses entries and one too low never
commits them.
"""

from raftkit.protocol import AppendEntriesRequest
from raftkit.scenarios.logs.append_entries import answer, follower, name_case, request
from raftkit.scenarios.scenario import Suite, expect
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("raftkit logs", tells_rule=True)


def _expect_match(
    system: SystemUnderTest, own: tuple[int, ...], heard: AppendEntriesRequest, match_index: int
) -> None:
    """A follower with a log of these terms must report that it agrees up to `match_index`."""
    server = follower(system, *own)
    case = name_case(server, heard)
    found = answer(server, heard)
    expect(
        found.success and found.match_index == match_index,
        f"{case}; it answered {'success' if found.success else 'a refusal'} and matchIndex "
        f"{found.match_index}, expected success and {match_index}.",
    )


@SUITE.scenario("A match is not the length of the log", "MatchIsNotLength")
def match_is_not_length(system: SystemUnderTest) -> None:
    """What follows the new entries may be an old leader's, and is no match (§5.3; Figure 7, c-f).

    After L11: the leader counts entries as its own that are none, and commits on that.
    """
    _expect_match(system, (1, 2, 2), request(1, 1), 1)
    _expect_match(system, (1, 1, 2, 2), request(0, 0, 1), 1)


@SUITE.scenario("A match counts no entry that did not come", "MatchIsNotTooHigh")
def match_is_not_too_high(system: SystemUnderTest) -> None:
    """A match ends with the last entry of the request: prevLogIndex and their number (§5.3).

    After L29: one too many, and the leader commits what only it has, or looks for an entry that
    does not exist.
    """
    _expect_match(system, (), request(0, 0, 1), 1)
    _expect_match(system, (1, 1), request(2, 1, 1, 1), 4)
    _expect_match(system, (1, 1), request(2, 1), 2)


@SUITE.scenario("A match counts the new entries", "MatchCountsNewEntries")
def match_counts_new_entries(system: SystemUnderTest) -> None:
    """After a success the new entries agree as well, not only the one before them (§5.3).

    After L40: the leader never learns that an entry has arrived, and commits nothing.
    """
    _expect_match(system, (1,), request(1, 1, 2), 2)
    _expect_match(system, (1, 2), request(1, 1, 2), 2)
