"""The cases of exercises 2.6 and 2.7: starting an election and counting its votes.

Each case asks one question of Figure 2. Terms, indexes and names are drawn, so that a table of
answers learned by heart does not help.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from raftkit.checkers import Cluster
from raftkit.course.chapters.voting.cases.granting_votes import SERVERS
from raftkit.course.checking.cases import AnswerPart, Call, Case, Checks
from raftkit.protocol import Campaign, RequestVoteResponse, Standing, Tally
from raftkit.simulator import Delay, Drop, Timeout
from raftkit.views import Picture, draw_ballot, draw_roles, space_time

# 2.6 Starting an election ----------------------------------------------------------------


def _campaign(
    random: Random,
    part: AnswerPart,
    expected: Callable[[str, tuple[str, ...], int, int, int], Any],
    why: str,
    role: str = "follower",
) -> Call:
    """One call of `start_election` by a server drawn at random, and the part that is judged.

    `expected` is called with what was drawn: the server, its peers, its term, and the index and
    term at the end of its log. A candidate has voted for itself; a follower may not have voted.
    """
    term, index = random.randint(1, 6), random.randint(1, 5)
    server = random.choice(SERVERS)
    peers = tuple(other for other in SERVERS if other != server)
    voted_for = server if role == "candidate" else random.choice((None, peers[0]))
    arguments = {
        "standing": Standing("candidate" if role == "candidate" else "follower", term, voted_for),
        "server": server,
        "peers": peers,
        "last_log_index": index,
        "last_log_term": term,
    }
    return Call(
        arguments,
        expected(server, peers, term, index, term),
        why,
        part,
        picture=lambda: draw_roles("candidate"),
    )


_STANDING = AnswerPart("campaign.standing", lambda campaign: campaign.standing)
_GRANTED = AnswerPart("campaign.tally.granted", lambda campaign: campaign.tally.granted)
# Sorted, because no rule says in which order a candidate asks.
_ASKED = AnswerPart(
    "the servers asked", lambda campaign: tuple(sorted(r.target for r in campaign.requests))
)
# A set, because another case asks which servers were asked.
_ENDS = AnswerPart(
    "(term, last_log_index, last_log_term) in the requests",
    lambda campaign: tuple(
        sorted({(r.term, r.last_log_index, r.last_log_term) for r in campaign.requests})
    ),
)


def _new_term(random: Random) -> list[Call]:
    """Judges the standing alone: role, term and vote change together or not at all."""
    why = "A candidate begins a term of its own, and its vote in it is its own (§5.2)."
    return [
        _campaign(random, _STANDING, lambda s, p, t, i, lt: Standing("candidate", t + 1, s), why)
    ]


def _votes_for_itself(random: Random) -> list[Call]:
    why = "A candidate votes for itself, and that is one vote (Figure 2, Candidates)."
    return [_campaign(random, _GRANTED, lambda s, p, t, i, lt: (s,), why)]


def _asks_everybody(random: Random) -> list[Call]:
    why = "Every other server is asked for its vote, once, and nobody else (Figure 2, Candidates)."
    return [_campaign(random, _ASKED, lambda s, p, t, i, lt: tuple(sorted(p)), why)]


def _says_how_its_log_ends(random: Random) -> list[Call]:
    """The requests carry the new term, but the log ends in an old one."""
    why = (
        "The request is of the new term, and says how the candidate's log ends, so that voters "
        "can compare it with theirs (§5.4.1)."
    )
    return [_campaign(random, _ENDS, lambda s, p, t, i, lt: ((t + 1, i, lt),), why)]


def _yet_another_term(random: Random) -> list[Call]:
    """A server that is a candidate already: no election is repeated in the same term."""
    why = "No winner in time: the next election is in the next term again (§5.2)."
    return [
        _campaign(
            random,
            _STANDING,
            lambda s, p, t, i, lt: Standing("candidate", t + 1, s),
            why,
            "candidate",
        )
    ]


# 2.7 Counting votes ----------------------------------------------------------------------

# The order in which a tally names servers does not matter.
_VOTES = AnswerPart(
    "(granted, refused), sorted,",
    lambda tally: (tuple(sorted(tally.granted)), tuple(sorted(tally.refused))),
)


def _count(
    standing: Standing, tally: Tally, response: RequestVoteResponse, expected: Tally, why: str
) -> Call:
    """One call of `count_vote`, drawn as the ballot that should come of it."""
    silent = len(SERVERS) - len(expected.granted) - len(expected.refused)
    return Call(
        {"standing": standing, "tally": tally, "response": response},
        _VOTES.of(expected),
        why,
        _VOTES,
        picture=lambda: draw_ballot(len(expected.granted), len(expected.refused), silent),
    )


def _answer(random: Random, term: int, granted: bool) -> tuple[Standing, RequestVoteResponse]:
    """A candidate of `term` and an answer to it from one of its peers."""
    voter, candidate = random.sample(SERVERS, 2)
    standing = Standing("candidate", term, candidate)
    return standing, RequestVoteResponse(voter, candidate, term, granted)


def _counts_yes(random: Random) -> list[Call]:
    """The usual case, with the candidate's own vote in the tally already."""
    standing, response = _answer(random, random.randint(2, 8), True)
    tally = Tally((response.target,))
    why = f"{response.source} voted for {response.target} in this term (§5.2)."
    return [_count(standing, tally, response, Tally((response.target, response.source)), why)]


