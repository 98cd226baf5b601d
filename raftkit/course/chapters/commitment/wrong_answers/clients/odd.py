"""Odd but right answers about clients: they reply later, more carefully, or in another order.

What a client is told is true in each of them, and it is told in time (§5.3, §8).
"""

from typing import Any

from raftkit.course.wrong_answer import OddAnswers
from raftkit.protocol import ClientResponse, Effects, Event, Reply, Server
from raftkit.protocol.state_machines import KeyValue

ODD = OddAnswers()
odd = ODD.answer

SUITE = "raftkit small world"


@odd("O46", "4.4", style="asks for the commit and for the application")
def committed_and_applied(index: int, commit_index: int, last_applied: int) -> bool:
    return not (index > commit_index or index > last_applied)


@odd("O47", SUITE, style="answers with its next event, results from a state machine of its own")
class AnswersLate(Server):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._store = KeyValue()
        self._due: list[ClientResponse] = []

    def handle(self, event: Event) -> Effects:
        effects = super().handle(event)
        due, self._due = self._due, []
        results = {index: self._store.apply(entry) for index, entry in effects.applied}
        for reply in effects.replies:
            if isinstance(reply, Reply):
                result = results.get(reply.index)
                self._due.append(ClientResponse(self.id, reply.client, reply.serial, True, result))
            else:
                due.append(reply)
        effects.replies = tuple(due)
        return effects


@odd("O48", SUITE, style="a deposed leader answers its clients, if the entry is still theirs")
class AnswersWhenDeposed(Server):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._left: dict[int, Any] = {}

    def handle(self, event: Event) -> Effects:
        waiting = dict(self.waiting_clients)
        effects = super().handle(event)
        if self.standing.role == "leader":
            # After it was elected again, an index may hold another client's entry.
            self._left = {}
            return effects
        self._left.update(waiting)
        for index, entry in effects.applied:
            request = self._left.pop(index, None)
            if request and (entry.client, entry.serial) == (request.source, request.serial):
                effects.replies += (Reply(request.source, request.serial, index),)
        return effects


@odd("O49", SUITE, style="everything it sends, in the reverse order")
class BackToFront(Server):
    def handle(self, event: Event) -> Effects:
        effects = super().handle(event)
        effects.messages = effects.messages[::-1]
        effects.replies = effects.replies[::-1]
        effects.timers = effects.timers[::-1]
        return effects
