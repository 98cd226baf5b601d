"""Figure 2, the box "State": what each server remembers, and where it begins."""

from collections.abc import Callable

import pytest

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    Entry,
    Log,
    Persistent,
    Progress,
    RequestVoteRequest,
    RequestVoteResponse,
    Server,
    TimerFired,
)

Make = Callable[..., Server]


# Persistent state on all servers ---------------------------------------------------------


def test_current_term_starts_at_zero() -> None:
    """currentTerm: a server on its first boot is in term 0."""
    server = Server("S1", ("S1", "S2", "S3"))

    server.start()

    assert server.standing.current_term == 0


def test_current_term_only_increases(follower: Make) -> None:
    """currentTerm: no message with a lower term takes it back."""
    server = follower(term=4)

    for term in (5, 3, 4, 1):
        server.handle(AppendEntriesRequest("S2", "S1", term, 0, 0, (), 0))

    assert server.standing.current_term == 5


def test_voted_for_is_none_before_the_first_vote() -> None:
    """votedFor: nobody has the vote of a server on its first boot."""
    server = Server("S1", ("S1", "S2", "S3"))

    server.start()

    assert server.standing.voted_for is None


def test_voted_for_is_the_candidate_that_got_the_vote_in_the_current_term(follower: Make) -> None:
    """votedFor: it belongs to the current term, so a new term begins without a vote."""
    server = follower(term=1)

    server.handle(RequestVoteRequest("S2", "S1", 1, 0, 0))
    in_term_1 = server.standing.voted_for
    server.handle(AppendEntriesRequest("S3", "S1", 2, 0, 0, (), 0))

    assert in_term_1 == "S2"
    assert server.standing.voted_for is None


def test_log_holds_the_command_and_the_term_in_which_the_leader_got_it(leader: Make) -> None:
    """log[]: an entry is a command with the leader's term."""
    server = leader(term=3)

    server.handle(ClientRequest("C1", "S1", 1, "x=1"))

    assert server.log[1] == Entry(3, "x=1", "C1", 1)


def test_log_has_its_first_entry_at_index_1(leader: Make) -> None:
    """log[]: indexes are counted from 1, and 0 is the place before the first entry."""
    server = leader()

    server.handle(ClientRequest("C1", "S1", 1, "x=1"))

    assert (server.log.last_index, server.log[1].command) == (1, "x=1")
    with pytest.raises(IndexError, match="no entry 0"):
        server.log[0]


def test_persistent_state_is_updated_before_responding_to_a_vote_request(follower: Make) -> None:
    """State: term and vote are to be written, and the answer is among what waits for it."""
    server = follower(term=1)

    effects = server.handle(RequestVoteRequest("S2", "S1", 2, 0, 0))

    assert effects.writes == (Persistent(2, "S2", Log()),)
    assert effects.early_messages == ()
    assert len(effects.messages) == 1


def test_persistent_state_is_updated_before_responding_to_append_entries(follower: Make) -> None:
    """State: new entries are to be written, and the answer is among what waits for it."""
    server = follower(term=1)

    effects = server.handle(AppendEntriesRequest("S2", "S1", 2, 0, 0, (Entry(2),), 0))

    assert effects.writes == (Persistent(2, None, Log.of_terms(2)),)
    assert effects.early_messages == ()
    assert len(effects.messages) == 1


def test_persistent_state_survives_a_restart(follower: Make) -> None:
    """State: what was written is all that a restarted server knows, and it knows all of it."""
    first = follower(term=1)
    (written,) = first.handle(RequestVoteRequest("S2", "S1", 2, 0, 0)).writes

    second = Server("S1", ("S1", "S2", "S3"), persistent=written)

    assert second.standing == first.standing
    assert second.log == first.log


# Volatile state on all servers -----------------------------------------------------------


def test_commit_index_starts_at_zero(follower: Make) -> None:
    """commitIndex: it is volatile, so a log on the disk does not make it more."""
    server = follower(term=3, log=Log.of_terms(1, 2, 3))

    state = server.observe()

    assert state.commit_index == 0


def test_commit_index_only_increases(follower: Make) -> None:
    """commitIndex: a late request with a smaller leaderCommit does not take it back."""
    server = follower(term=1, log=Log.of_terms(1, 1, 1))

    server.handle(AppendEntriesRequest("S2", "S1", 1, 3, 1, (), 3))
    server.handle(AppendEntriesRequest("S2", "S1", 1, 3, 1, (), 1))

    assert server.commit_index == 3


def test_last_applied_starts_at_zero(follower: Make) -> None:
    """lastApplied: it is as volatile as the state machine, which is rebuilt from the log."""
    server = follower(term=3, log=Log.of_terms(1, 2, 3))

    state = server.observe()

    assert state.last_applied == 0


def test_last_applied_only_increases(follower: Make) -> None:
    """lastApplied: the same request again applies nothing again."""
    server = follower(term=1, log=Log.of_terms(1, 1))
    request = AppendEntriesRequest("S2", "S1", 1, 2, 1, (), 2)

    first = server.handle(request)
    second = server.handle(request)

    assert [index for index, _ in first.applied] == [1, 2]
    assert second.applied == ()
    assert server.last_applied == 2


# Volatile state on leaders ---------------------------------------------------------------


def test_next_index_starts_after_the_leaders_last_entry(leader: Make) -> None:
    """nextIndex[]: for each server, the leader's last log index + 1."""
    server = leader(term=4, log=Log.of_terms(1, 2, 3))

    progress = server.observe().progress

    assert [follower.next_index for follower in progress] == [4, 4]


def test_match_index_starts_at_zero_and_only_increases(leader: Make) -> None:
    """matchIndex[]: for each server 0, and a late answer does not take it back."""
    server = leader(term=4, log=Log.of_terms(1, 2, 3))
    at_first = [follower.match_index for follower in server.observe().progress]

    server.handle(AppendEntriesResponse("S2", "S1", 4, True, match_index=3))
    server.handle(AppendEntriesResponse("S2", "S1", 4, True, match_index=1))

    assert at_first == [0, 0]
    assert server.progress["S2"].match_index == 3


def test_next_and_match_index_are_reinitialized_after_election(leader: Make) -> None:
    """nextIndex[], matchIndex[]: nothing is kept from an earlier leadership."""
    server = leader(term=4, log=Log.of_terms(1, 2, 3))
    server.handle(AppendEntriesResponse("S2", "S1", 4, True, match_index=3))
    server.handle(AppendEntriesRequest("S3", "S1", 5, 1, 1, (Entry(5),), 0))

    server.handle(TimerFired("election"))
    server.handle(RequestVoteResponse("S2", "S1", 6, vote_granted=True))

    assert server.observe().progress == (Progress(3, 0), Progress(3, 0))
