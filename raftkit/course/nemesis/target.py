"""`Target`: a broken Raft, and what a schedule is to break of it.

It performs schedules on that Raft and on the one as it should be, and tells how far one
came. Points and feedback are judging.py's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from raftkit.checkers import liveness
from raftkit.checkers.figure_3 import ElectionSafety
from raftkit.course.checking.property_sentences import sentence_of
from raftkit.course.nemesis.acts import Schedule
from raftkit.course.nemesis.staging import Staged, hands_off, majority_is_up, stage
from raftkit.course.nemesis.telling import (
    candidates,
    committed,
    in_different_terms,
    leaders,
    logs,
    otherwise_broken,
)
from raftkit.protocol import Rules
from raftkit.protocol.roles import LEADER
from raftkit.simulator import History, InvariantViolation, Step
from raftkit.views import Picture, space_time

# How often luck is tried where time goes on after the last act.
FATES = 8
# How much is drawn of a leader's time after a schedule: enough for two heartbeats.
_LED_MS = 120


@dataclass(frozen=True)
class Target:
    """`servers` servers that obey these `rules`, one of which is wrong.

    `breaks` is the property that a schedule is to break, and `section` where the paper promises
    it. `shortest` is the smallest number of acts that is known to do it.
    """

    rules: Rules
    servers: int
    breaks: str
    section: str
    shortest: int

    @property
    def within(self) -> int:
        """How many acts are few: half as many again as the fewest known."""
        return self.shortest * 3 // 2

    @property
    def is_about_time(self) -> bool:
        """Whether the property is broken by what does not happen, however long one waits."""
        return self.breaks == liveness.PROGRESS

    @property
    def promise(self) -> str:
        """The property as a sentence, with its place in the paper."""
        return f"{self.breaks} ({self.section}): {sentence_of(self.breaks)}."

    def staged(self, schedule: Schedule) -> Staged:
        """The schedule performed on the broken Raft."""
        return stage(schedule, self.servers, self.rules, self.breaks)

    def violation(self, schedule: Schedule, seeds: Sequence[int] = range(FATES)) -> bool:
        """Whether a schedule breaks the property; if time goes on after it, for every seed."""
        if not self.is_about_time:
            return self.staged(schedule).violation is not None
        return all(_never_commits(self, schedule, seed) for seed in seeds)

    def waited(self, schedule: Schedule, seed: int) -> tuple[Staged, InvariantViolation | None]:
        """The schedule performed, and then hands off: what is broken if nothing is committed.

        Without a majority nobody can be blamed, so that nothing is.
        """
        staged = stage(schedule, self.servers, self.rules, seed=seed)
        if not majority_is_up(staged.cluster):
            return staged, None
        missed = hands_off(staged.cluster)
        return staged, missed if missed is None or missed.property == self.breaks else None

    # Telling -------------------------------------------------------------------------------

    def picture(self, schedule: Schedule, seed: int = 0) -> Picture:
        """What the schedule does to the broken Raft, up to where it breaks."""
        if not self.is_about_time:
            staged = self.staged(schedule)
            title = None if staged.violation else f"{self.breaks} still holds"
            return space_time(staged.cluster.history, violation=staged.violation, title=title)
        staged, missed = self.waited(schedule, seed)
        outcome = "still holds" if missed is None else "is broken"
        return space_time(
            staged.cluster.history,
            last_ms=_led_at_ms(staged.cluster.history, len(schedule)) + _LED_MS,
            title=f"{self.breaks} {outcome}",
        )

    def escape(self, schedule: Schedule, seeds: Sequence[int]) -> int:
        """The first seed of the later luck with which the property holds."""
        return next((seed for seed in seeds if not _never_commits(self, schedule, seed)), seeds[0])

    def how_far(self, schedule: Schedule, seed: int = 0) -> str:
        """How far a schedule came that does not break the property, with such a seed."""
        staged = self.staged(schedule)
        parts = [leaders(staged), candidates(staged), otherwise_broken(staged, self.breaks)]
        if self.is_about_time:
            parts += [logs(staged), self._after(schedule, seed)]
        elif self.breaks == ElectionSafety.title:
            parts.append(in_different_terms(staged))
        else:
            parts += [committed(staged), logs(staged)]
        return " ".join(filter(None, parts))

    def _after(self, schedule: Schedule, seed: int) -> str:
        """What becomes of a schedule that does not stop everything."""
        waited, _ = self.waited(schedule, seed)
        if not majority_is_up(waited.cluster):
            return "Without a majority no Raft commits anything, so that it proves nothing."
        return f"Hands off, and with some latencies a command is committed. {logs(waited)}"


def _led_at_ms(history: History, from_ms: int) -> float:
    """When somebody led first, from an instant on; that instant if nobody ever did."""
    instants = (
        record.time / 1000
        for record in history.records
        if isinstance(record, Step)
        and record.time > from_ms * 1000
        and record.state is not None
        and record.state.standing.role == LEADER
    )
    return next(instants, float(from_ms))


# A check asks the same three times, and each time costs seconds of virtual time.
@lru_cache(maxsize=64)
def _never_commits(target: Target, schedule: Schedule, seed: int) -> bool:
    """Whether a schedule stops the target for good under a seed."""
    return target.waited(schedule, seed)[1] is not None
