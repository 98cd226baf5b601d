"""The cases of exercises 2.6 and 2.7: starting an election and counting its votes.

The order of servers in a tally or among requests is free, so answers are compared by parts, in
which it does not show.
"""

from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Any

from raftkit.checkers import Cluster
from raftkit.course.checking.cases import AnswerPart, Checks
from raftkit.course.checking.small_world import Arguments, Region, Regions, SmallWorld
from raftkit.course.small_values import OWN, SERVERS, drawn_servers, small_ends, standings
from raftkit.protocol import (
    Campaign,
    RequestVoteResponse,
    Standing,
    Tally,
    count_vote,
    start_election,
)
from raftkit.simulator import Delay, Drop, Timeout
from raftkit.views import Picture, draw_ballot, draw_roles, space_time

# 2.6 Starting an election ----------------------------------------------------------------


def _small_elections() -> Iterator[Arguments]:
    """A follower or candidate of a cluster of one to five servers, with a log of any small end."""
    for servers in range(1, 6):
        peers = SERVERS[1:servers]
        for standing in (Standing(), *standings(terms=(1, 2), others=peers)):
            for term, index in small_ends(terms=2, indexes=2):
                yield standing, OWN, peers, index, term


def _drawn_election(random: Random) -> Arguments:
    server, *others = drawn_servers(random)
    term, last = random.randint(4, 20), random.randint(3, 20)
    index = random.randint(3, 30)
    standing = random.choice(
        (Standing("candidate", term, server), Standing("follower", term, others[0]))
    )
    return standing, server, tuple(others), index, min(term, last)


def _can_stand(
    standing: Standing, server: str, peers: tuple[str, ...], index: int, last_term: int
) -> bool:
    """A leader has no election timer, and a server without peers wins its election at once.

    No log ends in a later term than the server's, and a candidate's ends in an earlier one.
    """
    if standing.role == "candidate":
        return bool(peers) and last_term < standing.current_term
    return standing.role == "follower" and last_term <= standing.current_term


def _role_before(returned: Any, right: Campaign, standing: Standing, *_: Any) -> Picture:
    return draw_roles(standing.role)


_STANDING = AnswerPart("campaign.standing", lambda campaign: campaign.standing)
# Sorted, because no rule says in which order a tally names servers or a candidate asks.
_TALLY = AnswerPart("(granted, refused) in campaign.tally", lambda campaign: _votes(campaign.tally))
_ASKED = AnswerPart(
    "(source, target) of the requests, sorted,",
    lambda campaign: sorted((request.source, request.target) for request in campaign.requests),
)
# A set, because another case asks which servers were asked.
_ENDS = AnswerPart(
    "(term, last_log_index, last_log_term) in the requests",
    lambda campaign: sorted(
        {(each.term, each.last_log_index, each.last_log_term) for each in campaign.requests}
    ),
)


def _votes(tally: Tally) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names in a tally, sorted."""
    return tuple(sorted(tally.granted)), tuple(sorted(tally.refused))


def _yet_another_term(standing: Standing, *_: Any) -> str | None:
    """A server that is a candidate already: no election is repeated in the same term."""
    if standing.role != "candidate":
        return None
    return "No winner in time: the next election is in the next term again (§5.2)."


def _new_term(*_: Any) -> str:
    """Role, term and vote change together or not at all."""
    return "A candidate begins a term of its own, and its vote in it is its own (§5.2)."


def _votes_for_itself(*_: Any) -> str:
    return (
        "A candidate votes for itself, and that is one vote; nobody else has answered yet "
        "(Figure 2, Candidates)."
    )


def _asks_everybody(*_: Any) -> str:
    return "Every other server is asked for its vote, once, and nobody else (Figure 2, Candidates)."


def _says_how_its_log_ends(*_: Any) -> str:
    """The requests carry the new term, but the log ends in an old one."""
    return (
        "The request is of the new term, and says how the candidate's log ends, so that voters "
        "can compare it with theirs (§5.4.1)."
    )


# 2.7 Counting votes ----------------------------------------------------------------------

_VOTES = AnswerPart("(granted, refused), sorted,", _votes)


def _small_counts() -> Iterator[Arguments]:
    """Every number of votes and refusals of five servers, and every answer in terms 1 to 3."""
    peers = SERVERS[1:]
    tallies = [
        Tally((OWN, *peers[:yes]), peers[yes : yes + no])
        for yes in range(5)
        for no in range(5 - yes)
    ]
    for standing in standings(terms=(1, 2, 3)):
        for tally in (Tally(), *tallies):
            for source, term, granted in product(peers, (1, 2, 3), (False, True)):
                yield standing, tally, RequestVoteResponse(source, OWN, term, granted)


def _drawn_count(random: Random) -> Arguments:
    """A tally of five or more servers in a late term."""
    candidate, *others = drawn_servers(random)
    term, answered = random.randint(4, 12), random.randint(0, len(others))
    yes = random.randint(0, answered)
    tally = Tally((candidate, *others[:yes]), tuple(others[yes:answered]))
    role = random.choice(("candidate", "candidate", "follower", "leader"))
    standing = Standing(role, term, candidate)  # type: ignore[arg-type]
    back = random.choice((0, 0, 1, 3))
    granted = random.random() < 0.6
    return (
        standing, tally, RequestVoteResponse(random.choice(others), candidate, term - back, granted)
    )  # fmt: skip


def _can_be_counted(standing: Standing, tally: Tally, response: RequestVoteResponse) -> bool:
    """A higher term is adopted before, and a candidate's own vote is in its tally.

    A yes of the current term goes to the server that has stood in it. It may follow a no, which was
    the answer to a request of an older term and carries the term of the server that says it.
    """
    has_stood = standing.voted_for == response.target
    if response.term > standing.current_term:
        return False
    if not has_stood and (standing.current_term == 1 or _is_new_yes(standing, response)):
        return False
    return len(tally.granted) >= {"follower": 0, "candidate": 1, "leader": 2}[standing.role]


def _is_new_yes(standing: Standing, response: RequestVoteResponse) -> bool:
    return response.vote_granted and response.term == standing.current_term


def _a_yes_after_a_no(
    standing: Standing, tally: Tally, response: RequestVoteResponse
) -> tuple[Tally, ...]:
    """The later yes may count as well: it is the server's one vote in the term."""
    if standing.role != "candidate" or not _is_new_yes(standing, response):
        return ()
    if response.source not in tally.refused:
        return ()
    refused = tuple(name for name in tally.refused if name != response.source)
    return (Tally((*tally.granted, response.source), refused),)


