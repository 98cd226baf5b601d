"""Figure 2, the box "RequestVote RPC": its fields, its results, and the receiver's two steps."""

from collections.abc import Callable

import pytest

from raftkit.protocol import (
    Log,
    RequestVoteRequest,
    RequestVoteResponse,
    Server,
    TimerFired,
)

Make = Callable[..., Server]


def ask(server: Server, request: RequestVoteRequest) -> RequestVoteResponse:
    """The server's one answer."""
    (answer,) = server.handle(request).messages
    assert isinstance(answer, RequestVoteResponse)
    return answer


# Arguments -------------------------------------------------------------------------------


def test_request_vote_carries_the_candidates_term(follower: Make) -> None:
    """Arguments, term: the term that the candidate has just begun."""
    server = follower(term=6)

    requests = server.handle(TimerFired("election")).messages

    assert [request.term for request in requests] == [7, 7]


def test_request_vote_names_the_candidate(follower: Make) -> None:
    """Arguments, candidateId: who asks, here the message's source."""
    server = follower()

    requests = server.handle(TimerFired("election")).messages

    assert [request.source for request in requests] == ["S1", "S1"]


def test_request_vote_tells_the_index_of_the_candidates_last_entry(follower: Make) -> None:
    """Arguments, lastLogIndex: where the candidate's log ends; 0 if it is empty."""
    empty, full = follower(), follower(term=5, log=Log.of_terms(1, 1, 5))

    requests = [server.handle(TimerFired("election")).messages[0] for server in (empty, full)]

    assert [request.last_log_index for request in requests] == [0, 3]


def test_request_vote_tells_the_term_of_the_candidates_last_entry(follower: Make) -> None:
    """Arguments, lastLogTerm: the last entry's own term, not the candidate's."""
    empty, full = follower(), follower(term=7, log=Log.of_terms(1, 1, 5))

    requests = [server.handle(TimerFired("election")).messages[0] for server in (empty, full)]

    assert [request.last_log_term for request in requests] == [0, 5]


# Results ---------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [2, 5, 9])
def test_request_vote_result_carries_current_term_for_the_candidate_to_update_itself(
    follower: Make, asked: int
) -> None:
    """Results, term: the receiver's own term, once it has seen the candidate's."""
    server = follower(term=5)

    answer = ask(server, RequestVoteRequest("S2", "S1", asked, 0, 0))

    assert answer.term == max(5, asked)


def test_request_vote_result_granted_means_the_candidate_received_the_vote(
    follower: Make,
) -> None:
    """Results, voteGranted: true exactly if the receiver now remembers that it voted so."""
    server = follower(term=1)

    first = ask(server, RequestVoteRequest("S2", "S1", 1, 0, 0))
    second = ask(server, RequestVoteRequest("S3", "S1", 1, 0, 0))

    assert (first.vote_granted, second.vote_granted) == (True, False)
    assert server.standing.voted_for == "S2"


# Receiver implementation -----------------------------------------------------------------


def test_request_vote_1_refuses_if_term_is_lower_than_current_term(follower: Make) -> None:
    """Receiver, 1 (§5.1): a candidate of the past gets no vote, however good its log."""
    server = follower(term=5)

    answer = ask(server, RequestVoteRequest("S2", "S1", 4, last_log_index=9, last_log_term=4))

    assert answer == RequestVoteResponse("S1", "S2", 5, vote_granted=False)
    assert server.standing.voted_for is None


@pytest.mark.parametrize("voted_for", [None, "S2"])
def test_request_vote_2_grants_if_voted_for_is_null_or_candidate_and_log_is_up_to_date(
    follower: Make, voted_for: str | None
) -> None:
    """Receiver, 2 (§5.2): the first who asks gets the vote, and the same answer if it repeats."""
    server = follower(term=3, voted_for=voted_for)

    answer = ask(server, RequestVoteRequest("S2", "S1", 3, 0, 0))

    assert answer.vote_granted


def test_request_vote_2_refuses_if_voted_for_is_another_candidate(follower: Make) -> None:
    """Receiver, 2 (§5.2): one vote in a term."""
    server = follower(term=3, voted_for="S3")

    answer = ask(server, RequestVoteRequest("S2", "S1", 3, 9, 3))

    assert not answer.vote_granted
    assert server.standing.voted_for == "S3"


def test_request_vote_2_votes_anew_in_a_new_term(follower: Make) -> None:
    """Receiver, 2 (§5.2): a vote binds in its own term only."""
    server = follower(term=3, voted_for="S3")

    answer = ask(server, RequestVoteRequest("S2", "S1", 4, 0, 0))

    assert answer.vote_granted


@pytest.mark.parametrize(
    ("last_log_term", "last_log_index", "granted"),
    [
        pytest.param(2, 9, False, id="an earlier last term, however long the log"),
        pytest.param(3, 2, False, id="the same last term, but a shorter log"),
        pytest.param(3, 3, True, id="the same end"),
        pytest.param(3, 4, True, id="the same last term and a longer log"),
        pytest.param(4, 1, True, id="a later last term, however short the log"),
    ],
)
def test_request_vote_2_compares_the_last_terms_then_the_lengths(
    follower: Make, last_log_term: int, last_log_index: int, granted: bool
) -> None:
    """Receiver, 2 (§5.4.1): at least as up-to-date means a later last term, or as long a log."""
    server = follower(term=4, log=Log.of_terms(1, 3, 3))

    answer = ask(server, RequestVoteRequest("S2", "S1", 5, last_log_index, last_log_term))

    assert answer.vote_granted == granted


def test_request_vote_2_a_candidate_and_a_leader_have_voted_for_themselves(
    candidate: Make, leader: Make
) -> None:
    """Receiver, 2 (§5.2): whoever runs or has won in a term grants nobody else's request in it."""
    servers = (candidate(term=2), leader(term=2))

    answers = [ask(server, RequestVoteRequest("S3", "S1", 2, 9, 1)) for server in servers]

    assert [answer.vote_granted for answer in answers] == [False, False]
