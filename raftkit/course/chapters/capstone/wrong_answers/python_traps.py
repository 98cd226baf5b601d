"""Wrong answers that fall into a trap of Python: `is`, rounding, hashes and clocks.

Most work on the author's machine, as long as terms are small and all servers run in one
process.
"""

import time

from raftkit.checkers.lint import COMPARES_BY_IDENTITY, READS_A_CLOCK
from raftkit.course.wrong_answer import (
    COMMANDS_COMMITTED,
    CONTRACT,
    ELECTION_SAFETY,
    LEADER_ELECTED,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Effects,
    Event,
    RequestVoteRequest,
    RequestVoteResponse,
    Server,
    Standing,
    Tally,
    count_vote,
)

WRONG = WrongAnswers()
wrong = WRONG.answer

LINT = "lint"


# Clocks and hashes ------------------------------------------------------------------------


@wrong("W7", LINT, LEADER_ELECTED, case=READS_A_CLOCK)
@thinking("Whoever heard from a leader a moment ago needs no election.")
@breaks("A server has timers and no clock: time is the driver's (§5.2).")
class LooksAtTheClock(Server):
    """Virtual hours pass within a real second, and all that time it refuses to vote."""

    _heard = float("-inf")

    def handle(self, event: Event) -> Effects:
        if isinstance(event, AppendEntriesRequest):
            self._heard = time.monotonic()
        recently = time.monotonic() - self._heard < 0.15
        if recently and isinstance(event, RequestVoteRequest):
            return Effects()
        return super().handle(event)


@wrong("W18", LINT, CONTRACT, case=READS_A_CLOCK)
@thinking("Servers have different names, so their hashes make different timeouts.")
@breaks("The timeout is drawn anew each time (§5.2), and a hash is drawn when Python starts.")
class HashesItsName(Server):
    """The timeouts depend on the start of Python; with some, two servers never differ enough."""

    def timer_duration(self, timer: str, draw: float) -> int:
        duration = super().timer_duration(timer, 0.0)
        return duration + hash(self.id) % 150_000 if timer == "election" else duration


# Identity ---------------------------------------------------------------------------------


@wrong("W15", LINT, LEADER_ELECTED, case=COMPARES_BY_IDENTITY, rule="count_vote")
@thinking("`is` reads well: the vote is of my term.")
@breaks("A vote counts in the term it was given in, compared by value (§5.2).")
def is_of_this_term(standing: Standing, tally: Tally, response: RequestVoteResponse) -> Tally:
    """Python keeps one object for each number up to 256; from term 257 on no vote counts."""
    if response.term is not standing.current_term:
        return tally
    return count_vote(standing, tally, response)


@wrong("W16", LINT, COMMANDS_COMMITTED, case=COMPARES_BY_IDENTITY)
@thinking("Answers of older terms are not for me.")
@breaks("An answer of the current term counts (§5.3), also when its number is another object.")
class IsNotOfThisTerm(Server):
    """From term 257 on it ignores its followers, and nothing is committed any more."""

    def handle(self, event: Event) -> Effects:
        if isinstance(event, AppendEntriesResponse):
            term = self.standing.current_term
            if event.term <= term and event.term is not term:
                return Effects()
        return super().handle(event)


# Rounding ---------------------------------------------------------------------------------


@wrong("W17", "2.1", ELECTION_SAFETY, case="half of an even cluster is not")
@thinking("More than half of five is two and a half, so I round.")
@breaks("A majority is more than half (§5.2), and round() goes to the even neighbour.")
def rounds_half(granted: int, refused: int, servers: int) -> bool:
    """Both round(1.5) and round(2.5) are 2: right for three servers, two leaders for five."""
    return granted >= round(servers / 2)
