"""The cases of exercise 5.4: which messages would still be true after a crash (Figure 2, State).

The answer is no rule: it judges a server from outside, by its disk and by a message. Every small
message is asked about, with every small disk that its sender may have.
"""

from collections.abc import Callable, Iterator
from itertools import product
from random import Random

from raftkit.course.chapters.storage.cases.small_messages import (
    could_be_sent,
    drawn_message,
    small_messages,
)
from raftkit.course.chapters.storage.cases.writing import could_be_a_disk, small_disks
from raftkit.course.checking.cases import Checks
from raftkit.course.checking.small_world import Arguments, Region, Regions, SmallWorld
from raftkit.course.small_values import OTHER, OWN
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Log,
    Message,
    Persistent,
    RequestVoteRequest,
    RequestVoteResponse,
)
from raftkit.views import Picture, draw_storage
from raftkit.views.descriptions import message_in_words


def keeps_its_word(durable: Persistent, message: Message) -> bool:
    """Whether `message` would still be true if its sender crashed now, with `durable` on disk."""
    in_this_term = durable.current_term == message.term
    match message:
        case RequestVoteResponse(vote_granted=True):
            return in_this_term and durable.voted_for == message.target
        case RequestVoteRequest():
            return in_this_term and durable.voted_for == message.source
        case AppendEntriesResponse(success=True):
            return durable.log.last_index >= message.match_index
        case AppendEntriesRequest():
            last = message.prev_log_index + len(message.entries)
            return durable.log.last_index >= last
    return True


# What is asked ---------------------------------------------------------------------------


def _small_calls() -> Iterator[Arguments]:
    """Every small message, and every small disk; few commit indexes, which do not matter here."""
    return product(
        small_disks(longest=4, voters=(OWN, OTHER)), filter(_has_a_plain_commit, small_messages())
    )


def _has_a_plain_commit(message: Message) -> bool:
    """Whether a request has the commit index 0, or one beyond the entries of a leader's first."""
    if not isinstance(message, AppendEntriesRequest) or message.leader_commit == 0:
        return True
    return message.prev_log_index == 0 and message.leader_commit == 3


def _drawn_call(random: Random) -> Arguments:
    """A message of a late term, and a disk whose log ends near what it is about."""
    message = drawn_message(random)
    voted_for = random.choice((None, message.source, message.source, message.target))
    terms = [message.term - 3] * random.randint(3, 12)
    log = Log.of_terms(*terms)
    match message:
        case RequestVoteRequest(last_log_term=last_term, last_log_index=last_index):
            log = Log.of_terms(*terms[:1] * (last_index - 1), last_term)
        case AppendEntriesRequest(prev_log_term=prev_term, prev_log_index=index, entries=entries):
            log = Log.of_terms(*terms[:1] * (index - 1), prev_term).extend(entries)
            log = log.prefix(random.randint(index, log.last_index))
    return Persistent(message.term - random.choice((0, 0, 1)), voted_for, log), message


def _can_happen(durable: Persistent, message: Message) -> bool:
    """Whether a server with this disk may say so, even one that does not keep to 5.2.

    Its disk may lag behind in its vote and term, or in its last entries. But a candidate, whose
    log is not new, has it on its disk; and whoever speaks of entries has written its term before,
    a leader its own vote too, and what it holds of the entries is the same as in the message.
    """
    if not (could_be_a_disk(durable) and could_be_sent(message)):
        return False
    log = durable.log
    match message:
        case RequestVoteRequest(last_log_term=last_term, last_log_index=last_index):
            said = (last_term, last_index)
            return durable.current_term <= message.term and (log.last_term, log.last_index) == said
        case RequestVoteResponse():
            return durable.current_term <= message.term
        case AppendEntriesRequest(prev_log_index=index, entries=entries):
            if (durable.current_term, durable.voted_for) != (message.term, message.source):
                return False
            held = log.entries(index + 1, index + len(entries))
            return (
                index <= log.last_index
                and log.term_at(index) == message.prev_log_term
                and held == entries[: len(held)]
            )
    return durable.current_term == message.term


def _senders_disk(returned: bool, right: bool, durable: Persistent, message: Message) -> Picture:
    return draw_storage(None, durable, title=f"The disk of {message.source}")


# Why -------------------------------------------------------------------------------------


