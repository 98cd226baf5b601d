"""Odd but right answers about storage: more writes, other writes, or messages that need not wait.

Each has on its disk what its messages promise before they leave (Figure 2, State).
"""

from typing import Any

from raftkit.course.wrong_answer import OddAnswers
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Effects,
    Event,
    Log,
    Message,
    Persistent,
    RequestVoteResponse,
    Server,
)
from raftkit.protocol.roles import LEADER

ODD = OddAnswers()
odd = ODD.answer

SUITE = "raftkit small world"
Writes = tuple[Persistent, ...]


@odd("O40", SUITE, style="writes everything at every step, changed or not")
class WritesAlways(Server):
    def handle(self, event: Event) -> Effects:
        effects = super().handle(event)
        standing = self.standing
        written = Persistent(standing.current_term, standing.voted_for, self.log)
        effects.writes = (written,)
        self.on_disk = written
        return effects


@odd("O41", "5.1", style="first the new term without a vote, then the vote")
def term_and_then_vote(on_disk: Persistent, in_memory: Persistent) -> Writes:
    """After the first of two writes the disk is that of a server that only heard of the term."""
    if in_memory == on_disk:
        return ()
    if in_memory.current_term == on_disk.current_term or in_memory.voted_for is None:
        return (in_memory,)
    return (Persistent(in_memory.current_term, None, on_disk.log), in_memory)


@odd("O42", "5.1", style="one write for each entry")
def entry_by_entry(on_disk: Persistent, in_memory: Persistent) -> Writes:
    """After each write the log on disk is a beginning of the one in memory."""
    if in_memory == on_disk:
        return ()
    kept = in_memory.log.common_prefix(on_disk.log)
    return tuple(
        Persistent(in_memory.current_term, in_memory.voted_for, in_memory.log.prefix(index))
        for index in range(kept, in_memory.log.last_index + 1)
    )


@odd("O43", "5.1", style="the disk has a log of its own, made anew each time")
def copies_the_log(on_disk: Persistent, in_memory: Persistent) -> Writes:
    copy = Persistent(in_memory.current_term, in_memory.voted_for, Log(list(in_memory.log)))
    return (copy,) if copy != on_disk else ()


@odd("O44", "5.2", style="empty heartbeats do not wait for the disk")
def heartbeats_do_not_wait(message: Message) -> bool:
    """A heartbeat claims only the leader's term, which has been durable since the election."""
    return not isinstance(message, AppendEntriesRequest) or bool(message.entries)


@odd("O53", "5.2", style="only what promises something waits")
def only_promises(message: Message) -> bool:
    match message:
        case RequestVoteResponse():
            return message.vote_granted
        case AppendEntriesResponse():
            return message.match_index > 0
        case AppendEntriesRequest():
            return message.entries != ()
    return True


@odd("O45", SUITE, style="a leader sends while it writes, and counts itself afterwards (§10.2.1)")
class SendsWhileItWrites(Server):
    """The leader sends itself a message that waits for the disk, and so learns when it is done."""

    _durable = 0  # the last index that is known to be on its own disk

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.rules = self.rules.with_rule("waits_for_disk", _requests_do_not_wait)

    def handle(self, event: Event) -> Effects:
        if self.peers and isinstance(event, AppendEntriesResponse) and event.source == self.id:
            return self._written(event)
        return super().handle(event)

    def _written(self, event: AppendEntriesResponse) -> Effects:
        self.effects = Effects()
        standing = self.standing
        if standing.role == LEADER and standing.current_term == event.term:
            self._durable = max(self._durable, event.match_index)
            self.advance_commit_index(self._durable)
            if self.commit_index > self.last_applied:
                self.apply_entries(self.commit_index)
        return self.effects

    def become_leader(self) -> None:
        # The requests for votes waited for the disk, so its log was durable before it won.
        self._durable = self.log.last_index
        super().become_leader()

    def acknowledge_own_disk(self) -> None:
        term, last = self.standing.current_term, self.log.last_index
        answer = AppendEntriesResponse(self.id, self.id, term, True, last)
        self.effects.messages += (answer,)

    def advance_commit_index(self, own_match_index: int) -> None:
        super().advance_commit_index(self._durable if self.peers else own_match_index)


def _requests_do_not_wait(message: Message) -> bool:
    return not isinstance(message, AppendEntriesRequest)