def _ballot_before(
    returned: Tally, right: Tally, standing: Standing, tally: Tally, response: RequestVoteResponse
) -> Picture:
    """The tally before the answer; the servers that are known are those in the call."""
    granted, refused = len(tally.granted), len(tally.refused)
    known = {*tally.granted, *tally.refused, response.source, response.target}
    return draw_ballot(granted, refused, max(3, len(known)) - granted - refused)


def _late_vote(standing: Standing, tally: Tally, response: RequestVoteResponse) -> str | None:
    """A vote that was given in an earlier term of the same server (§5.2)."""
    if response.term == standing.current_term:
        return None
    return (
        f"The answer is of term {response.term}; in term {standing.current_term} "
        f"{response.source} may have voted for somebody else (§5.2)."
    )


def _no_longer_candidate(
    standing: Standing, tally: Tally, response: RequestVoteResponse
) -> str | None:
    """The election is over, because the server has lost or won it."""
    if standing.role == "candidate":
        return None
    return f"The election is over for a {standing.role}: votes count for candidates only (§5.2)."


def _counts_once(standing: Standing, tally: Tally, response: RequestVoteResponse) -> str | None:
    """The network may deliver a vote twice; if messages were counted, a minority could win."""
    if response.source not in (*tally.granted, *tally.refused):
        return None
    return (
        f"{response.source}'s answer is counted already: a network may deliver a message twice, "
        "and one server is one vote (§5.2)."
    )


def _counts_yes(standing: Standing, tally: Tally, response: RequestVoteResponse) -> str | None:
    if not response.vote_granted:
        return None
    return f"{response.source} voted for {response.target} in this term (§5.2)."


def _counts_no(standing: Standing, tally: Tally, response: RequestVoteResponse) -> str | None:
    """A refusal is noted as well: it may show a candidate that it can no longer win."""
    return f"{response.source} refused: it is noted, and is no vote (§5.2)."


def _late_vote_picture() -> Picture:
    """A vote of term 1 arrives so late that its candidate already asks in term 2."""
    cluster = Cluster(servers=3, seed=9)
    # S2's yes is held up and S3's is lost, so S1 has one vote and must try again.
    cluster.do(Delay(14_000, "S2"), Drop("S3"), Timeout("S1"))
    cluster.run(ms=12)
    cluster.do(Timeout("S3"), Timeout("S1"))
    cluster.run(ms=16)
    return space_time(cluster.history, title="S2's vote of term 1 arrives in term 2")


CHECKS = {
    "2.6": Checks(
        returns=Campaign,
        cases=Regions(
            SmallWorld(
                start_election, _small_elections, _drawn_election, _can_stand, picture=_role_before
            ),
            Region("after a split vote, begins yet another term", 1, _yet_another_term, _STANDING),
            Region("begins a new term as its candidate", 1, _new_term, _STANDING),
            Region("votes for itself, once", 1, _votes_for_itself, _TALLY),
            Region("asks every other server", 1, _asks_everybody, _ASKED),
            Region("says how its log ends", 1, _says_how_its_log_ends, _ENDS),
        ).cases,
        picture=lambda: draw_roles("follower"),
    ),
    "2.7": Checks(
        returns=Tally,
        cases=Regions(
            SmallWorld(
                count_vote,
                _small_counts,
                _drawn_count,
                _can_be_counted,
                also_right=_a_yes_after_a_no,
                picture=_ballot_before,
            ),
            Region("does not count a vote of an older term", 1, _late_vote, _VOTES),
            Region("counts nothing when no longer a candidate", 1, _no_longer_candidate, _VOTES),
            Region("counts each server once", 1, _counts_once, _VOTES),
            Region("counts a vote", 1, _counts_yes, _VOTES),
            Region("notes a refusal", 1, _counts_no, _VOTES),
        ).cases,
        picture=_late_vote_picture,
    ),
}