def _vote(durable: Persistent, message: Message) -> str | None:
    """The disk may hold the vote, or none, another one, or one of an old term."""
    if not isinstance(message, RequestVoteResponse) or not message.vote_granted:
        return None
    voter, candidate, term = message.source, message.target, message.term
    if keeps_its_word(durable, message):
        return (
            f"{voter}'s disk says that it voted for {candidate} in term {term} (Figure 2, State)."
        )
    if durable.voted_for == candidate:
        return (
            f"{voter}'s disk names {candidate}, but in term {durable.current_term}, and the vote "
            f"that it tells of is of term {term}. After a crash it could vote again there (§5.2; "
            "Figure 2, State)."
        )
    return (
        f"{voter} tells {candidate} that it has its vote of term {term}. After a crash its disk "
        "does not say so, and it could vote again (§5.2; Figure 2, State)."
    )


def _candidate(durable: Persistent, message: Message) -> str | None:
    """A candidate has voted for itself, which must be on its disk."""
    if not isinstance(message, RequestVoteRequest):
        return None
    candidate, term = message.source, message.term
    if keeps_its_word(durable, message):
        return f"{candidate}'s disk says that it voted for itself in term {term} (§5.2)."
    if durable.voted_for == candidate:
        return (
            f"{candidate}'s disk holds a vote for itself, but in term {durable.current_term}. It "
            f"asks in term {term}, and after a crash it could vote for another one there (§5.2)."
        )
    return (
        f"A server that asks for votes in term {term} has voted for itself in it. After a crash "
        f"{candidate}'s disk does not say so, and it could vote for another one (§5.2)."
    )


def _acknowledged(durable: Persistent, message: Message) -> str | None:
    """The disk may have all entries that are acknowledged, or more, or fewer."""
    if not isinstance(message, AppendEntriesResponse) or not message.success:
        return None
    follower, last, index = message.source, durable.log.last_index, message.match_index
    if keeps_its_word(durable, message):
        return (
            f"{follower}'s disk ends at {last}, so it holds all that is acknowledged: entries up "
            f"to {index} (§5.3; Figure 2, State)."
        )
    return (
        f"{follower} acknowledges entries up to {index}, and its disk ends at {last}: the leader "
        "would count a copy that a crash takes away (§5.3; Figure 2, State)."
    )


def _leader(durable: Persistent, message: Message) -> str | None:
    """A leader that sends entries counts itself as a server that stores them."""
    if not isinstance(message, AppendEntriesRequest):
        return None
    leader, held = message.source, durable.log.last_index
    last = message.prev_log_index + len(message.entries)
    if not message.entries:
        return f"{leader} sends no entries, so it claims to hold none (§5.3)."
    if keeps_its_word(durable, message):
        return (
            f"{leader} counts itself, and its disk holds what it sends, up to {last}: it ends at "
            f"{held} (§5.3; Figure 2, State)."
        )
    return (
        f"{leader} sends entries up to {last} and counts itself as one that holds them (4.1); its "
        f"disk ends at {held} (§5.3; Figure 2, State)."
    )


def _nothing_promised(durable: Persistent, message: Message) -> str:
    if isinstance(message, RequestVoteResponse):
        return f"{message.source} refuses its vote. That promises nothing to forget (§5.2)."
    return f"{message.source} refuses entries. It claims to hold nothing (§5.3)."


def _after_a_crash(
    keeps_its_word: Callable[..., bool], durable: Persistent, message: Message
) -> Picture:
    """A server's disk, and in the title whether a message would still be true after a crash."""
    verdict = "Still true" if keeps_its_word(durable, message) else "A lie"
    title = f"{message_in_words(message)}. {verdict} after a crash"
    return draw_storage(None, durable, title=title)


CHECKS = {
    "5.4": Checks(
        returns=bool,
        cases=Regions(
            SmallWorld(
                keeps_its_word, _small_calls, _drawn_call, _can_happen, picture=_senders_disk
            ),
            Region("a vote is on the voter's disk", 2, _vote),
            Region("a candidate's own vote is on its disk", 1, _candidate),
            Region("what is acknowledged is on the follower's disk", 1, _acknowledged),
            Region("what a leader sends is on its own disk", 1, _leader),
            Region("a refusal promises nothing", 1, _nothing_promised),
        ).cases,
        picture=lambda: draw_storage(
            Persistent(4, "S1", Log.of_terms(1, 3)),
            Persistent(3, None, Log.of_terms(1, 3)),
            title="S2 is about to tell S1: you have my vote",
        ),
        reference=keeps_its_word,
        demonstration=_after_a_crash,
    ),
}
