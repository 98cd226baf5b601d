"""The cases of exercise 2.3: which candidates get a vote.

A call belongs to the first question that decides it: term, own vote, another's vote, the log. Two
candidates are enough, because a rule cannot tell a third from the second.
"""

from collections.abc import Iterator
from random import Random

from raftkit.checkers import Cluster
from raftkit.course.checking.cases import Checks
from raftkit.course.checking.small_world import Arguments, Region, Regions, SmallWorld
from raftkit.course.small_values import OTHER, OWN, THIRD, standings
from raftkit.protocol import RequestVoteRequest, Standing, should_grant_vote
from raftkit.simulator import Timeout
from raftkit.views import Picture, space_time


def _small_calls() -> Iterator[Arguments]:
    """Every standing in terms 1 to 3, and requests of those terms from two candidates."""
    for standing in standings(terms=(1, 2, 3)):
        for term in (1, 2, 3):
            for candidate in (OTHER, THIRD):
                for up_to_date in (False, True):
                    yield standing, RequestVoteRequest(candidate, OWN, term, 0, 0), up_to_date


def _drawn_call(random: Random) -> Arguments:
    """A request in a late term, to a server in that term or a later one."""
    candidate, voter, another = random.sample(("S1", "S2", "S3", "S4", "S5"), 3)
    term = random.randint(4, 12)
    voted_for = random.choice((None, candidate, another, voter))
    role = random.choice(("follower", "candidate", "leader"))
    current = term + random.choice((0, 0, 0, 1, 3))
    standing = Standing(role, current, voted_for if role == "follower" else voter)  # type: ignore[arg-type]
    last = random.randint(0, term - 1)
    length = random.randint(last, last + 5) if last else 0
    return standing, RequestVoteRequest(candidate, voter, term, length, last), random.random() < 0.7


def _can_happen(standing: Standing, request: RequestVoteRequest, up_to_date: bool) -> bool:
    """A higher term is adopted before; candidates and leaders have their own vote.

    A candidate's log ends in an earlier term than it asks in, and so does the log of the server
    that is asked, if that is a candidate: in term 1 both are empty.
    """
    return (
        request.term <= standing.current_term
        and (standing.role == "follower" or standing.voted_for == request.target)
        and request.last_log_term < request.term
        and (up_to_date or (standing.role, standing.current_term) != ("candidate", 1))
    )


def _older_term(standing: Standing, request: RequestVoteRequest, up_to_date: bool) -> str | None:
    if request.term >= standing.current_term:
        return None
    return (
        f"The request is of term {request.term}, and it is term {standing.current_term} (Figure 2, "
        "RequestVote 1)."
    )


def _own_vote(standing: Standing, request: RequestVoteRequest, up_to_date: bool) -> str | None:
    """The role needs no rule of its own: who stands or leads has voted for itself."""
    if standing.voted_for != request.target:
        return None
    role = "was a candidate in" if standing.role == "follower" else f"is {standing.role} of"
    return (
        f"{request.target} {role} term {standing.current_term} and gave its vote to itself; it has "
        "no second one (§5.2)."
    )


def _second_candidate(
    standing: Standing, request: RequestVoteRequest, up_to_date: bool
) -> str | None:
    """The heart of Election Safety: one vote a term, however good the second candidate is."""
    if standing.voted_for in (None, request.source):
        return None
    return (
        f"{request.target} voted for {standing.voted_for} in term {standing.current_term}, and a "
        "server votes for at most one candidate in a term (§5.2)."
    )


def _log_behind(standing: Standing, request: RequestVoteRequest, up_to_date: bool) -> str | None:
    """Also a candidate that has our vote: our log may have grown since we gave it."""
    if up_to_date:
        return None
    return (
        f"{request.source}'s log is behind {request.target}'s: as leader it could lack entries "
        "that are committed (§5.4.1)."
    )


def _same_candidate(
    standing: Standing, request: RequestVoteRequest, up_to_date: bool
) -> str | None:
    if standing.voted_for is None:
        return None
    return (
        f"The vote of term {request.term} is {request.source}'s already: its first answer may have "
        "been lost, and saying yes again gives nothing away (Figure 2, RequestVote 2)."
    )


def _first_request(standing: Standing, request: RequestVoteRequest, up_to_date: bool) -> str | None:
    """The vote is free and the log is good: nothing speaks against a yes."""
    return (
        f"{request.target} has not voted in term {request.term}, and the candidate's log is "
        "up-to-date enough (Figure 2, RequestVote 2)."
    )


def _two_candidates() -> Picture:
    """Two followers of three time out together; one of them wins."""
    cluster = Cluster(servers=3, seed=5)
    # Forced within one instant: nobody has heard of the other's request when it asks.
    cluster.do(Timeout("S1"), Timeout("S3"))
    cluster.run(ms=14)
    return space_time(cluster.history, title="S1 and S3 ask for votes in the same term")


CHECKS = {
    "2.3": Checks(
        returns=bool,
        cases=Regions(
            SmallWorld(should_grant_vote, _small_calls, _drawn_call, _can_happen),
            Region("refuses a candidate of an older term", 1, _older_term),
            Region("a candidate or leader has given its vote to itself", 1, _own_vote),
            Region("refuses a second candidate in the same term", 1, _second_candidate),
            Region("refuses a candidate whose log is behind", 1, _log_behind),
            Region("grants the same candidate again", 1, _same_candidate),
            Region("grants the first request of a new term", 1, _first_request),
        ).cases,
        picture=_two_candidates,
    ),
}
