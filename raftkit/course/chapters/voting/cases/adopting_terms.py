"""The cases of exercises 2.4 and 2.5: later terms are adopted, requests of older terms refused.

Each case asks one question of Figure 2. Terms, indexes and names are drawn, so that a table of
answers learned by heart does not help.
"""

from random import Random
from typing import Any

from raftkit.checkers import Cluster
from raftkit.course.chapters.voting.cases.granting_votes import SERVERS, other_server
from raftkit.course.checking.cases import AnswerPart, Call, Case, Checks
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Message,
    RequestVoteRequest,
    RequestVoteResponse,
    Standing,
)
from raftkit.protocol.terms import Treatment
from raftkit.simulator import Timeout
from raftkit.views import Picture, draw_roles, space_time

# 2.4 A term from the future --------------------------------------------------------------


def _message(kind: str, term: int, random: Random) -> Message:
    """A message of `kind` in `term` between two servers; nothing else in it matters."""
    source, target = random.sample(SERVERS, 2)
    match kind:
        case "vote request":
            return RequestVoteRequest(source, target, term, 3, 1)
        case "vote":
            return RequestVoteResponse(source, target, term, False)
        case "entries":
            return AppendEntriesRequest(source, target, term, 0, 0, (), 0)
    return AppendEntriesResponse(source, target, term, False)


# What becomes of the vote is another case's question: one mistake should fail one case.
_ROLE_AND_TERM = AnswerPart("(role, current_term)", lambda new: (new.role, new.current_term))


def _adopt(
    standing: Standing,
    message: Message,
    expected: Standing,
    why: str,
    part: AnswerPart | None = None,
) -> Call:
    """One call of `adopt_term`, drawn as the role that should come of it."""
    return Call(
        {"standing": standing, "message": message},
        part.of(expected) if part else expected,
        why,
        part,
        picture=lambda: draw_roles(expected.role),
    )


def _higher_in_request(random: Random) -> list[Call]:
    """The term is adopted before the vote is decided by another rule."""
    term = random.randint(1, 6)
    message = _message("vote request", term + 1, random)
    why = (
        f"The request is of term {term + 1}, and we are still in term {term}: a higher term is "
        "adopted first, then the request is looked at (§5.1)."
    )
    new = Standing("follower", term + 1, None)
    return [_adopt(Standing("follower", term, None), message, new, why)]


def _higher_in_response(random: Random) -> list[Call]:
    """A candidate and a leader learn of a higher term from answers to their requests."""
    calls = []
    for role, kind in (("candidate", "vote"), ("leader", "entries response")):
        term = random.randint(1, 6)
        message = _message(kind, term + 2, random)
        why = (
            f"A *response* of term {term + 2} tells this {role} of term {term} that others have "
            "moved on: any message with a higher term counts (Figure 2, All servers)."
        )
        standing = Standing("leader" if role == "leader" else "candidate", term, message.target)
        new = Standing("follower", term + 2, None)
        calls.append(_adopt(standing, message, new, why, _ROLE_AND_TERM))
    return calls


def _no_vote_yet(random: Random) -> list[Call]:
    """A vote belongs to its term: kept in the next one, it would block an election."""
    term = random.randint(1, 6)
    message = _message("entries", term + 1, random)
    why = (
        f"The vote was given in term {term}. In term {term + 1} this server has not voted yet, "
        "so voted_for is None (§5.1, §5.2)."
    )
    standing = Standing("follower", term, other_server(random, message.source))
    return [_adopt(standing, message, Standing("follower", term + 1, None), why)]


def _leader_steps_down(random: Random) -> list[Call]:
    """The rule holds for leaders, too: an old leader steps down for the new one (§5.1)."""
    term = random.randint(1, 6)
    message = _message("entries", term + 1, random)
    why = (
        f"{message.source} leads term {term + 1}. Whoever discovers a higher term becomes "
        "follower, a leader too (Figure 2, All servers)."
    )
    standing = Standing("leader", term, message.target)
    new = Standing("follower", term + 1, None)
    return [_adopt(standing, message, new, why, _ROLE_AND_TERM)]


