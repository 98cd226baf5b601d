"""The consistency check (§5.3; Figure 2, AppendEntries 2): which requests a follower refuses.

By induction this check keeps logs equal up to where they last agreed: every hole in it
is one in Log Matching.
"""

from raftkit.protocol import AppendEntriesRequest
from raftkit.scenarios.logs.append_entries import (
    answer,
    expect_log,
    follower,
    name_case,
    name_request,
    request,
)
from raftkit.scenarios.scenario import Suite, expect
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("raftkit logs", tells_rule=True)


def _expect_refused(
    system: SystemUnderTest, own: tuple[int, ...], heard: AppendEntriesRequest
) -> None:
    """A follower with a log of these terms must refuse, and keep its log."""
    server = follower(system, *own)
    case = name_case(server, heard)
    found = answer(server, heard)
    expect(not found.success, f"{case}; it answered success, expected a refusal.")
    expect_log(server, case, *own)


@SUITE.scenario("A heartbeat is checked like any request", "HeartbeatIsChecked")
def heartbeat_is_checked(system: SystemUnderTest) -> None:
    """A heartbeat, too, succeeds only where the entry before matches (Figure 2, AppendEntries 2).

    After L1: the answer tells the leader that logs agree which do not, and it commits on that.
    """
    for own, heard in (
        ((1, 1), request(2, 2)),
        ((1, 1), request(5, 1)),
        ((), request(1, 1)),
    ):
        _expect_refused(system, own, heard)


@SUITE.scenario("The term of the entry before counts", "TermBeforeCounts")
def term_before_counts(system: SystemUnderTest) -> None:
    """An entry at prevLogIndex matches only with prevLogTerm (§5.3; Figure 2, AppendEntries 2).

    After L4b: two leaders may have put different entries in the same place.
    """
    for own, heard in (((1, 1), request(2, 2, 2)), ((1, 3, 3), request(2, 2, 5, 5))):
        _expect_refused(system, own, heard)


@SUITE.scenario("A log never gets a gap", "NoGap")
def no_gap(system: SystemUnderTest) -> None:
    """Without an entry at prevLogIndex a follower refuses (§5.3; Figure 2, AppendEntries 2).

    After L6: entries end up at other indexes than the leader's, or the server breaks down over
    the index. Refusing is a common case, not an error: each repair begins with it.
    """
    for own, heard in (((1,), request(3, 2, 2)), ((), request(1, 1, 1)), ((1, 1), request(9, 4))):
        _expect_refused(system, own, heard)


@SUITE.scenario("Entry 1 is compared like any other", "EntryOneIsCompared")
def entry_one_is_compared(system: SystemUnderTest) -> None:
    """Only prevLogIndex 0 is before the log, because the first index is 1 (Figure 2, State).

    After L7: who takes 1 for the beginning never compares the first entries.
    """
    for own, heard in (((1,), request(1, 2, 2)), ((), request(1, 1, 1, 1))):
        _expect_refused(system, own, heard)


@SUITE.scenario("Every log has the same beginning", "SameBeginning")
def same_beginning(system: SystemUnderTest) -> None:
    """Nothing comes before the first entry, so prevLogIndex 0 matches every log (§5.3; Figure 2).

    After L14c: in Python, index -1 reads the last entry and compares that.
    """
    for own, after in (((), (1, 1)), ((1,), (1, 1)), ((2, 2, 3), (1, 1))):
        server = follower(system, *own)
        heard = request(0, 0, 1, 1)
        case = name_case(server, heard)
        found = answer(server, heard)
        expect(found.success, f"{case}; it refused, expected success.")
        expect_log(server, case, *after)


@SUITE.scenario("A leader may go back", "LeadersGoBack")
def leaders_go_back(system: SystemUnderTest) -> None:
    """After a refusal the leader tries earlier entries, until one matches (§5.3; Figure 7).

    After L42: requests that begin earlier than the last one are taken for old, and not answered.
    """
    server = follower(system, 1, 1, 2)
    refused = request(5, 4)
    answer(server, refused)
    for heard, success in ((request(3, 3, 4), False), (request(2, 1, 4, 4), True)):
        case = f"S1 has refused {name_request(refused)}. {name_case(server, heard)}"
        found = answer(server, heard)
        expect(
            found.success == success,
            f"{case}; it answered {'success' if found.success else 'a refusal'}, expected "
            f"{'success' if success else 'a refusal'}.",
        )
    expect_log(server, case, 1, 1, 4, 4)
