"""Figure 2, the box "Rules for Servers": candidates (§5.2)."""

from collections.abc import Callable

import pytest

from raftkit.protocol import (
    AppendEntriesRequest,
    Entry,
    Log,
    RequestVoteRequest,
    RequestVoteResponse,
    Server,
    Settings,
    TimerFired,
)

Make = Callable[..., Server]


def vote(server: Server, voter: str, granted: bool = True, term: int = 3) -> None:
    """Let `voter` answer the candidate."""
    server.handle(RequestVoteResponse(voter, server.id, term, granted))


# On conversion to candidate, start election ----------------------------------------------


def test_candidates_increment_current_term(follower: Make) -> None:
    """Candidates, 1: an election is for the next term."""
    server = follower(term=2)

    server.handle(TimerFired("election"))

    assert server.standing.current_term == 3


def test_candidates_vote_for_themselves(follower: Make) -> None:
    """Candidates, 1: the own vote is given, written and counted."""
    server = follower(term=2)

    effects = server.handle(TimerFired("election"))

    assert server.standing.voted_for == "S1"
    assert server.tally is not None
    assert server.tally.granted == ("S1",)
    assert [written.voted_for for written in effects.writes] == ["S1"]


def test_candidates_reset_their_election_timer(follower: Make) -> None:
    """Candidates, 1: a new wait begins with the election."""
    server = follower(term=2)

    effects = server.handle(TimerFired("election"))

    assert effects.timers == (("election", "restart"),)


def test_candidates_draw_a_new_timeout_for_each_wait(follower: Make) -> None:
    """Candidates, 1 (§5.2): the wait depends on the draw, so split votes do not repeat forever."""
    server = follower(settings=Settings(election_timeout_min=150_000, election_timeout_max=300_000))

    waits = [server.timer_duration("election", draw) for draw in (0.0, 0.5, 0.999999)]

    assert waits == [150_000, 225_000, 299_999]


def test_candidates_send_request_vote_to_all_other_servers(follower: Make) -> None:
    """Candidates, 1: to each other server once, and not to themselves."""
    server = follower(term=2, servers=5)

    requests = server.handle(TimerFired("election")).messages

    assert requests == tuple(
        RequestVoteRequest("S1", peer, 3, 0, 0) for peer in ("S2", "S3", "S4", "S5")
    )


# If votes received from majority of servers: become leader -------------------------------


def test_candidates_become_leader_with_votes_from_a_majority(candidate: Make) -> None:
    """Candidates, 2: three of five, the own vote among them."""
    server = candidate(term=3, servers=5)
    roles = []

    for voter in ("S2", "S3"):
        vote(server, voter)
        roles.append(server.standing.role)

    assert roles == ["candidate", "leader"]


def test_candidates_count_a_repeated_vote_once(candidate: Make) -> None:
    """Candidates, 2: a network may deliver a vote twice."""
    server = candidate(term=3, servers=5)

    for _ in range(3):
        vote(server, "S2")

    assert server.standing.role == "candidate"


def test_candidates_do_not_count_a_vote_of_an_earlier_term(candidate: Make) -> None:
    """Candidates, 2: a late vote was given for another election."""
    server = candidate(term=3)

    vote(server, "S2", term=2)

    assert server.standing.role == "candidate"


def test_candidates_do_not_count_a_refusal(candidate: Make) -> None:
    """Candidates, 2: an answer is not yet a vote; refused by all, a candidate waits on."""
    server = candidate(term=3)

    for voter in ("S2", "S3"):
        vote(server, voter, granted=False)

    assert server.standing.role == "candidate"
    assert server.tally is not None
    assert server.tally.refused == ("S2", "S3")


def test_candidates_need_more_than_half_of_an_even_cluster(candidate: Make) -> None:
    """Candidates, 2: two of four is no majority."""
    server = candidate(term=3, servers=4)

    vote(server, "S2")
    with_two = server.standing.role
    vote(server, "S3")

    assert (with_two, server.standing.role) == ("candidate", "leader")


# If AppendEntries RPC received from new leader: convert to follower ----------------------


@pytest.mark.parametrize("term", [3, 4])
def test_candidates_follow_a_new_leader(candidate: Make, term: int) -> None:
    """Candidates, 3: a leader of the own term or a later one is legitimate, and is obeyed."""
    server = candidate(term=3)

    (answer,) = server.handle(
        AppendEntriesRequest("S2", "S1", term, 0, 0, (Entry(term),), 0)
    ).messages

    assert (server.standing.role, server.standing.current_term) == ("follower", term)
    assert answer.success
    assert server.log == Log.of_terms(term)


def test_candidates_keep_their_vote_when_they_follow_a_leader_of_their_own_term(
    candidate: Make,
) -> None:
    """Candidates, 3 with State: votedFor is the term's, whatever role comes after."""
    server = candidate(term=3)

    server.handle(AppendEntriesRequest("S2", "S1", 3, 0, 0, (), 0))
    (answer,) = server.handle(RequestVoteRequest("S3", "S1", 3, 9, 3)).messages

    assert server.standing.voted_for == "S1"
    assert not answer.vote_granted


def test_candidates_refuse_a_leader_of_an_earlier_term(candidate: Make) -> None:
    """Candidates, 3 (§5.2): a smaller term is refused, and the candidacy goes on."""
    server = candidate(term=3)

    (answer,) = server.handle(AppendEntriesRequest("S2", "S1", 2, 0, 0, (), 0)).messages

    assert server.standing.role == "candidate"
    assert (answer.success, answer.term) == (False, 3)


def test_candidates_that_gave_way_count_no_more_votes(candidate: Make) -> None:
    """Candidates, 3: a vote that comes after the concession elects nobody."""
    server = candidate(term=3)
    server.handle(AppendEntriesRequest("S2", "S1", 3, 0, 0, (), 0))

    vote(server, "S3")

    assert server.standing.role == "follower"


# If election timeout elapses: start new election -----------------------------------------


def test_candidates_start_a_new_election_if_the_timeout_elapses(candidate: Make) -> None:
    """Candidates, 4: again the next term, the own vote, a timer and requests to all."""
    server = candidate(term=3)
    vote(server, "S2", granted=False)

    effects = server.handle(TimerFired("election"))

    assert (server.standing.role, server.standing.current_term) == ("candidate", 4)
    assert server.tally is not None
    assert (server.tally.granted, server.tally.refused) == (("S1",), ())
    assert [request.term for request in effects.messages] == [4, 4]
    assert effects.timers == (("election", "restart"),)
