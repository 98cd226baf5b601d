"""Leader election (§5.2) and the restriction on who may win it (§5.4.1).

Each function answers one question of Figure 2 and returns a value. None of
them changes a server or knows that a network exists. Exercises replace them
one at a time, so a signature here is a promise to students.
"""

from raftkit.protocol.messages import RequestVoteRequest, RequestVoteResponse
from raftkit.protocol.record import record
from raftkit.protocol.roles import CANDIDATE
from raftkit.protocol.terms import Standing


@record
class Tally:
    """The answers a candidate has in its election: names of servers, each at most once."""

    granted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@record
class Campaign:
    """A started election: the candidate's new standing, its first tally, and what it sends."""

    standing: Standing
    tally: Tally
    requests: tuple[RequestVoteRequest, ...]


def has_majority(granted: int, refused: int, servers: int) -> bool:
    """Whether `granted` votes are a majority of a cluster of `servers` (§5.2).

    Servers that have not answered are neither in `granted` nor in `refused`, and still count.

    >>> has_majority(granted=3, refused=0, servers=5), has_majority(granted=2, refused=0, servers=4)
    (True, False)
    """
    return granted > servers // 2


def is_up_to_date(
    last_log_term: int, last_log_index: int, own_last_log_term: int, own_last_log_index: int
) -> bool:
    """Whether a log that ends so is at least as up-to-date as our own (§5.4.1).

    The later last term wins; if the terms are equal, the longer log does.

    >>> is_up_to_date(last_log_term=3, last_log_index=1, own_last_log_term=2, own_last_log_index=9)
    True
    """
    return (last_log_term, last_log_index) >= (own_last_log_term, own_last_log_index)


def should_grant_vote(standing: Standing, request: RequestVoteRequest, up_to_date: bool) -> bool:
    """Whether to vote for the candidate that sent `request` (Figure 2, RequestVote, 1 and 2).

    A higher term in the request has been adopted before this is asked. `up_to_date` says
    whether the candidate's log is at least as up-to-date as ours (`is_up_to_date`).

    >>> request = RequestVoteRequest("S2", "S1", 4, last_log_index=0, last_log_term=0)
    >>> should_grant_vote(Standing("follower", 4, "S3"), request, up_to_date=True)
    False
    """
    if request.term < standing.current_term:
        return False
    return standing.voted_for in (None, request.source) and up_to_date


def start_election(
    standing: Standing,
    server: str,
    peers: tuple[str, ...],
    last_log_index: int,
    last_log_term: int,
) -> Campaign:
    """What `server` does when its election timer runs out (§5.2; Figure 2, Candidates).

    A new term, a vote for itself, and a request to every peer.

    >>> campaign = start_election(Standing("follower", 1, "S2"), "S1", ("S2", "S3"), 5, 1)
    >>> campaign.standing, campaign.tally.granted
    (Standing(role='candidate', current_term=2, voted_for='S1'), ('S1',))
    >>> campaign.requests[0]
    RequestVoteRequest(source='S1', target='S2', term=2, last_log_index=5, last_log_term=1)
    """
    term = standing.current_term + 1
    return Campaign(
        standing=Standing(CANDIDATE, term, voted_for=server),
        tally=Tally(granted=(server,)),
        requests=tuple(
            RequestVoteRequest(server, peer, term, last_log_index, last_log_term) for peer in peers
        ),
    )


def count_vote(standing: Standing, tally: Tally, response: RequestVoteResponse) -> Tally:
    """The candidate's tally after a response (§5.2).

    A response counts for a candidate, in the term it asked in, once per server.

    >>> standing = Standing("candidate", 3, "S1")
    >>> yes = RequestVoteResponse("S2", "S1", 3, vote_granted=True)
    >>> count_vote(standing, Tally(granted=("S1",)), yes)
    Tally(granted=('S1', 'S2'), refused=())
    """
    if standing.role != CANDIDATE or response.term != standing.current_term:
        return tally
    if response.source in tally.granted or response.source in tally.refused:
        return tally
    if response.vote_granted:
        return Tally((*tally.granted, response.source), tally.refused)
    return Tally(tally.granted, (*tally.refused, response.source))
