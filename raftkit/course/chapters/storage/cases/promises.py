"""The cases of exercise 5.4: which messages would still be true after a crash (Figure 2, State).

The answer is no rule: it judges a server from outside, by its disk and by a message. Terms,
names and indexes are drawn.
"""

from collections.abc import Callable
from random import Random

from raftkit.course.chapters.storage.cases.writing import SERVERS
from raftkit.course.checking.cases import Call, Case, Checks
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Entry,
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


def _said(durable: Persistent, message: Message, expected: bool, why: str) -> Call:
    """One call of `keeps_its_word`; its picture shows the disk."""
    arguments = {"durable": durable, "message": message}
    title = f"The disk of {message.source}"
    return Call(arguments, expected, why, picture=lambda: draw_storage(None, durable, title=title))


def _log(random: Random, term: int) -> Log:
    """A log of two to four entries that ends in an earlier term."""
    return Log.of_terms(*[1] * random.randint(1, 3), max(1, term - 1))


def _vote(random: Random) -> list[Call]:
    """A vote that is on the disk; one that is not; one for another candidate, or in an old term."""
    term = random.randint(3, 8)
    voter, candidate, other = random.sample(SERVERS, 3)
    log = _log(random, term)
    message = RequestVoteResponse(voter, candidate, term, True)
    forgotten = (
        f"{voter} tells {candidate} that it has its vote of term {term}. After a crash its disk "
        "does not say so, and it could vote again (§5.2; Figure 2, State)."
    )
    past = (
        f"{voter}'s disk names {candidate}, but in term {term - 1}, and the vote that it tells of "
        f"is of term {term}. After a crash it could vote again there (§5.2; Figure 2, State)."
    )
    kept = f"{voter}'s disk says that it voted for {candidate} in term {term} (Figure 2, State)."
    return [
        _said(Persistent(term, candidate, log), message, True, kept),
        _said(Persistent(term, None, log), message, False, forgotten),
        _said(Persistent(term, other, log), message, False, forgotten),
        _said(Persistent(term - 1, candidate, log), message, False, past),
    ]


def _candidate(random: Random) -> list[Call]:
    """A candidate has voted for itself, which must be on its disk."""
    term = random.randint(3, 8)
    candidate, voter = random.sample(SERVERS, 2)
    log = _log(random, term)
    message = RequestVoteRequest(candidate, voter, term, log.last_index, log.last_term)
    why = (
        f"A server that asks for votes in term {term} has voted for itself in it. After a crash "
        f"{candidate}'s disk does not say so, and it could vote for another one (§5.2)."
    )
    past = (
        f"{candidate}'s disk holds a vote for itself, but in term {term - 1}. It asks in term "
        f"{term}, and after a crash it could vote for another one there (§5.2)."
    )
    kept = f"{candidate}'s disk says that it voted for itself in term {term} (§5.2)."
    return [
        _said(Persistent(term, candidate, log), message, True, kept),
        _said(Persistent(term, None, log), message, False, why),
        _said(Persistent(term - 1, candidate, log), message, False, past),
    ]


def _acknowledged(random: Random) -> list[Call]:
    """The disk has all entries that are acknowledged, or more, or one entry less."""
    term = random.randint(3, 8)
    follower, leader = random.sample(SERVERS, 2)
    log = _log(random, term)
    last = log.last_index
    durable = Persistent(term, leader, log)
    why = (
        f"{follower} acknowledges entries up to {last + 1}, and its disk ends at {last}: the "
        "leader would count a copy that a crash takes away (§5.3; Figure 2, State)."
    )
    held = f"{follower}'s disk ends at {last}, so it holds all that is acknowledged: entries up to"
    kept, more = (f"{held} {index} (§5.3; Figure 2, State)." for index in (last, last - 1))
    return [
        _said(durable, AppendEntriesResponse(follower, leader, term, True, last), True, kept),
        _said(durable, AppendEntriesResponse(follower, leader, term, True, last - 1), True, more),
        _said(durable, AppendEntriesResponse(follower, leader, term, True, last + 1), False, why),
    ]


def _leader(random: Random) -> list[Call]:
    """A leader that sends entries counts itself as a server that stores them."""
    term = random.randint(3, 8)
    leader, follower = random.sample(SERVERS, 2)
    log = _log(random, term)
    last = log.last_index
    entries = (Entry(term, "x=1"), Entry(term, "x=2"))
    message = AppendEntriesRequest(leader, follower, term, last, log.last_term, entries, last)
    why = (
        f"{leader} sends entries {last + 1} and {last + 2} and counts itself as one that holds "
        "them (4.1); its disk does not (§5.3; Figure 2, State)."
    )
    kept = (
        f"{leader} counts itself, and its disk holds what it sends: it ends at {last + 2} (§5.3; "
        "Figure 2, State)."
    )
    return [
        _said(Persistent(term, leader, log.extend(entries)), message, True, kept),
        _said(Persistent(term, leader, log), message, False, why),
        _said(Persistent(term, leader, log.extend(entries[:1])), message, False, why),
    ]


def _nothing_promised(random: Random) -> list[Call]:
    """Refusals, which promise nothing, by a server that has voted for another candidate."""
    term = random.randint(3, 8)
    source, target, other = random.sample(SERVERS, 3)
    durable = Persistent(term, other, Log.of_terms(1))
    vote = f"{source} refuses its vote. That promises nothing that it could forget (§5.2)."
    entries = f"{source} refuses entries. It claims to hold nothing (§5.3)."
    return [
        _said(durable, RequestVoteResponse(source, target, term, False), True, vote),
        _said(durable, AppendEntriesResponse(source, target, term, False, 0, 4), True, entries),
    ]


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
        cases=(
            Case("a vote is on the voter's disk", 2, _vote),
            Case("a candidate's own vote is on its disk", 1, _candidate),
            Case("what is acknowledged is on the follower's disk", 1, _acknowledged),
            Case("what a leader sends is on its own disk", 1, _leader),
            Case("a refusal promises nothing", 1, _nothing_promised),
        ),
        picture=lambda: draw_storage(
            Persistent(4, "S1", Log.of_terms(1, 3)),
            Persistent(3, None, Log.of_terms(1, 3)),
            title="S2 is about to tell S1: you have my vote",
        ),
        reference=keeps_its_word,
        demonstration=_after_a_crash,
    ),
}
