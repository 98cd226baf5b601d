"""The cases of exercises 2.3 to 2.5: votes and terms.

Each case asks one question of Figure 2. Terms, indexes and names are drawn, so that a table of
answers learned by heart does not help.
"""

from random import Random
from typing import Any

from raftkit.course.checking.cases import AnswerPart, Call, Case, Checks
from raftkit.course.pictures import leader_cut_off, log_ending, two_candidates
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Message,
    RequestVoteRequest,
    RequestVoteResponse,
    Standing,
)
from raftkit.protocol.terms import Treatment
from raftkit.views import Picture, draw_logs, draw_roles

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


def _other(random: Random, *names: str) -> str:
    """A server that is none of `names`."""
    return random.choice([server for server in SERVERS if server not in names])


def _first_request(random: Random) -> list[Call]:
    """The vote is free and the log good: the one case in which everything speaks for a yes."""
    term = random.randint(2, 8)
    request = _request(random, term)
    why = (
        f"{request.target} has not voted in term {term}, and the candidate's log is up-to-date "
        "enough (Figure 2, RequestVote 2)."
    )
    return [_vote(Standing("follower", term, None), request, True, True, why)]


def _same_candidate(random: Random) -> list[Call]:
    """The answer may have been lost, so the candidate asks again; no second vote is given by it."""
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
    first = _other(random, request.source, request.target)
    why = (
        f"{request.target} voted for {first} in term {term}, and a server votes for at most one "
        "candidate in a term (§5.2)."
    )
    return [_vote(Standing("follower", term, first), request, True, False, why)]


def _own_vote(random: Random) -> list[Call]:
    """Whoever is candidate or leader has voted, for itself; roles need no rule of their own."""
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
    """The voter's log is longer: what it has more may be committed (§5.4.1)."""
    term = random.randint(2, 8)
    request = _request(random, term)
    why = (
        f"{request.source}'s log is behind {request.target}'s: as leader it could lack entries "
        "that are committed (§5.4.1)."
    )
    return [_vote(Standing("follower", term, None), request, False, False, why)]


def _older_term(random: Random) -> list[Call]:
    """The vote is free in this term, but the request is of the one before."""
    term = random.randint(2, 8)
    request = _request(random, term - 1)
    why = f"The request is of term {term - 1}, and it is term {term} (Figure 2, RequestVote 1)."
    return [_vote(Standing("follower", term, None), request, True, False, why)]


# 2.4 A term from the future --------------------------------------------------------------


def _message(kind: str, term: int, random: Random) -> Message:
    """A message of `kind` in `term` between two servers; nothing else in it counts."""
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
    """The term is adopted before the vote is decided, which is another exercise's rule."""
    term = random.randint(1, 6)
    message = _message("vote request", term + 1, random)
    why = (
        f"The request is of term {term + 1}, and we are still in term {term}: a higher term is "
        "adopted first, then the request is looked at (§5.1)."
    )
    new = Standing("follower", term + 1, None)
    return [_adopt(Standing("follower", term, None), message, new, why)]


def _higher_in_response(random: Random) -> list[Call]:
    """A term is news wherever it stands: two roles hear of it in answers to what they asked."""
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
    """A vote belongs to its term: kept into the next one, it would block a rightful election."""
    term = random.randint(1, 6)
    message = _message("entries", term + 1, random)
    why = (
        f"The vote was given in term {term}. In term {term + 1} this server has not voted yet, "
        "so voted_for is None (§5.1, §5.2)."
    )
    standing = Standing("follower", term, _other(random, message.source))
    return [_adopt(standing, message, Standing("follower", term + 1, None), why)]


def _leader_steps_down(random: Random) -> list[Call]:
    """Nobody is above the rule: an old leader must make way for the new one (§5.1)."""
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
    """The trap: the role changes and the term does not, so the vote is not free again."""
    term = random.randint(1, 6)
    message = _message("entries", term, random)
    why = (
        f"{message.source} has won term {term}, so the candidate becomes follower; its vote of "
        f"term {term} is given, and stays given (§5.2)."
    )
    standing = Standing("candidate", term, message.target)
    return [_adopt(standing, message, Standing("follower", term, message.target), why)]


def _nothing_new(random: Random) -> list[Call]:
    """Messages from which nothing follows, for each role: an equal term, and one of the past."""
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
        voted_for = message.target if standing_role != "follower" else _other(random)
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
    """Both kinds of request in the current term, which is the everyday case."""
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
    """Two terms behind: it needs the answer, because only there it learns how late it is."""
    term = random.randint(3, 8)
    why = (
        f"The candidate asks in term {term - 2}, and it is term {term}. A refusal carries our term "
        "and brings it up to date; silence would not (Figure 2, RequestVote 1; §5.1)."
    )
    return [_treat(term, _message("vote request", term - 2, random), "refuse", why)]


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
        picture=two_candidates,
    ),
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
        picture=leader_cut_off,
    ),
}
