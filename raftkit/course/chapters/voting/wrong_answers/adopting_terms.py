"""Answers about adopting terms and refusing old requests (2.4, 2.5).

Each wrong one must lose points on the case that it names; the odd but right ones lose none.
"""

from raftkit.course.wrong_answer import (
    LEADER_COMPLETENESS,
    LEADER_ELECTED,
    ONE_VOTE_PER_TERM,
    ONLY_FORWARDS,
    ROLE_TRANSITIONS,
    WASTED_WORK,
    OddAnswers,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import AppendEntriesRequest, Message, RequestVoteRequest, Standing, adopt_term
from raftkit.protocol.messages import Request

WRONG, ODD = WrongAnswers(), OddAnswers()
wrong, odd = WRONG.answer, ODD.answer


# 2.4 A term from the future ---------------------------------------------------------------


@wrong("V5", "2.4", LEADER_ELECTED, case="adopts a higher term from a request")
@thinking("First I answer the vote request, then I look at its term.")
@breaks("A higher term is adopted before the request is handled (§5.1).")
def requests_come_first(standing: Standing, message: Message) -> Standing:
    """The vote is decided in the old term, in which it may have been given already."""
    if isinstance(message, RequestVoteRequest):
        return standing
    return adopt_term(standing, message)


@wrong("V17d", "2.4", LEADER_ELECTED, case="adopts a higher term from a request")
@thinking("My term is mine: I count it up when I stand for election.")
@breaks("Any message of a higher term updates currentTerm (§5.1; Figure 2, All servers).")
def deaf_to_higher_terms(standing: Standing, message: Message) -> Standing:
    """Servers whose terms differ cannot vote for each other, so nobody wins."""
    return standing


@wrong("V17", "2.4", WASTED_WORK, case="adopts a higher term from a response")
@thinking("Terms travel with requests.")
@breaks("A higher term in a response counts as well (Figure 2, All servers).")
def replies_are_only_replies(standing: Standing, message: Message) -> Standing:
    """A leader that was cut off hears the new term from all its followers and leads on."""
    if not isinstance(message, RequestVoteRequest | AppendEntriesRequest):
        return standing
    return adopt_term(standing, message)


@wrong("V4", "2.4", LEADER_ELECTED, case="a new term starts without a vote")
@thinking("I have voted, and a vote is a vote.")
@breaks("A vote belongs to its term; a new term begins without one (§5.1).")
def a_vote_is_for_ever(standing: Standing, message: Message) -> Standing:
    """A server that has voted once never votes for another, and soon no candidate can win."""
    new = adopt_term(standing, message)
    return Standing(new.role, new.current_term, standing.voted_for)


@wrong("V18", "2.4", ROLE_TRANSITIONS, case="a leader steps down")
@thinking("I was elected, so I lead the new term too.")
@breaks("A leader that discovers a higher term becomes follower (§5.1).")
def once_a_leader(standing: Standing, message: Message) -> Standing:
    """Two leaders of one term, of which one was never elected."""
    new = adopt_term(standing, message)
    return Standing("leader", new.current_term, None) if standing.role == "leader" else new


@wrong(
    "V16", "2.4", WASTED_WORK, case="a candidate concedes to its term's leader, and keeps its vote"
)
@thinking("Only a higher term makes me give up.")
@breaks("A candidate that hears from its term's leader becomes follower (§5.2).")
def never_concedes(standing: Standing, message: Message) -> Standing:
    """The candidate goes on with elections and unseats a leader that all others follow."""
    return adopt_term(standing, message) if message.term > standing.current_term else standing


@wrong(
    "V2",
    "2.4",
    ONE_VOTE_PER_TERM,
    case="a candidate concedes to its term's leader, and keeps its vote",
)
@thinking("Stepping down means starting afresh as a follower.")
@breaks("The vote of a term is kept as long as the term lasts (§5.2).")
def fresh_follower(standing: Standing, message: Message) -> Standing:
    """Steps down by making a new follower, which forgets the vote of the term."""
    new = adopt_term(standing, message)
    if new.role == "follower" and standing.role != "follower":
        return Standing("follower", message.term, None)
    return new


@wrong("V19", "2.4", ONLY_FORWARDS, case="an equal or older term changes nothing")
@thinking("The message knows the right term.")
@breaks("Terms only increase (§5.1).")
def always_follows_the_message(standing: Standing, message: Message) -> Standing:
    """A late message takes the server back to a term in which it has voted."""
    if message.term != standing.current_term:
        return Standing("follower", message.term, None)
    return adopt_term(standing, message)


@odd("O6", "2.4", style="named conditions, always a new value")
def by_cases(standing: Standing, message: Message) -> Standing:
    behind = standing.current_term < message.term
    beaten = (
        standing.current_term == message.term
        and type(message) is AppendEntriesRequest
        and standing.role == "candidate"
    )
    if not (behind or beaten):
        return Standing(standing.role, standing.current_term, standing.voted_for)
    return Standing("follower", message.term, standing.voted_for if beaten else None)


@wrong("V16b", "2.4", WASTED_WORK, case="an equal or older term changes nothing")
@thinking("AppendEntries comes from a leader, and a candidate concedes to a leader.")
@breaks("Only the leader of its own term, or of a later one, ends an election (§5.2).")
def concedes_to_anybody(standing: Standing, message: Message) -> Standing:
    if standing.role == "candidate" and isinstance(message, AppendEntriesRequest):
        return Standing("follower", max(standing.current_term, message.term), standing.voted_for)
    return adopt_term(standing, message)


# 2.5 A request from the past --------------------------------------------------------------


@wrong("V20", "2.5", LEADER_COMPLETENESS, case="refuses the entries of an old leader")
@thinking("AppendEntries comes from the leader, and the leader is right.")
@breaks("Entries of an older term are refused (Figure 2, AppendEntries 1).")
def every_leader_is_a_leader(current_term: int, request: Request) -> str:
    """Takes entries from a leader that was replaced, and drops those of the new one for them."""
    if isinstance(request, AppendEntriesRequest):
        return "process"
    return "refuse" if request.term < current_term else "process"


@wrong("V21", "2.5", WASTED_WORK, case="answers an old candidate")
@thinking("An old request needs no answer.")
@breaks("A refusal carries the term that makes the sender step down (§5.1).")
def silence_is_golden(current_term: int, request: Request) -> str:
    """An old leader is never told, and goes on taking commands that it cannot commit."""
    return "ignore" if request.term < current_term else "process"


@wrong("V21b", "2.5", LEADER_ELECTED, case="processes a request of its own term")
@thinking("Only a new term is worth a look.")
@breaks("A request of the current term is processed (Figure 2).")
def own_term_is_old(current_term: int, request: Request) -> str:
    """Refuses its own leader's entries and every vote of the current term."""
    return "process" if request.term > current_term else "refuse"


@odd("O7", "2.5", style="a table of answers")
def at_least_as_new(current_term: int, request: Request) -> str:
    return {True: "process", False: "refuse"}[current_term <= request.term]
