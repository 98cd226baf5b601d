"""The cases of exercises 2.4 and 2.5: later terms are adopted, requests of older terms refused.

Of a message only its kind, its term and its source matter to these rules, so the small worlds
have one message of each kind in each term, of servers with empty logs; drawn ones tell of more.
"""

from collections.abc import Iterator
from random import Random

from raftkit.checkers import Cluster
from raftkit.course.checking.cases import Checks
from raftkit.course.checking.small_world import Arguments, Region, Regions, SmallWorld
from raftkit.course.small_values import OTHER, OWN, standings
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Entry,
    Message,
    RequestVoteRequest,
    RequestVoteResponse,
    Standing,
    adopt_term,
    treat_request,
)
from raftkit.protocol.messages import Request
from raftkit.protocol.terms import Treatment
from raftkit.simulator import Timeout
from raftkit.views import Picture, draw_roles, space_time


def _messages(source: str, target: str, term: int) -> Iterator[Message]:
    """One message of each kind in this term, and both answers of each response."""
    yield from _requests(source, target, term)
    for yes in (False, True):
        yield RequestVoteResponse(source, target, term, yes)
        yield AppendEntriesResponse(source, target, term, yes)


def _requests(source: str, target: str, term: int) -> tuple[Request, ...]:
    """A request of each kind; all but its term does not matter here."""
    return (
        RequestVoteRequest(source, target, term, 0, 0),
        AppendEntriesRequest(source, target, term, 0, 0, (), 0),
    )


def _full_requests(source: str, target: str, term: int) -> tuple[Request, ...]:
    """Requests of servers with entries in their logs: with a new one, and a heartbeat."""
    return (
        RequestVoteRequest(source, target, term, 7, term - 1),
        AppendEntriesRequest(source, target, term, 7, term - 1, (Entry(term, "x=1"),), 6),
        AppendEntriesRequest(source, target, term, 7, term, (), 7),
    )


# 2.4 A term from the future --------------------------------------------------------------


def _small_calls() -> Iterator[Arguments]:
    """Every standing in terms 0 to 3, and each kind of message in terms 1 to 4."""
    for standing in (Standing(), *standings(terms=(1, 2, 3))):
        for term in (1, 2, 3, 4):
            yield from ((standing, message) for message in _messages(OTHER, OWN, term))


def _drawn_call(random: Random) -> Arguments:
    """A standing in a late term, and a message of about that term."""
    source, target, another = random.sample(("S1", "S2", "S3", "S4", "S5"), 3)
    term = random.randint(5, 12)
    standing = random.choice(
        (
            Standing("follower", term, random.choice((None, source, target, another))),
            Standing("candidate", term, target),
            Standing("leader", term, target),
        )
    )
    of_term = term + random.choice((-3, -1, 0, 0, 0, 1, 3, 1_000))
    full = _full_requests(source, target, of_term)
    success = AppendEntriesResponse(source, target, of_term, True, 7, 6)
    refusal = AppendEntriesResponse(source, target, of_term, False, 0, 7, of_term - 1, 4)
    empty = random.choice(tuple(_messages(source, target, of_term)))
    return standing, random.choice((*full, *full, success, refusal, empty))


def _can_happen(standing: Standing, message: Message) -> bool:
    """A leader hears of no other in its term, and answers go to servers that have asked.

    A yes is of the term that was asked in, so none is of a later term, and one of the current term
    goes to the server that stood in it, whatever its role is now. A no is of the term of the server
    that says it.
    """
    if isinstance(message, AppendEntriesRequest):
        return standing.role != "leader" or message.term != standing.current_term
    if isinstance(message, RequestVoteRequest):
        return True
    has_stood = standing.voted_for == message.target
    yes = message.vote_granted if isinstance(message, RequestVoteResponse) else message.success
    if yes and message.term >= standing.current_term:
        return has_stood and message.term == standing.current_term
    return has_stood or standing.current_term > 1


def _role_before(returned: Standing, right: Standing, standing: Standing, _: Message) -> Picture:
    return draw_roles(standing.role)


def _leader_steps_down(standing: Standing, message: Message) -> str | None:
    if standing.role != "leader" or message.term <= standing.current_term:
        return None
    return (
        f"{message.source} knows of term {message.term}, and this server leads term "
        f"{standing.current_term}. Every server that discovers a higher term becomes follower and "
        "has not voted in it yet, a leader too (Figure 2, All servers)."
    )


