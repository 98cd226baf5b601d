"""What goes to the state machine (§5.3; Figure 2, All servers): each committed entry, once, in
order.

The state machine is watched from outside: only the entries that a server says it applies
count here.
"""

from raftkit.protocol import Log
from raftkit.scenarios.logs.append_entries import (
    acknowledge,
    answer,
    follower,
    leader,
    name_case,
    request,
)
from raftkit.scenarios.lone_server import LoneServer
from raftkit.scenarios.scenario import Suite, expect, terms_of
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("raftkit commits", tells_rule=True)


def _expect_applied(server: LoneServer, case: str, through: int) -> None:
    """Fail unless the server has applied its entries up to `through`, each once and in order."""
    expected = server.log.prefix(through)
    expect(
        server.applied == list(expected),
        f"{case}; it applied {terms_of(Log(server.applied))}, expected {terms_of(expected)}.",
    )


@SUITE.scenario("Nothing is applied before it is committed", "AppliesWhatIsCommitted")
def applies_what_is_committed(system: SystemUnderTest) -> None:
    """Only committed entries go to the state machine (§5.3; Figure 2, All servers).

    After C9: what was executed cannot be taken back when another leader replaces the entry.
    """
    server = leader(system)
    server.propose("x=1")
    _expect_applied(server, "S1 leads and took a command that nobody has acknowledged", 0)
    for heard, through in ((request(0, 0, 1, 1), 0), (request(0, 0, 1, 2, leader_commit=1), 1)):
        server = follower(system)
        case = name_case(server, heard)
        answer(server, heard)
        _expect_applied(server, case, through)


@SUITE.scenario("leaderCommit alone applies nothing", "LeaderCommitAppliesNothing")
def leader_commit_applies_nothing(system: SystemUnderTest) -> None:
    """A follower applies up to its own commitIndex, not up to leaderCommit (Figure 2, All servers).

    After C25: the entries up to there may be another leader's, and the request may be refused.
    """
    for own, heard in (((1, 1), request(2, 2, leader_commit=2)), ((1,), request(3, 1))):
        server = follower(system, *own)
        case = name_case(server, heard)
        answer(server, heard)
        _expect_applied(server, case, 0)


@SUITE.scenario("Every entry is applied once", "AppliedOnce")
def applied_once(system: SystemUnderTest) -> None:
    """lastApplied moves with every entry, so that none is applied again (Figure 2, All servers).

    After C11: two places apply entries, and both have read lastApplied before either wrote it.
    """
    server = follower(system)
    for heard in (
        request(0, 0, 1, leader_commit=1),
        request(1, 1, 2, leader_commit=2),
        request(1, 1, 2, leader_commit=2),
    ):
        case = name_case(server, heard)
        answer(server, heard)
        _expect_applied(server, case, server.commit_index)


@SUITE.scenario("No entry is skipped", "NoneIsSkipped")
def none_is_skipped(system: SystemUnderTest) -> None:
    """Entries are applied in log order, one index after the other (§5.3; Figure 2, All servers).

    After C26: commitIndex may rise by many at once, and all of them are committed.
    """
    server = follower(system)
    heard = request(0, 0, 1, 1, 2, leader_commit=3)
    case = name_case(server, heard)
    answer(server, heard)
    expect(server.commit_index == 3, f"{case}; its commitIndex is {server.commit_index}, not 3.")
    _expect_applied(server, case, 3)


@SUITE.scenario("Everything committed is applied", "AppliesTheLast")
def applies_the_last(system: SystemUnderTest) -> None:
    """While commitIndex is beyond lastApplied, the next entry is applied (Figure 2, All servers).

    After C29: the end of a range is not part of it, and the newest entry waits for another one.
    """
    server = leader(system)
    for number in (1, 2):
        server.propose(f"x={number}")
        acknowledge(server, "S2", server.log.last_index)
        case = f"S1 leads, and S2 acknowledged everything up to entry {server.log.last_index}"
        _expect_applied(server, case, server.log.last_index)
