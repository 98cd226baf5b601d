"""What must not restart the election timer of a follower (§5.2; Figure 2, Followers).

Only the current leader, a vote given and an election begun restart the timer. Each
scenario hands a follower something else: its timer has to run on.
"""

from raftkit.protocol import ClientRequest, Event, Log, Persistent, RequestVoteRequest
from raftkit.protocol.messages import ELECTION
from raftkit.scenarios.lone_server import LoneServer, heartbeat
from raftkit.scenarios.scenario import Suite, expect
from raftkit.scenarios.system_under_test import SystemUnderTest
from raftkit.scenarios.timers.timer_restarts import DONE

SUITE = Suite("raftkit timers")


def _follower(system: SystemUnderTest) -> LoneServer:
    """S1, a follower of term 3 that has voted for S2; its log has the terms 1 and 3."""
    return system.server(servers=5, persistent=Persistent(3, "S2", Log.of_terms(1, 3)))


def _expect_no_change(server: LoneServer, event: Event, what: str, why: str) -> None:
    """Hand the server an event and fail unless its election timer runs on as before."""
    server.hear(event)
    change = server.timer(ELECTION)
    expect(
        change == "keep",
        f"S1, a follower of term 3, {what}, and its election timer was {DONE[change]}; expected "
        f"that it runs on. {why}",
    )


@SUITE.scenario("An old leader does not calm a follower", "OldLeaderCalms")
def old_leader(system: SystemUnderTest) -> None:
    """AppendEntries of an older term do not restart the timer (Figure 2, Followers).

    Aimed at servers that take every AppendEntries for a sign of life: a leader that was replaced,
    and hears nothing of it, would keep the others from ever electing.
    """
    _expect_no_change(
        _follower(system),
        heartbeat(2, source="S4"),
        "heard from S4, the leader of term 2",
        "Only AppendEntries of the current leader restart it (Figure 2, Followers): look whether "
        "the request is refused before the timer is touched.",
    )


@SUITE.scenario("A refused candidate does not calm a follower", "RefusedCalms")
def refused_candidate(system: SystemUnderTest) -> None:
    """A vote that is refused does not restart the timer, and nor does a later term (Figure 2).

    Aimed at servers that make way for each candidate: one that can never win, because its log is
    behind, would keep those who could win from asking.
    """
    why = (
        "A vote restarts it only if it is given (Figure 2, Followers): else a candidate that "
        "cannot win keeps away those who can."
    )
    cases = (
        ("has voted for S2 and refused S3", RequestVoteRequest("S3", "S1", 3, 2, 3)),
        ("refused S3, whose term is 2", RequestVoteRequest("S3", "S1", 2, 2, 3)),
        (
            "adopted term 4 from S3 and refused it, because its log is behind",
            RequestVoteRequest("S3", "S1", 4, 1, 1),
        ),
    )
    for what, request in cases:
        _expect_no_change(_follower(system), request, what, why)


@SUITE.scenario("A client does not calm a follower", "ClientCalms")
def client(system: SystemUnderTest) -> None:
    """A client's request says nothing about the leader, and restarts no timer (§5.2).

    Aimed at servers that count every message as a sign of life: the more clients look for a
    leader, the longer there is none.
    """
    _expect_no_change(
        _follower(system),
        ClientRequest("C1", "S1", 1, "x=1"),
        "was asked by a client",
        "Clients come also when the leader is dead: only the leader itself, a vote given and an "
        "election begun restart the timer (§5.2; Figure 2, Followers).",
    )
