"""Answers about granting votes (2.3).

Each wrong one must lose points on the case that it names; the odd but right ones lose none.
"""

from raftkit.course.chapters.nemesis import broken_rafts
from raftkit.course.wrong_answer import (
    CONTRACT,
    LEADER_COMPLETENESS,
    LEADER_ELECTED,
    ONE_VOTE_PER_TERM,
    WASTED_WORK,
    OddAnswers,
    Told,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import RequestVoteRequest, Standing, should_grant_vote

WRONG, ODD = WrongAnswers(), OddAnswers()
wrong, odd = WRONG.answer, ODD.answer


# 2.3 Who deserves a vote? -----------------------------------------------------------------


wrong("V1", "2.3", ONE_VOTE_PER_TERM, case="refuses a second candidate in the same term")(
    Told(
        broken_rafts.votes_for_everybody,
        thinking="A candidate with a good log deserves my vote.",
        breaks="A server votes for at most one candidate in a term (§5.2).",
    )
)


@wrong("V6", "2.3", LEADER_COMPLETENESS, case="refuses a candidate whose log is behind")
@thinking("First come, first served.")
@breaks("The candidate's log must be at least as up-to-date (§5.4.1).")
def any_log_will_do(standing: Standing, request: RequestVoteRequest, up_to_date: bool) -> bool:
    """A server without the committed entries can win, and overwrites them on the others."""
    return should_grant_vote(standing, request, up_to_date=True)


@wrong("V22", "2.3", ONE_VOTE_PER_TERM, case="a candidate or leader has given its vote to itself")
@thinking("Only followers have voted for somebody.")
@breaks("A candidate has given its vote to itself (§5.2).")
def leaders_vote_too(standing: Standing, request: RequestVoteRequest, up_to_date: bool) -> bool:
    """A candidate that helps a rival still counts its own vote: one server, two votes."""
    free = standing.voted_for in (None, request.source) or standing.role != "follower"
    return request.term >= standing.current_term and up_to_date and free


@wrong("V23", "2.3", WASTED_WORK, case="grants the same candidate again")
@thinking("I have voted already.")
@breaks("votedFor may be the candidate: an answer can get lost (Figure 2, RequestVote 2).")
def never_twice(standing: Standing, request: RequestVoteRequest, up_to_date: bool) -> bool:
    """A candidate whose answer was lost asks in vain, and the term goes by without a leader."""
    return request.term >= standing.current_term and standing.voted_for is None and up_to_date


@wrong("V3", "2.3", CONTRACT, case="refuses a candidate of an older term")
@thinking("A free vote and a good log are all it takes.")
@breaks("A request of an older term is refused (Figure 2, RequestVote 1).")
def any_term_will_do(standing: Standing, request: RequestVoteRequest, up_to_date: bool) -> bool:
    """Gives this term's vote to a request of the last one, and lacks it when it is asked."""
    return standing.voted_for in (None, request.source) and up_to_date


@wrong("V10", "2.3", LEADER_ELECTED, case="grants the first request of a new term")
@thinking("A new election has a term higher than mine.")
@breaks("The term has been adopted when the vote is decided (Figure 2, All servers).")
def higher_terms_only(standing: Standing, request: RequestVoteRequest, up_to_date: bool) -> bool:
    """The term has been adopted by then, so no request is ever higher, and nobody is elected."""
    return request.term > standing.current_term and up_to_date


@odd("O4", "2.3", style="early returns")
def early_returns(standing: Standing, request: RequestVoteRequest, up_to_date: bool) -> bool:
    if not up_to_date:
        return False
    if standing.current_term > request.term:
        return False
    if standing.voted_for is None:
        return True
    return standing.voted_for == request.source


@odd("O5", "2.3", style="truth values that are no bool")
def truthy(standing: Standing, request: RequestVoteRequest, up_to_date: bool) -> object:
    """Returns numbers, which Python takes for true or false."""
    candidates = [name for name in (None, request.source) if name == standing.voted_for]
    return len(candidates) if up_to_date and request.term >= standing.current_term else 0
