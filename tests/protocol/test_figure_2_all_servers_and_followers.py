"""Figure 2, the box "Rules for Servers": all servers, and followers (§5.1 to §5.3)."""

from collections.abc import Callable

import pytest

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Entry,
    Log,
    Message,
    RequestVoteRequest,
    RequestVoteResponse,
    Server,
    TimerFired,
)

Make = Callable[..., Server]

OF_TERM_9: tuple[Message, ...] = (
    RequestVoteRequest("S2", "S1", 9, 0, 0),
    RequestVoteResponse("S2", "S1", 9, vote_granted=False),
    AppendEntriesRequest("S2", "S1", 9, 0, 0, (), 0),
    AppendEntriesResponse("S2", "S1", 9, success=False),
)


# All servers -----------------------------------------------------------------------------


def test_all_servers_apply_entries_while_commit_index_is_above_last_applied(
    follower: Make,
) -> None:
    """All servers, 1 (§5.3): one after the other, in the order of the log, each once."""
    server = follower(term=1, log=Log([Entry(1, "x=1"), Entry(1, "x=2"), Entry(1, "x=3")]))

    first = server.handle(AppendEntriesRequest("S2", "S1", 1, 3, 1, (), 2))
    second = server.handle(AppendEntriesRequest("S2", "S1", 1, 3, 1, (), 3))

    assert list(first.applied) == [(1, Entry(1, "x=1")), (2, Entry(1, "x=2"))]
    assert list(second.applied) == [(3, Entry(1, "x=3"))]
    assert server.last_applied == server.commit_index == 3


def test_all_servers_do_not_apply_what_is_not_committed(follower: Make) -> None:
    """All servers, 1 (§5.3): being in the log is not enough."""
    server = follower(term=1)

    effects = server.handle(AppendEntriesRequest("S2", "S1", 1, 0, 0, (Entry(1, "x=1"),), 0))

    assert effects.applied == ()
    assert server.last_applied == 0


@pytest.mark.parametrize("message", OF_TERM_9, ids=lambda message: type(message).__name__)
def test_all_servers_adopt_a_higher_term_and_become_followers(
    follower: Make, candidate: Make, leader: Make, message: Message
) -> None:
    """All servers, 2 (§5.1): from any request or response, in any role."""
    servers = (follower(term=3), candidate(term=3), leader(term=3))

    for server in servers:
        server.handle(message)

    assert [server.standing.current_term for server in servers] == [9, 9, 9]
    assert [server.standing.role for server in servers] == ["follower"] * 3


@pytest.mark.parametrize("message", OF_TERM_9[1:], ids=lambda message: type(message).__name__)
def test_all_servers_have_no_vote_given_in_an_adopted_term(
    candidate: Make, message: Message
) -> None:
    """All servers, 2 (§5.1, §5.2): the old term's vote does not count in the new one."""
    server = candidate(term=3)

    server.handle(message)

    assert server.standing.voted_for is None


def test_all_servers_process_a_request_after_they_adopted_its_term(leader: Make) -> None:
    """All servers, 2 (§5.1): a leader that steps down still votes and appends in the same step."""
    voter, receiver = leader(term=3), leader(term=3)

    (vote,) = voter.handle(RequestVoteRequest("S2", "S1", 9, 0, 0)).messages
    (answer,) = receiver.handle(AppendEntriesRequest("S2", "S1", 9, 0, 0, (Entry(9),), 0)).messages

    assert vote == RequestVoteResponse("S1", "S2", 9, vote_granted=True)
    assert answer.success
    assert receiver.log == Log.of_terms(9)


def test_all_servers_write_an_adopted_term_before_anything_else_leaves(leader: Make) -> None:
    """All servers, 2, with State: a term that was adopted from a response is persistent too."""
    server = leader(term=3)

    effects = server.handle(AppendEntriesResponse("S2", "S1", 9, success=False))

    assert [written.current_term for written in effects.writes] == [9]


# Followers -------------------------------------------------------------------------------


def test_followers_respond_to_requests_from_candidates_and_leaders(follower: Make) -> None:
    """Followers, 1 (§5.2): every request is answered once, refused ones too."""
    server = follower(term=5)
    requests = (
        RequestVoteRequest("S2", "S1", 5, 0, 0),
        RequestVoteRequest("S3", "S1", 4, 0, 0),
        AppendEntriesRequest("S2", "S1", 5, 0, 0, (), 0),
        AppendEntriesRequest("S3", "S1", 5, 7, 5, (), 0),
    )

    answers = [server.handle(request).messages for request in requests]

    assert [[answer.target for answer in sent] for sent in answers] == [
        ["S2"],
        ["S3"],
        ["S2"],
        ["S3"],
    ]


def test_followers_become_candidates_if_the_election_timeout_elapses(follower: Make) -> None:
    """Followers, 2 (§5.2): nothing heard, no vote given: it is time for an election."""
    server = follower(term=5)

    server.handle(TimerFired("election"))

    assert server.standing.role == "candidate"


def test_followers_wait_anew_when_they_hear_from_the_current_leader(follower: Make) -> None:
    """Followers, 2 (§5.2): AppendEntries of this term counts, even one that must be refused."""
    server = follower(term=5)

    success = server.handle(AppendEntriesRequest("S2", "S1", 5, 0, 0, (), 0))
    refusal = server.handle(AppendEntriesRequest("S2", "S1", 5, 7, 5, (), 0))

    assert success.timers == (("election", "restart"),)
    assert refusal.timers == (("election", "restart"),)


def test_followers_do_not_wait_anew_for_a_leader_of_the_past(follower: Make) -> None:
    """Followers, 2 (§5.2): only the *current* leader counts."""
    server = follower(term=5)

    effects = server.handle(AppendEntriesRequest("S2", "S1", 4, 0, 0, (), 0))

    assert effects.timers == ()


def test_followers_wait_anew_when_they_grant_a_vote_but_not_when_they_refuse_one(
    follower: Make,
) -> None:
    """Followers, 2 (§5.2): a candidate that cannot win must not hold up those that can."""
    server = follower(term=5)

    granted = server.handle(RequestVoteRequest("S2", "S1", 5, 0, 0))
    refused = server.handle(RequestVoteRequest("S3", "S1", 5, 0, 0))

    assert granted.timers == (("election", "restart"),)
    assert refused.timers == ()


def test_followers_do_not_wait_anew_for_a_higher_term_alone(follower: Make) -> None:
    """Followers, 2 (§5.2): neither a leader nor a vote, so the timer goes on."""
    server = follower(term=5, log=Log.of_terms(5))

    effects = server.handle(RequestVoteRequest("S2", "S1", 6, 0, 0))

    assert server.standing.current_term == 6
    assert effects.timers == ()


def test_followers_start_up_with_their_timer_running() -> None:
    """Followers, 2 (§5.2): servers start as followers, and wait."""
    server = Server("S1", ("S1", "S2", "S3"))

    effects = server.start()

    assert server.standing.role == "follower"
    assert effects.timers == (("election", "restart"),)
    assert effects.messages == ()
