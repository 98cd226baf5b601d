"""Answers about which messages would be true after a crash (Figure 2, State): wrong and odd ones.

Each wrong one forgets something that another server relies on.
"""

from raftkit.course.chapters.storage.cases.promises import keeps_its_word
from raftkit.course.wrong_answer import CONTRACT, OddAnswers, WrongAnswers, breaks, thinking
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Message,
    Persistent,
    RequestVoteRequest,
    RequestVoteResponse,
)

WRONG, ODD = WrongAnswers(), OddAnswers()
wrong, odd = WRONG.answer, ODD.answer


def _vote_kept(durable: Persistent, message: Message, votes_for: str) -> bool:
    return (durable.current_term, durable.voted_for) == (message.term, votes_for)


@wrong("P26", "5.4", CONTRACT, case="a vote is on the voter's disk")
@thinking("The disk says for whom it voted; that is the vote.")
@breaks("A vote belongs to a term (§5.2; Figure 2, State).")
def vote_without_its_term(durable: Persistent, message: Message) -> bool:
    """It takes a vote of an older term for the vote that was just given."""
    if isinstance(message, RequestVoteResponse) and message.vote_granted:
        return durable.voted_for == message.target
    return keeps_its_word(durable, message)


@wrong("P27", "5.4", CONTRACT, case="a vote is on the voter's disk")
@thinking("The term is on the disk, so the vote in it is safe.")
@breaks("votedFor is persistent as well (Figure 2, State).")
def term_will_do(durable: Persistent, message: Message) -> bool:
    """A term without its vote leaves the vote free."""
    if isinstance(message, RequestVoteResponse):
        return durable.current_term >= message.term
    return keeps_its_word(durable, message)


@wrong("P28", "5.4", CONTRACT, case="a candidate's own vote is on its disk")
@thinking("A request asks something; only an answer can be a lie.")
@breaks("A candidate's request says that it voted for itself (§5.2; Figure 2, Candidates).")
def candidates_promise_nothing(durable: Persistent, message: Message) -> bool:
    """As in P18, a candidate's own vote is lost."""
    return isinstance(message, RequestVoteRequest) or keeps_its_word(durable, message)


@wrong("P29", "5.4", CONTRACT, case="what is acknowledged is on the follower's disk")
@thinking("Entries get written when they are committed; until then nobody needs them.")
@breaks("An acknowledged entry is on stable storage (§5.3; Figure 2, State).")
def acknowledgements_promise_nothing(durable: Persistent, message: Message) -> bool:
    """As in P14, a majority acknowledges from memory, and after a crash no server has the entry."""
    return isinstance(message, AppendEntriesResponse) or keeps_its_word(durable, message)


@wrong("P30", "5.4", CONTRACT, case="what a leader sends is on its own disk")
@thinking("A leader only passes on what it was asked to.")
@breaks("A leader counts itself among those that hold an entry (§5.3; Figure 2, Leaders).")
def leaders_promise_nothing(durable: Persistent, message: Message) -> bool:
    """As in P17, the leader's own copy is only in memory, and counted all the same."""
    return isinstance(message, AppendEntriesRequest) or keeps_its_word(durable, message)


@wrong("P31", "5.4", CONTRACT, case="a refusal promises nothing")
@thinking("An answer to a candidate is about the vote, so the vote must be on the disk.")
@breaks("A refusal gives no vote, so there is none to be remembered (§5.2).")
def refusals_promise_as_well(durable: Persistent, message: Message) -> bool:
    """It would delay messages that are true in any case."""
    if isinstance(message, RequestVoteResponse):
        return _vote_kept(durable, message, message.target)
    return keeps_its_word(durable, message)


@odd("O91", "5.4", style="one condition for each kind of message, all of them true")
def all_conditions(durable: Persistent, message: Message) -> bool:
    vote, log = (durable.current_term, durable.voted_for), durable.log
    is_vote = isinstance(message, RequestVoteResponse) and message.vote_granted
    return all(
        (
            not is_vote or vote == (message.term, message.target),
            not isinstance(message, RequestVoteRequest) or vote == (message.term, message.source),
            getattr(message, "match_index", 0) <= log.last_index,
            len(getattr(message, "entries", ())) + getattr(message, "prev_log_index", 0)
            <= log.last_index
            or not isinstance(message, AppendEntriesRequest),
        )
    )
