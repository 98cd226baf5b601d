"""The cases of exercise 2.3: which candidates get a vote.

Each case asks one question of Figure 2. Terms, indexes and names are drawn, so that a table of
answers learned by heart does not help.
"""

from random import Random

from raftkit.checkers import Cluster
from raftkit.course.checking.cases import Call, Case, Checks
from raftkit.course.sample_logs import log_ending
from raftkit.protocol import RequestVoteRequest, Standing
from raftkit.simulator import Timeout
from raftkit.views import Picture, draw_logs, space_time

SERVERS = ("S1", "S2", "S3", "S4", "S5")

# 2.3 Who deserves a vote? ----------------------------------------------------------------


def _vote(
    standing: Standing, request: RequestVoteRequest, up_to_date: bool, expected: bool, why: str
) -> Call:
    """One call of `should_grant_vote`, with two logs drawn that fit `up_to_date`."""

    def picture() -> Picture:
        own = log_ending(max(1, request.last_log_term), request.last_log_index + (not up_to_date))
        theirs = log_ending(max(1, request.last_log_term), request.last_log_index)
        return draw_logs({request.source: theirs, request.target: own})

    arguments = {"standing": standing, "request": request, "up_to_date": up_to_date}
    return Call(arguments, expected, why, picture=picture)


def _request(random: Random, term: int) -> RequestVoteRequest:
    """A request in `term`, from one server to another, whose log ends in an earlier term."""
    candidate, voter = random.sample(SERVERS, 2)
    return RequestVoteRequest(candidate, voter, term, random.randint(2, 5), max(1, term - 1))


def other_server(random: Random, *names: str) -> str:
    """A server that is none of `names`."""
    return random.choice([server for server in SERVERS if server not in names])


def _first_request(random: Random) -> list[Call]:
    """The vote is free and the log is good: nothing speaks against a yes."""
    term = random.randint(2, 8)
    request = _request(random, term)
    why = (
        f"{request.target} has not voted in term {term}, and the candidate's log is up-to-date "
        "enough (Figure 2, RequestVote 2)."
    )
    return [_vote(Standing("follower", term, None), request, True, True, why)]


def _same_candidate(random: Random) -> list[Call]:
    """The answer may have been lost, so the candidate asks again for the same vote."""
    term = random.randint(2, 8)
    request = _request(random, term)
    why = (
        f"The vote of term {term} is {request.source}'s already: its first answer may have been "
        "lost, and saying yes again gives nothing away (Figure 2, RequestVote 2)."
    )
    return [_vote(Standing("follower", term, request.source), request, True, True, why)]


def _second_candidate(random: Random) -> list[Call]:
    """The heart of Election Safety: one vote a term, however good the second candidate is."""
    term = random.randint(2, 8)
    request = _request(random, term)
    first = other_server(random, request.source, request.target)
    why = (
        f"{request.target} voted for {first} in term {term}, and a server votes for at most one "
        "candidate in a term (§5.2)."
    )
    return [_vote(Standing("follower", term, first), request, True, False, why)]


def _own_vote(random: Random) -> list[Call]:
    """A candidate or leader has voted for itself, so the role needs no rule of its own."""
    calls = []
    for role in ("candidate", "leader"):
        term = random.randint(2, 8)
        request = _request(random, term)
        why = (
            f"{request.target} is {role} of term {term} and gave its vote to itself; it has no "
            "second one (§5.2)."
        )
        standing = Standing("leader" if role == "leader" else "candidate", term, request.target)
        calls.append(_vote(standing, request, True, False, why))
    return calls


def _log_behind(random: Random) -> list[Call]:
    """The voter's log is longer, and its last entry may be committed (§5.4.1)."""
    term = random.randint(2, 8)
    request = _request(random, term)
    why = (
        f"{request.source}'s log is behind {request.target}'s: as leader it could lack entries "
        "that are committed (§5.4.1)."
    )
    return [_vote(Standing("follower", term, None), request, False, False, why)]


def _older_term(random: Random) -> list[Call]:
    """The vote is free in this term, but the request is of the term before."""
    term = random.randint(2, 8)
    request = _request(random, term - 1)
    why = f"The request is of term {term - 1}, and it is term {term} (Figure 2, RequestVote 1)."
    return [_vote(Standing("follower", term, None), request, True, False, why)]


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
        cases=(
            Case("grants the first request of a new term", 1, _first_request),
            Case("grants the same candidate again", 1, _same_candidate),
            Case("refuses a second candidate in the same term", 1, _second_candidate),
            Case("a candidate or leader has given its vote to itself", 1, _own_vote),
            Case("refuses a candidate whose log is behind", 1, _log_behind),
            Case("refuses a candidate of an older term", 1, _older_term),
        ),
        picture=_two_candidates,
    ),
}
