"""Odd but right servers: one replaces its state after each event, one asks for votes again.

None keeps state outside itself, and each answers the same to the same events.
"""

from raftkit.course.wrong_answer import OddAnswers
from raftkit.protocol import Effects, Event, RequestVoteRequest, RequestVoteResponse, Server
from raftkit.protocol.roles import CANDIDATE

ODD = OddAnswers()
odd = ODD.answer

SUITE = "raftkit small world"


@odd("O51", SUITE, style="all state in a dictionary of its own, a new one after each event")
class NewStateEachTime(Server):
    """Each event changes a copy of the state; the state before it stays as it was."""

    def handle(self, event: Event) -> Effects:
        before = self.__dict__
        self.__dict__ = {
            name: dict(value) if isinstance(value, dict) else value
            for name, value in before.items()
        }
        return super().handle(event)


@odd("O52", SUITE, style="with each answer a candidate asks those again that have not answered")
class AsksAgain(Server):
    """Servers retry RPCs that are not answered in time (§5.1); here each new answer retries."""

    def handle(self, event: Event) -> Effects:
        before = self.tally
        effects = super().handle(event)
        tally = self.tally
        news = isinstance(event, RequestVoteResponse) and tally != before
        if news and self.standing.role == CANDIDATE and tally:
            log, term = self.log, self.standing.current_term
            for peer in self.peers:
                if peer not in tally.granted + tally.refused:
                    effects.messages += (
                        RequestVoteRequest(self.id, peer, term, log.last_index, log.last_term),
                    )
        return effects
