"""First written, then said (Figure 2, State): servers that die over a single event.

Before its writes are durable, between two of them, and just after: whatever has left it
by then must still be true when it comes back.
"""

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    Entry,
    Persistent,
    TimerFired,
)
from raftkit.protocol.messages import ELECTION
from raftkit.scenarios.lone_server import heartbeat
from raftkit.scenarios.scenario import Suite, expect
from raftkit.scenarios.storage.crash_points import (
    BEFORE_ANSWERING,
    asks,
    crashes,
    grants,
    succeeds,
)
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("raftkit storage")


@SUITE.scenario("A vote is written before it is given", "VoteWrittenFirst")
def vote_is_written_first(system: SystemUnderTest) -> None:
    """A vote leaves when it is durable, and not before (Figure 2, State).

    After P3: the machine dies in between, and votes again when it comes back.
    """
    for when, server, left in crashes(system.server, asks("S2", 1)):
        if grants(left):
            expect(
                not grants(server.hear(asks("S3", 1))),
                f"S1's vote for S2 left at once; S1 crashed {when} and then voted for S3 in the "
                f"same term. First write, then answer ({BEFORE_ANSWERING}).",
            )


@SUITE.scenario("A candidate writes before it asks", "OwnVoteWrittenFirst")
def own_vote_is_written_first(system: SystemUnderTest) -> None:
    """A candidate asks for votes when its own vote is durable, and not before (Figure 2, State).

    After P16: each of its requests says that it has voted for itself.
    """
    for when, server, left in crashes(system.server, TimerFired(ELECTION)):
        if left:
            expect(
                not grants(server.hear(asks("S2", 1))),
                f"S1's requests of term 1 left at once; S1 crashed {when} and then voted for S2 in "
                "term 1. Its requests say that it votes for itself (§5.2): that is written before "
                "they leave (Figure 2, State).",
            )


@SUITE.scenario("Entries are written before they are acknowledged", "EntriesWrittenFirst")
def entries_are_written_first(system: SystemUnderTest) -> None:
    """Entries are acknowledged when they are durable, and not before (Figure 2, State).

    After P15: the leader counts a copy that a crash has already taken back.
    """
    request = AppendEntriesRequest("S2", "S1", 1, 0, 0, (Entry(1, "x=1"),), 0)
    for when, server, left in crashes(system.server, request):
        if succeeds(left):
            expect(
                server.log.last_index == 1,
                f"S1 acknowledged an entry at once; it crashed {when} and restarted without it. "
                f"The leader has counted it (§5.3). First write, then answer ({BEFORE_ANSWERING}).",
            )


@SUITE.scenario("A crash leaves no half of a vote", "NoHalfVotes")
def no_half_votes(system: SystemUnderTest) -> None:
    """Term and vote change together: no crash leaves one without the other (Figure 2, State).

    After P7: the vote of the new term, beside the old term, replaces the vote of the old one.
    """
    disk = Persistent(3, "S2")
    for event in (asks("S3", 4), heartbeat(4), TimerFired(ELECTION)):
        for when, server, _ in crashes(lambda: system.server(persistent=disk), event):
            voted = [each for each in ("S3", "S1") if server.term == 3]
            expect(
                not voted or not grants(server.hear(asks("S3", 3))),
                f"S1 had voted for S2 in term 3, was on its way into term 4 and crashed {when}. "
                f"It is in term 3 again, and its vote there is {server.voted_for}: it voted for "
                "S3 in the same term. Term and vote are one write (§5.2; Figure 2, State).",
            )


@SUITE.scenario("A leader counts its own disk last", "OwnDiskLast")
def own_disk_is_counted_last(system: SystemUnderTest) -> None:
    """A leader is one of the majority when its own write is durable, and not before.

    After P17. It may send entries while it writes them (thesis §10.2.1), but not count itself.
    """
    leader = system.server()
    leader.become_leader()
    early = leader.process.handle(ClientRequest("C1", "S1", 1, "x=1")).early_messages
    for request in early:
        if isinstance(request, AppendEntriesRequest) and request.target == "S2" and request.entries:
            # S2 is quicker than the leader's own disk, whose write is still under way.
            index = request.prev_log_index + len(request.entries)
            answer = AppendEntriesResponse("S2", "S1", leader.term, True, index, index - 1)
            effects = leader.process.handle(answer)
            expect(
                not effects.applied and leader.commit_index < index,
                f"Entry {index} was durable on S2 alone, while S1 was still writing it, and S1 "
                "committed it: one of three servers is no majority (§5.3). A leader that sends "
                "before it has written must not count itself yet (thesis §10.2.1).",
            )