def _counts_no(random: Random) -> list[Call]:
    """A refusal is noted as well: it may show a candidate that it can no longer win."""
    standing, response = _answer(random, random.randint(2, 8), False)
    tally = Tally((response.target,))
    why = f"{response.source} refused: it is noted, and is no vote (§5.2)."
    return [_count(standing, tally, response, Tally((response.target,), (response.source,)), why)]


def _counts_once(random: Random) -> list[Call]:
    """The network may deliver a vote twice; if messages were counted, a minority could win."""
    standing, response = _answer(random, random.randint(2, 8), True)
    tally = Tally((response.target, response.source))
    why = (
        f"{response.source}'s vote is counted already: a network may deliver a message twice, "
        "and one server is one vote (§5.2)."
    )
    return [_count(standing, tally, response, tally, why)]


def _late_vote(random: Random) -> list[Call]:
    """A vote that was given in an earlier term of the same candidate (§5.2)."""
    term = random.randint(3, 8)
    standing, response = _answer(random, term - 1, True)
    standing = Standing("candidate", term, standing.voted_for)
    tally = Tally((response.target,))
    why = (
        f"The vote was given in term {term - 1}; in term {term} {response.source} may have voted "
        "for somebody else (§5.2)."
    )
    return [_count(standing, tally, response, tally, why)]


def _no_longer_candidate(random: Random) -> list[Call]:
    """The election is over, because the server has lost or won it."""
    calls = []
    for role in ("follower", "leader"):
        term = random.randint(2, 8)
        candidate, response = _answer(random, term, True)
        standing = Standing("leader" if role == "leader" else "follower", term, candidate.voted_for)
        tally = Tally((response.target,))
        why = f"The election is over for a {role}: votes count for candidates only (§5.2)."
        calls.append(_count(standing, tally, response, tally, why))
    return calls


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
        cases=(
            Case("begins a new term as its candidate", 1, _new_term),
            Case("votes for itself, once", 1, _votes_for_itself),
            Case("asks every other server", 1, _asks_everybody),
            Case("says how its log ends", 1, _says_how_its_log_ends),
            Case("after a split vote, begins yet another term", 1, _yet_another_term),
        ),
        picture=lambda: draw_roles("follower"),
    ),
    "2.7": Checks(
        returns=Tally,
        cases=(
            Case("counts a vote", 1, _counts_yes),
            Case("notes a refusal", 1, _counts_no),
            Case("counts each server once", 1, _counts_once),
            Case("does not count a vote of an older term", 1, _late_vote),
            Case("counts nothing when no longer a candidate", 1, _no_longer_candidate),
        ),
        picture=_late_vote_picture,
    ),
}
