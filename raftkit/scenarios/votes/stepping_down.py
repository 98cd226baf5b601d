"""When leaders and candidates step down (§5.1, §5.2): for a higher term or the term's leader only.

Single servers hear what makes them step down and what does not; between three, an old leader
learns of the new one from nothing but the answers to its heartbeats.
"""

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Log,
    Message,
    Persistent,
    RequestVoteRequest,
    RequestVoteResponse,
)
from raftkit.protocol.roles import CANDIDATE, FOLLOWER, LEADER
from raftkit.scenarios.scenario import Suite, expect
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("raftkit votes")


@SUITE.scenario("A candidate concedes before it looks at the entries", "ConcedesFirst")
def concedes(system: SystemUnderTest) -> None:
    """A candidate concedes to the leader of its term before it looks at the entries (§5.2).

    Aimed at candidates that look at votes only, and at those that ask first whether the entries
    fit: they are behind, refuse the one who could help them, and call for yet another election.
    """
    for what, prev_log_index, prev_log_term in (("fits", 1, 1), ("does not fit", 4, 2)):
        server = system.server(persistent=Persistent(2, None, Log.of_terms(1)))
        server.time_out()
        request = AppendEntriesRequest("S2", "S1", 3, prev_log_index, prev_log_term, (), 0)
        answers = server.hear(request)
        expect(
            server.role == FOLLOWER,
            f"S1, a candidate of term 3, heard from S2, the leader of term 3, whose request "
            f"{what} its log, and is a {server.role}. A candidate that hears from a leader of its "
            "own term becomes follower (§5.2), whether or not it can take the entries.",
        )
        expect(
            any(isinstance(answer, AppendEntriesResponse) for answer in answers),
            f"S1 conceded to S2, whose request {what} its log, and sent {answers or 'nothing'}. A "
            "follower answers the leader (§5.1), or the leader never learns where their logs agree "
            "(§5.3).",
        )


@SUITE.scenario("A refused candidate learns the term", "LearnsFromRefusals")
def learns_from_refusals(system: SystemUnderTest) -> None:
    """A candidate whose term is over learns so from a refusal (§5.1).

    Aimed at candidates that throw refusals away unread.
    """
    server = system.server_in_role(CANDIDATE)
    server.hear(RequestVoteResponse("S2", "S1", 7, False))
    expect(
        (server.role, server.term) == (FOLLOWER, 7),
        f"S1, a candidate of term 2, was refused by S2, which is in term 7, and is a {server.role} "
        f"of term {server.term}; expected a follower of term 7. A higher term is adopted from "
        "every message (§5.1; Figure 2, All servers): else it catches up one election at a time.",
    )


@SUITE.scenario("A refused heartbeat unseats an old leader", "OldLeaderTold")
def old_leader_told(system: SystemUnderTest) -> None:
    """An old leader is unseated by the answers to its heartbeats (§5.1).

    Aimed at leaders that never change, and at those that take each answer for one of their own
    term: after a partition they lead on beside the new leader.
    """
    servers = system.exchange(3)
    servers.time_out("S1")
    expect(servers["S1"].role == LEADER, "S1 asked in term 1, had every vote, and does not lead.")
    servers.cut_off("S1")
    servers.time_out("S2")
    term = servers["S2"].term
    servers.mend()
    servers.beat("S1")
    old = servers["S1"]
    expect(
        old.role == FOLLOWER and old.term == term,
        f"S1 led term 1 and was cut off while S2 was elected in term {term}; back again, its "
        f"heartbeat was refused in term {term}, and it is a {old.role} of term {old.term}. A "
        "leader that discovers a higher term, in an answer too, becomes follower at once (§5.1).",
    )


@SUITE.scenario("Nobody leads a term that it has not won", "OwnTermOnly")
def own_term_only(system: SystemUnderTest) -> None:
    """Nobody leads a term that it has not won (§5.2).

    Aimed at leaders that adopt a higher term and go on leading in it, beside the one who is
    elected there.
    """
    messages: tuple[Message, ...] = (
        RequestVoteRequest("S2", "S1", 5, 9, 4),
        RequestVoteResponse("S2", "S1", 5, False),
        AppendEntriesResponse("S2", "S1", 5, False),
        AppendEntriesRequest("S2", "S1", 5, 0, 0, (), 0),
    )
    for message in messages:
        server = system.server_in_role(LEADER)
        server.hear(message)
        expect(
            server.role != LEADER or server.term == 2,
            f"S1 won term 2, heard {type(message).__name__} of term 5, and leads term "
            f"{server.term}, in which nobody has voted for it. A leader is elected for one term "
            "(§5.2), and one that discovers a higher term becomes follower (§5.1).",
        )


@SUITE.scenario("A refusal does not unseat a leader", "RefusedEntries")
def refusal_of_entries(system: SystemUnderTest) -> None:
    """A follower that refuses entries in the leader's own term does not unseat it (§5.3).

    Aimed at leaders that take a refusal for an election lost: one follower that is behind unseats
    one after the other, and is never brought up to date.
    """
    server = system.server(persistent=Persistent(1, None, Log.of_terms(1, 1, 1)))
    server.become_leader()
    # S2's log is empty: it refuses, and tells that index 1 is the first it needs.
    refusal = AppendEntriesResponse("S2", "S1", 2, False, 0, 3, 0, 1)
    server.hear(refusal)
    expect(
        (server.role, server.term) == (LEADER, 2),
        f"S1 led term 2 when S2, whose log is behind, refused its entries in the same term; now it "
        f"is a {server.role} of term {server.term}. Such a refusal is about logs: the leader "
        "lowers nextIndex and tries again (§5.3). Only a higher term unseats it (§5.1).",
    )