def _candidate_concedes(random: Random) -> list[Call]:
    """The role changes and the term does not, so the vote stays given."""
    term = random.randint(1, 6)
    message = _message("entries", term, random)
    why = (
        f"{message.source} has won term {term}, so the candidate becomes follower; its vote of "
        f"term {term} is given, and stays given (§5.2)."
    )
    standing = Standing("candidate", term, message.target)
    return [_adopt(standing, message, Standing("follower", term, message.target), why)]


def _nothing_new(random: Random) -> list[Call]:
    """Messages of the current and of older terms, which change nothing, for each role."""
    calls = []
    for standing_role, kind, back in (
        ("follower", "entries", 0),
        ("candidate", "vote request", 0),
        ("leader", "entries response", 0),
        ("leader", "vote request", 1),
        ("candidate", "entries", 2),
    ):
        term = random.randint(3, 7)
        message = _message(kind, term - back, random)
        voted_for = message.target if standing_role != "follower" else other_server(random)
        standing = Standing(standing_role, term, voted_for)  # type: ignore[arg-type]
        why = (
            f"A message of term {term - back} says nothing new to a {standing_role} of term "
            f"{term}: role, term and vote stay (§5.1)."
        )
        calls.append(_adopt(standing, message, standing, why))
    return calls


# 2.5 A request from the past -------------------------------------------------------------


def _treat(current_term: int, request: Any, expected: str, why: str) -> Call:
    return Call({"current_term": current_term, "request": request}, expected, why)


def _of_this_term(random: Random) -> list[Call]:
    """Both kinds of request in the current term, which is the usual case."""
    term = random.randint(2, 8)
    why = f"The request is of our own term {term}: it is looked at (Figure 2)."
    kinds = ("vote request", "entries")
    return [_treat(term, _message(kind, term, random), "process", why) for kind in kinds]


def _old_leader(random: Random) -> list[Call]:
    """A leader that was cut off and does not know that the term is over."""
    term = random.randint(2, 8)
    why = (
        f"The sender led term {term - 1}, and it is term {term}: its entries must not touch our "
        "log (Figure 2, AppendEntries 1)."
    )
    return [_treat(term, _message("entries", term - 1, random), "refuse", why)]


def _old_candidate(random: Random) -> list[Call]:
    """A candidate two terms behind, which learns the term only from the answer."""
    term = random.randint(3, 8)
    why = (
        f"The candidate asks in term {term - 2}, and it is term {term}. A refusal carries our term "
        "and brings it up to date; silence would not (Figure 2, RequestVote 1; §5.1)."
    )
    return [_treat(term, _message("vote request", term - 2, random), "refuse", why)]


def _leader_cut_off() -> Picture:
    """A leader is cut off; the others elect a new one; the old one comes back."""
    cluster = Cluster(servers=3, seed=2)
    cluster.do(Timeout("S1"))
    cluster.run(ms=15)
    cluster.partition({"S1"}, {"S2", "S3"})
    cluster.do(Timeout("S2"))
    cluster.run(ms=20)
    cluster.heal()
    cluster.run(ms=45)
    return space_time(cluster.history, title="S1 comes back with an old term")


CHECKS = {
    "2.4": Checks(
        returns=Standing,
        cases=(
            Case("adopts a higher term from a request", 1, _higher_in_request),
            Case("adopts a higher term from a response", 1, _higher_in_response),
            Case("a new term starts without a vote", 1, _no_vote_yet),
            Case("a leader steps down", 1, _leader_steps_down),
            Case(
                "a candidate concedes to its term's leader, and keeps its vote",
                1,
                _candidate_concedes,
            ),
            Case("an equal or older term changes nothing", 1, _nothing_new),
        ),
        picture=lambda: draw_roles(),
    ),
    "2.5": Checks(
        returns=Treatment,
        cases=(
            Case("processes a request of its own term", 1, _of_this_term),
            Case("refuses the entries of an old leader", 1, _old_leader),
            Case("answers an old candidate", 1, _old_candidate),
        ),
        picture=_leader_cut_off,
    ),
}
