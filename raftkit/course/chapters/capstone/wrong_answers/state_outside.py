"""Wrong answers that keep state outside the server.

On one machine all servers of a cluster share it, and so do the next cluster and the next
check; on several machines each process has its own, and loses it in a crash.
"""

from collections.abc import Callable
from itertools import count
from typing import Any

from raftkit.checkers.lint import KEEPS_STATE_OUTSIDE, TOUCHES_ANOTHER_SERVER
from raftkit.checkers.lint.finding import GIVES_TWO_ANSWERS
from raftkit.course.wrong_answer import (
    CONTRACT,
    ELECTION_SAFETY,
    LEADER_ELECTED,
    STATE_MACHINE_SAFETY,
    Told,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import (
    Effects,
    Event,
    RequestVoteRequest,
    RequestVoteResponse,
    Server,
    Settings,
    Standing,
    Tally,
    count_vote,
)
from raftkit.protocol.roles import CANDIDATE, LEADER

WRONG = WrongAnswers()
wrong = WRONG.answer

LINT = "lint"


@wrong("W1", LINT, ELECTION_SAFETY, case=KEEPS_STATE_OUTSIDE, rule="count_vote")
@thinking("A default argument saves me from passing the list of votes around.")
@breaks("A rule depends on its arguments only; votes count in their own term (§5.2).")
def votes_in_a_default(
    standing: Standing,
    tally: Tally,
    response: RequestVoteResponse,
    votes: list[str] = [],  # noqa: B006 - this is the mistake
) -> Tally:
    """The list is made once, for all calls of all servers: old votes elect new leaders."""
    if standing.role != CANDIDATE or response.term != standing.current_term:
        return tally
    if not response.vote_granted:
        return Tally(tally.granted, tuple(dict.fromkeys((*tally.refused, response.source))))
    votes.append(response.source)
    return Tally(tuple(dict.fromkeys((*tally.granted, *votes))), tally.refused)


@wrong("W2", LINT, ELECTION_SAFETY, case=KEEPS_STATE_OUTSIDE)
@thinking("A candidate has a set of votes, so the class has one.")
@breaks("A server depends on its own events only; each candidate has its own votes (§5.2).")
class VotesOfTheClass(Server):
    """An attribute written in the class body belongs to the class: all servers fill one set."""

    votes: set[str] = set()  # noqa: RUF012 - this is the mistake

    def become_leader_if_elected(self) -> None:
        tally = self.tally
        if tally is None or self.standing.role == LEADER:
            return
        self.votes.update(tally.granted)
        if self.rules.has_majority(len(self.votes), len(tally.refused), len(self.servers)):
            self.become_leader()


_terms_voted_in: set[int] = set()


@wrong("W3", LINT, LEADER_ELECTED, case=KEEPS_STATE_OUTSIDE, rule="should_grant_vote")
@thinking("One vote a term: I note the terms in which I have voted, at the top of my file.")
@breaks("A rule depends on its arguments only; each server has a vote in each term (§5.2).")
def terms_in_a_module(standing: Standing, request: RequestVoteRequest, up_to_date: bool) -> bool:
    """The whole cluster has one vote in a term, and for the next cluster all terms are used up."""
    if request.term < standing.current_term or not up_to_date or request.term in _terms_voted_in:
        return False
    _terms_voted_in.add(request.term)
    return True


def _counting() -> Callable[..., Tally]:
    """Return a rule that remembers in a variable of its closure which servers have voted."""
    seen: set[str] = set()

    def counts_each_once(standing: Standing, tally: Tally, response: RequestVoteResponse) -> Tally:
        counts = standing.role == CANDIDATE and response.term == standing.current_term
        if not counts or response.source in seen:
            return tally
        seen.add(response.source)
        return count_vote(standing, tally, response)

    return counts_each_once


seen_in_a_closure = wrong("W4", LINT, LEADER_ELECTED, case=KEEPS_STATE_OUTSIDE, rule="count_vote")(
    Told(
        _counting(),
        thinking="To count nobody twice, I remember in a closure whom I have seen.",
        breaks="A rule depends on its arguments only; servers may vote again in a new term (§5.2).",
    )
)


@wrong("W5", LINT, LEADER_ELECTED, case=KEEPS_STATE_OUTSIDE, rule="election_timeout")
@thinking("Whoever fails should wait longer each time, as in TCP.")
@breaks("A rule depends on its arguments only; timeouts stay within their range (§5.2, §9.3).")
def backs_off(settings: Settings, draw: float) -> int:
    """Heartbeats restart the timer too, so every one of them makes all servers wait longer."""
    tries = getattr(backs_off, "tries", 0)
    backs_off.tries = tries + 1  # type: ignore[attr-defined]
    span = settings.election_timeout_max - settings.election_timeout_min
    return settings.election_timeout_min + int(draw * span) + span * tries


_durations = (150_000 + 50_000 * (number % 4) for number in count())


@wrong("W19", LINT, CONTRACT, case=GIVES_TWO_ANSWERS, rule="election_timeout")
@thinking("Four different timeouts, each in its turn, are random enough.")
@breaks("A rule depends on its arguments only; the timeout comes from the draw (§5.2).")
def takes_turns(settings: Settings, draw: float) -> int:
    """All servers share one generator, so a timeout depends on the calls before it."""
    return next(_durations)


@wrong("W14", LINT, STATE_MACHINE_SAFETY, case=TOUCHES_ANOTHER_SERVER)
@thinking("They all live in my program, so I set their commit_index directly: one message less.")
@breaks("Servers have messages only; a follower commits what it knows to match (§5.3).")
class CommitsForAll(Server):
    """It changes servers that no message could reach, whose entries may be other ones."""

    everybody: dict[str, "CommitsForAll"] = {}  # noqa: RUF012 - this is the mistake

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.everybody[self.id] = self

    def handle(self, event: Event) -> Effects:
        effects = super().handle(event)
        if self.standing.role == LEADER:
            for other in self.everybody.values():
                if other.servers == self.servers:
                    reached = min(self.commit_index, other.log.last_index)
                    other.commit_index = max(other.commit_index, reached)
        return effects
