"""Wrong answers about a leader's replies to clients (§5.3, §8): when, to which, what result.

An index is not yet the client's entry, and an entry in a log is not yet done.
"""

from typing import Any

from raftkit.course.wrong_answer import (
    CLIENTS_ARE_ANSWERED,
    CONTRACT,
    LINEARIZABILITY,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import (
    ClientRequest,
    ClientResponse,
    Effects,
    Entry,
    Event,
    Log,
    Reply,
    Server,
    Standing,
)
from raftkit.protocol.roles import LEADER
from raftkit.protocol.state_machines import KeyValue

WRONG = WrongAnswers()
wrong = WRONG.answer

SUITE = "raftkit small world"


# When -------------------------------------------------------------------------------------


@wrong("C13", "4.4", LINEARIZABILITY, case="does not answer before the commit")
@thinking("I have the command in my log, so it is as good as done.")
@breaks("A leader answers after the entry is committed and applied (§5.3; Figure 2, Leaders).")
def as_good_as_done(index: int, commit_index: int, last_applied: int) -> bool:
    """The next leader may replace the entry after the client was told that it is done."""
    return True


@wrong("C40", "4.4", LINEARIZABILITY, case="nor before the state machine has a result")
@thinking("Indexes start at 0, so the entry after last_applied is the one just applied.")
@breaks("Indexes start at 1: last_applied is the last one that is done (Figure 2, State).")
def one_too_many(index: int, commit_index: int, last_applied: int) -> bool:
    """With a single command under way the client is always answered one round trip too early."""
    return index <= last_applied + 1


@wrong("C51", "4.4", CLIENTS_ARE_ANSWERED, case="answers when the command is applied")
@thinking("A client is answered when the state machine has gone past its entry.")
@breaks("last_applied is applied itself: its client is answered (Figure 2, State, Leaders).")
def only_what_lies_behind(index: int, commit_index: int, last_applied: int) -> bool:
    """The newest command is answered only when another one follows it."""
    return index < last_applied


@wrong("C52", "4.4", CONTRACT, case="nor before the state machine has a result")
@thinking("Committed means that it will be applied, so it is as good as done.")
@breaks("A leader answers after the entry is applied (§5.3; Figure 2, Leaders).")
def committed_will_do(index: int, commit_index: int, last_applied: int) -> bool:
    """The command is safe, but its result comes from the state machine, which has none yet."""
    return index <= commit_index


@wrong("C15", "raftkit clients", LINEARIZABILITY, case="A leader that was cut off answers no reads")
@thinking("A read changes nothing, so the leader answers it from its own state, at once.")
@breaks("Before it answers a read, a leader makes sure that it still leads (§8).")
class ReadsFromMemory(Server):
    """If it is cut off, it leads on and answers with old values."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.store = KeyValue()

    def handle(self, event: Event) -> Effects:
        if self.standing.role == LEADER and isinstance(event, ClientRequest):
            if event.source and event.command.isalnum():
                result = self.store.values.get(event.command)
                answer = ClientResponse(self.id, event.source, event.serial, True, result)
                return Effects(replies=(answer,))
        effects = super().handle(event)
        for _, entry in effects.applied:
            self.store.apply(entry)
        return effects


# To which client, with what result --------------------------------------------------------


@wrong("C41", SUITE, LINEARIZABILITY, case="clients")
@thinking("Clients queue up, and each entry that is applied serves the first in the line.")
@breaks("A client is answered when its own entry is applied (§5.3; Figure 2, Leaders).")
class FirstInLine(Server):
    """No client here waits for an older term's entry, so another client is answered for it."""

    def answer_clients(self) -> None:
        for index, _ in self.effects.applied:
            if self.waiting_clients:
                request = self.waiting_clients.pop(next(iter(self.waiting_clients)))
                self.effects.replies += (Reply(request.source, request.serial, index),)


@wrong("C48", SUITE, LINEARIZABILITY, case="clients")
@thinking("The result is what the state machine said last.")
@breaks("A client gets the result of its own command (§5.3; Figure 2, Leaders).")
class LastResultForAll(Server):
    """Two commands that are committed together give both clients the result of the second."""

    def answer_clients(self) -> None:
        super().answer_clients()
        self.effects.replies = tuple(
            Reply(reply.client, reply.serial, self.last_applied)
            if isinstance(reply, Reply)
            else reply
            for reply in self.effects.replies
        )


@wrong("C42", SUITE, CONTRACT, case="clients")
@thinking("I go through my clients and answer each whose entry is applied by now.")
@breaks("A command has one answer, that of the step that applied it (§8).")
class NeverCrossesOut(Server):
    """The list of clients only grows, and each commit answers all of them once more."""

    def answer_clients(self) -> None:
        waiting = dict(self.waiting_clients)
        super().answer_clients()
        self.waiting_clients.update(waiting)


@wrong("C43", SUITE, LINEARIZABILITY, case="clients")
@thinking("A client waits at its index, and when that is applied, I answer, leader or not.")
@breaks("Another leader's entry may stand at that index (§5.3).")
class AnswersForTheIndex(Server):
    """After it was deposed it applies the new leader's entry, and tells its client all is well."""

    def handle(self, event: Event) -> Effects:
        waiting = dict(self.waiting_clients)
        effects = super().handle(event)
        if self.standing.role != LEADER:
            for index, _ in effects.applied:
                request = waiting.pop(index, None)
                if request is not None:
                    effects.replies += (Reply(request.source, request.serial, index),)
            self.waiting_clients = waiting
        return effects


# Repeated requests ------------------------------------------------------------------------


@wrong(
    "C16",
    "raftkit clients",
    LINEARIZABILITY,
    case="A repeated command is carried out once",
    rule="append_command",
)
@thinking("The log is about commands; who asked for them is none of its business.")
@breaks("Commands carry their client's serial, so that a repeated one is recognised (§8).")
def commands_only(standing: Standing, log: Log, entry: Entry) -> Log | None:
    """A client whose answer was lost asks again, and its command is carried out twice."""
    return log.extend((Entry(entry.term, entry.command),)) if standing.role == LEADER else None


@wrong(
    "C49",
    "raftkit clients",
    LINEARIZABILITY,
    case="A repeated command is answered by the next leader",
)
@thinking("That request is in my log already, so I can tell the client that it is done.")
@breaks("An entry in a log may still be uncommitted (§5.4.2, §8).")
class AnswersFromItsLog(Server):
    """A repeated request is answered for an entry that the next leader may replace."""

    def handle(self, event: Event) -> Effects:
        if self.standing.role == LEADER and isinstance(event, ClientRequest) and event.source:
            for index, entry in enumerate(self.log, start=1):
                if (entry.client, entry.serial) == (event.source, event.serial):
                    return Effects(replies=(Reply(event.source, event.serial, index),))
        return super().handle(event)


@wrong(
    "C50",
    "raftkit clients",
    CLIENTS_ARE_ANSWERED,
    case="A repeated command is answered by the next leader",
)
@thinking("I have that request already; a duplicate is best ignored.")
@breaks("A client that asks again has had no answer: it gets that of the first time (§8).")
class IgnoresRepetitions(Server):
    """The leader that knew the client is gone, and the new one never answers it."""

    def handle(self, event: Event) -> Effects:
        if self.standing.role == LEADER and isinstance(event, ClientRequest) and event.source:
            asked = ((entry.client, entry.serial) for entry in self.log)
            if (event.source, event.serial) in asked:
                return Effects()
        return super().handle(event)
