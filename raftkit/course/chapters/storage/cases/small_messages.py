"""Every small message that a server may send, for the exercises about what it promises.

Which of them promise something is not known here.
"""

from collections.abc import Iterator
from itertools import product
from random import Random

from raftkit.course.small_values import OTHER, OWN, SERVERS, small_ends, small_logs
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Entry,
    Message,
    RequestVoteRequest,
    RequestVoteResponse,
)

_LONGEST, _TERMS = 3, 3


def small_messages(source: str = OWN, target: str = OTHER) -> list[Message]:
    """Messages of terms 1 to 3 about indexes up to 3.

    >>> small_messages()[0]
    RequestVoteResponse(source='S1', target='S2', term=1, vote_granted=False)
    """
    terms = range(1, _TERMS + 1)
    messages = (message for term in terms for message in _of_term(source, target, term))
    return list(filter(could_be_sent, messages))


def _of_term(source: str, target: str, term: int) -> Iterator[Message]:
    for granted in (False, True):
        yield RequestVoteResponse(source, target, term, granted)
    for last_term, last_index in small_ends(term - 1, _LONGEST):
        yield RequestVoteRequest(source, target, term, last_index, last_term)
    for index in range(_LONGEST + 1):
        yield from _answers(source, target, term, index)
    for (prev_term, index), log, leader_commit in product(
        small_ends(term, _LONGEST), small_logs(2, term), range(_LONGEST + 1)
    ):
        yield AppendEntriesRequest(
            source, target, term, index, prev_term, log.entries(), leader_commit
        )


def _answers(source: str, target: str, term: int, index: int) -> Iterator[AppendEntriesResponse]:
    """Every answer to a request whose entries follow an index."""
    for match_index in range(index, _LONGEST + 1):
        yield AppendEntriesResponse(source, target, term, True, match_index, index)
    # The request is of an older term; or the follower has another entry there, or none.
    yield AppendEntriesResponse(source, target, term, False, 0, index)
    for conflict_term, first in product(range(term), range(1, index + 1)):
        yield AppendEntriesResponse(source, target, term, False, 0, index, conflict_term, first)


def drawn_message(random: Random) -> Message:
    """A message of a late term."""
    source, target = random.sample(SERVERS, 2)
    term, index = random.randint(4, 12), random.randint(4, 9)
    last_term = term - random.randint(1, 3)
    entries = (Entry(term, f"x={index}"),) * random.choice((0, 1, 2, 40))
    # The others may have more than a request holds, and than the leader's own disk has yet.
    committed = index + random.choice((-1, 0, 60))
    return random.choice(
        (
            RequestVoteResponse(source, target, term, random.random() < 0.5),
            RequestVoteRequest(source, target, term, index, last_term),
            AppendEntriesResponse(source, target, term, True, index, index - 1),
            AppendEntriesResponse(source, target, term, False, 0, index, last_term, index - 2),
            AppendEntriesRequest(source, target, term, index, last_term, entries, committed),
        )
    )


def could_be_sent(message: Message) -> bool:
    """Whether a server may send this: it knows of no entry of a later term than its own.

    A candidate's term is later than that of any entry in its log.
    """
    if message.term < 1:
        return False
    match message:
        case RequestVoteRequest(term=term, last_log_term=last_term, last_log_index=last_index):
            return last_term < term and (last_term == 0) == (last_index == 0)
        case AppendEntriesRequest(prev_log_term=prev_log_term, prev_log_index=prev_log_index):
            terms = [prev_log_term, *(entry.term for entry in message.entries), message.term]
            return terms == sorted(terms) and (prev_log_term == 0) == (prev_log_index == 0)
        case AppendEntriesResponse(success=True):
            return message.match_index >= message.prev_log_index
        case AppendEntriesResponse():
            return message.match_index == 0 and message.conflict_term < message.term
    return True
