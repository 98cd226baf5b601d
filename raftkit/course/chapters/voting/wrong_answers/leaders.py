"""Answers about how a whole server begins and stops leading (§5.1, §5.2).

A leader leads the term that it has won until it hears of a higher one. In wrong answers it
leads longer, leads another term, or resigns without a reason.
"""

from dataclasses import replace

from raftkit.course.wrong_answer import (
    COMMANDS_COMMITTED,
    ELECTION_SAFETY,
    WASTED_WORK,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import AppendEntriesResponse, Effects, Event, Server, Standing

WRONG = WrongAnswers()
wrong = WRONG.answer

SUITE = "raftkit small world"


@wrong("V17b", SUITE, WASTED_WORK, case="terms")
@thinking("An answer to a heartbeat says yes or no; its term I know, it is mine.")
@breaks("A higher term is adopted from every message, also from an answer (§5.1).")
class TakesAnswersForItsOwnTerm(Server):
    """Everybody tells it that its time is over, and it goes on sending."""

    def handle(self, event: Event) -> Effects:
        if isinstance(event, AppendEntriesResponse):
            event = replace(event, term=self.standing.current_term)
        return super().handle(event)


@wrong("V18b", SUITE, COMMANDS_COMMITTED, case="terms")
@thinking("A leader never changes; the others have to follow.")
@breaks("A leader that discovers a higher term becomes follower (§5.1).")
class LeadsForEver(Server):
    """The rule of the three armies: after a partition two leaders go on side by side."""

    def handle(self, event: Event) -> Effects:
        leads = self.standing.role == "leader"
        if leads and getattr(event, "term", 0) > self.standing.current_term:
            return Effects()
        return super().handle(event)


@wrong("V18c", SUITE, ELECTION_SAFETY, case="elections")
@thinking("I take the new term over, and I am still the leader.")
@breaks("A leader that discovers a higher term becomes follower (§5.1).")
class LeadsTheNextTerm(Server):
    """Leads the term in which its rival is being elected."""

    def handle(self, event: Event) -> Effects:
        term = getattr(event, "term", 0)
        if self.standing.role == "leader" and term > self.standing.current_term:
            self.standing = Standing("leader", term, None)
        return super().handle(event)


@wrong("V36", SUITE, COMMANDS_COMMITTED, case="terms")
@thinking("A follower that refuses my entries does not accept me as its leader.")
@breaks("A refusal in its own term is about logs: the leader tries an earlier entry (§5.3).")
class TakesRefusalsPersonally(Server):
    """One follower that is behind unseats every leader, and so it never catches up."""

    def on_append_entries_response(self, response: AppendEntriesResponse) -> None:
        if response.success or response.term < self.standing.current_term:
            super().on_append_entries_response(response)
        elif self.standing.role == "leader":
            self.change_standing(Standing("follower", response.term, self.id), "higher term")