def _higher_in_response(standing: Standing, message: Message) -> str | None:
    """Answers of earlier requests may reach a server in any role."""
    if message.term <= standing.current_term or isinstance(message, Request):
        return None
    return (
        f"A *response* of term {message.term} tells this {standing.role} of term "
        f"{standing.current_term} that others have moved on: any message with a higher term counts "
        "(Figure 2, All servers)."
    )


def _no_vote_yet(standing: Standing, message: Message) -> str | None:
    """A vote belongs to its term: kept in the next one, it would block an election."""
    if message.term <= standing.current_term or standing.voted_for is None:
        return None
    return (
        f"The vote was given in term {standing.current_term}. In term {message.term} this server "
        "has not voted yet, so voted_for is None; and its role is follower (§5.1, §5.2)."
    )


def _higher_in_request(standing: Standing, message: Message) -> str | None:
    """The term is adopted before the vote is decided by another rule."""
    if message.term <= standing.current_term:
        return None
    return (
        f"The request is of term {message.term}, and we are still in term {standing.current_term}: "
        "a higher term is adopted first, then the request is looked at (§5.1)."
    )


def _candidate_concedes(standing: Standing, message: Message) -> str | None:
    """The role changes and the term does not, so the vote stays given."""
    if (standing.role, standing.current_term) != ("candidate", message.term):
        return None
    if not isinstance(message, AppendEntriesRequest):
        return None
    return (
        f"{message.source} has won term {message.term}, so the candidate becomes follower; its "
        f"vote of term {message.term} is given, and stays given (§5.2)."
    )


def _nothing_new(standing: Standing, message: Message) -> str | None:
    return (
        f"This message of term {message.term} says nothing new to a {standing.role} of term "
        f"{standing.current_term}: role, term and vote stay (§5.1)."
    )


# 2.5 A request from the past -------------------------------------------------------------


def _small_requests() -> Iterator[Arguments]:
    """Both kinds of request in terms 1 to 4."""
    for current_term in (1, 2, 3, 4):
        for term in (1, 2, 3, 4):
            yield from ((current_term, request) for request in _requests(OTHER, OWN, term))


def _drawn_request(random: Random) -> Arguments:
    source, target = random.sample(("S1", "S2", "S3", "S4", "S5"), 2)
    term = random.randint(5, 20)
    current_term = term + random.choice((0, 0, 1, random.randint(2, 9), 1_000))
    requests = (*_requests(source, target, term), *_full_requests(source, target, term))
    return current_term, random.choice(requests)


def _of_this_term(current_term: int, request: Request) -> str | None:
    if request.term != current_term:
        return None
    return f"The request is of our own term {current_term}: it is looked at (Figure 2)."


def _old_leader(current_term: int, request: Request) -> str | None:
    """A leader that was cut off and does not know that the term is over."""
    if not isinstance(request, AppendEntriesRequest):
        return None
    return (
        f"The sender led term {request.term}, and it is term {current_term}: its entries must not "
        "touch our log, and only an answer tells it that its time is over (Figure 2, "
        "AppendEntries 1; §5.1)."
    )


def _old_candidate(current_term: int, request: Request) -> str | None:
    return (
        f"The candidate asks in term {request.term}, and it is term {current_term}. A refusal "
        "carries our term and brings it up to date; silence would not (Figure 2, RequestVote 1; "
        "§5.1)."
    )


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
        cases=Regions(
            SmallWorld(adopt_term, _small_calls, _drawn_call, _can_happen, picture=_role_before),
            Region("a leader steps down", 1, _leader_steps_down),
            Region("adopts a higher term from a response", 1, _higher_in_response),
            Region("a new term starts without a vote", 1, _no_vote_yet),
            Region("adopts a higher term from a request", 1, _higher_in_request),
            Region(
                "a candidate concedes to its term's leader, and keeps its vote",
                1,
                _candidate_concedes,
            ),
            Region("an equal or older term changes nothing", 1, _nothing_new),
        ).cases,
        picture=lambda: draw_roles(),
    ),
    "2.5": Checks(
        returns=Treatment,
        cases=Regions(
            SmallWorld(
                treat_request,
                _small_requests,
                _drawn_request,
                # A higher term has been adopted before.
                can_happen=lambda current_term, request: request.term <= current_term,
            ),
            Region("processes a request of its own term", 1, _of_this_term),
            Region("refuses the entries of an old leader", 1, _old_leader),
            Region("answers an old candidate", 1, _old_candidate),
        ).cases,
        picture=_leader_cut_off,
    ),
}
