"""What a server's disk must hold (Figure 2, State): its term, its vote, and its log as it is.

Each server is crashed at rest: everything it asked to have written is durable.
"""

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Entry,
    Event,
    Log,
    Message,
    Persistent,
    RequestVoteResponse,
    TimerFired,
)
from raftkit.protocol.messages import ELECTION
from raftkit.scenarios.lone_server import heartbeat
from raftkit.scenarios.scenario import Suite, expect, terms_of
from raftkit.scenarios.storage.crash_points import BEFORE_ANSWERING, asks, grants, succeeds
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("raftkit storage")


@SUITE.scenario("A vote survives a restart", "VoteSurvives")
def vote_survives(system: SystemUnderTest) -> None:
    """A server that has voted, crashed and come back still has voted (§5.2).

    After P1, P20 and P25: the second candidate of the term would get a second vote.
    """
    for term, log in ((1, Log()), (4, Log.of_terms(1, 1, 3))):
        server = system.server(persistent=Persistent(term - 1, None, log))
        expect(grants(server.hear(asks("S2", term))), f"S1 refused its first vote of term {term}.")
        server.restart()
        expect(
            not grants(server.hear(asks("S3", term))),
            f"S1 voted for S2 in term {term}, restarted, and voted for S3 in the same term: "
            f"a vote is written and read back ({BEFORE_ANSWERING}).",
        )


@SUITE.scenario("A candidate's own vote survives a restart", "OwnVoteSurvives")
def own_vote_survives(system: SystemUnderTest) -> None:
    """A candidate has voted for itself, and a crash does not give that vote back (§5.2).

    After P18: its requests are on their way and may win the term, while it votes for another.
    """
    server = system.server(persistent=Persistent(3))
    server.time_out()
    server.restart()
    expect(
        not grants(server.hear(asks("S2", 4))),
        "S1 was a candidate in term 4, restarted, and voted for S2 in term 4: a candidate votes "
        f"for itself, and has one vote (§5.2). That vote is written, too ({BEFORE_ANSWERING}).",
    )


def _ways_into_term_5() -> tuple[tuple[str, Event], ...]:
    """How a server in term 4, with entries of terms 1 and 4, comes to be in term 5."""
    return (
        ("it voted in", asks("S2", 5)),
        ("it asked for votes in", TimerFired(ELECTION)),
        ("it heard of from its leader", heartbeat(5)),
        ("it heard of when it refused a vote", asks("S2", 5, Log.of_terms(1))),
        ("it heard of in an answer", AppendEntriesResponse("S2", "S1", 5, False)),
    )


@SUITE.scenario("A term survives a restart", "TermSurvives")
def term_survives(system: SystemUnderTest) -> None:
    """A server never falls back into a term that it has left (§5.1; Figure 2, State).

    After P2, P5 and P23. A term counts as entered whether it was voted in or only heard of.
    """
    for how, event in _ways_into_term_5():
        server = system.server(persistent=Persistent(4, None, Log.of_terms(1, 4)))
        server.hear(event)
        server.restart()
        answers = server.hear(AppendEntriesRequest("S3", "S1", 4, 2, 4, (Entry(4, "x=1"),), 0))
        told = [getattr(answer, "term", 0) for answer in answers]
        expect(
            server.log.last_index == 2
            and not succeeds(answers)
            and all(each >= 5 for each in told),
            f"S1 was in term 5, which {how}, and restarted. Then it obeyed the leader of term 4: "
            f"it has fallen back to term {server.term}. currentTerm only increases (§5.1), so it "
            f"is written and read back ({BEFORE_ANSWERING}).",
        )


@SUITE.scenario("A new term begins without a vote on the disk", "VoteIsFree")
def vote_is_free(system: SystemUnderTest) -> None:
    """A new term begins without a vote, on the disk as well (§5.1).

    After P11: the vote of an older term comes back and is held against this term's candidates.
    """
    for how, event in (("its leader", heartbeat(5)), ("an answer", _answer_of_term(5))):
        server = system.server(persistent=Persistent(3, "S2"))
        server.hear(event)
        server.restart()
        expect(
            grants(server.hear(asks("S3", 5))),
            f"S1 voted for S2 in term 3, heard of term 5 from {how}, and restarted. Then it "
            "refused its free vote of term 5 to S3: a new term begins without a vote (§5.1), and "
            "that votedFor is empty has to be written, too (Figure 2, State).",
        )


def _answer_of_term(term: int) -> Message:
    return RequestVoteResponse("S2", "S1", term, False)


@SUITE.scenario("Entries survive a restart", "EntriesSurvive")
def entries_survive(system: SystemUnderTest) -> None:
    """What a server has acknowledged, or taken from a client, is still there after a crash (§5.3).

    After P12 and P21: a committed entry is lost as soon as a majority has forgotten it.
    """
    entries = (Entry(1, "x=1"), Entry(1, "x=2"))
    server = system.server()
    server.hear(AppendEntriesRequest("S2", "S1", 1, 0, 0, entries, 0))
    server.restart()
    answers = server.hear(AppendEntriesRequest("S2", "S1", 1, 2, 1, (), 0))
    expect(
        succeeds(answers),
        "S1 acknowledged two entries, restarted, and does not have them any more: its log holds "
        f"{terms_of(server.log)}. What is acknowledged is kept ({BEFORE_ANSWERING}).",
    )
    leader = system.server()
    leader.become_leader()
    leader.propose("x=1")
    expected = leader.log
    leader.restart()
    expect(
        leader.log == expected,
        f"The leader S1 sent entries and restarted; its log holds {terms_of(leader.log)}, expected "
        f"{terms_of(expected)}. A leader counts its own log, so it must keep it (Figure 2, State).",
    )


# S1's log in term 2, and the entries with which the leader of term 3 replaces its end.
REPLACED = (
    ((1, 1, 2), 1, (3,)),
    ((1, 1, 2), 2, (3,)),
    ((1, 2, 2, 2), 1, (3, 3)),
    ((1, 2), 1, (3, 3, 3)),
)


@SUITE.scenario("Replaced entries stay replaced", "StayReplaced")
def replaced_entries_stay_replaced(system: SystemUnderTest) -> None:
    """A conflict deletes entries on the disk as well as in memory (Figure 2, AppendEntries 3).

    After P13 and P24: the log may end shorter than it was, or as long with other entries.
    """
    for terms, previous, new in REPLACED:
        server = system.server(persistent=Persistent(2, None, Log.of_terms(*terms)))
        entries = tuple(Entry(term, f"x={term}") for term in new)
        server.hear(AppendEntriesRequest("S2", "S1", 3, previous, terms[previous - 1], entries, 0))
        expected = server.log
        server.restart()
        expect(
            server.log == expected,
            f"S1 had {terms_of(Log.of_terms(*terms))} and took {terms_of(Log(entries))} after "
            f"entry {previous}. It restarted with {terms_of(server.log)}, expected "
            f"{terms_of(expected)}: what a conflict deletes must go from the disk too "
            "(Figure 2, AppendEntries 3).",
        )
