"""`Target`: a broken Raft, and the property that a schedule should break in it.

It runs schedules on that Raft and says how far one came. Points and feedback are given in
schedule_cases.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from raftkit.checkers import liveness
from raftkit.checkers.figure_3 import ElectionSafety
from raftkit.course.checking.property_sentences import sentence_of
from raftkit.course.nemesis.run_in_words import (
    candidates,
    committed,
    in_different_terms,
    leaders,
    logs,
    otherwise_broken,
)
from raftkit.course.nemesis.schedule import Schedule
from raftkit.course.nemesis.schedule_run import ScheduleRun, hands_off, majority_is_up, run_schedule
from raftkit.protocol import Rules
from raftkit.protocol.roles import LEADER
from raftkit.simulator import History, InvariantViolation, Step
from raftkit.views import Picture, space_time

# How many seeds are tried where the outcome depends on what happens after the last action.
SEEDS_TRIED = 8
# How much of a leader's time is drawn after a schedule: enough for two heartbeats.
_LED_MS = 120


@dataclass(frozen=True)
class Target:
    """A cluster of `servers` servers that obey `rules`, one of which is wrong.

    `breaks` is the property that a schedule should break, and `section` the section of the paper
    that promises it. `shortest` is the smallest number of actions that is known to break it.
    """

    rules: Rules
    servers: int
    breaks: str
    section: str
    shortest: int

    @property
    def within(self) -> int:
        """The larger bound on the number of actions: half as many again as the fewest known."""
        return self.shortest * 3 // 2

    @property
    def is_about_time(self) -> bool:
        """Whether the property is broken by something that never happens, and takes time to see."""
        return self.breaks == liveness.PROGRESS

    @property
    def property_sentence(self) -> str:
        """The property as a sentence, with its place in the paper."""
        return f"{self.breaks} ({self.section}): {sentence_of(self.breaks)}."

    def run(self, schedule: Schedule) -> ScheduleRun:
        """The run of a schedule on the broken Raft."""
        return run_schedule(schedule, self.servers, self.rules, self.breaks)

    def violation(self, schedule: Schedule, seeds: Sequence[int] = range(SEEDS_TRIED)) -> bool:
        """Whether a schedule breaks the property; if that takes time, under every seed."""
        if not self.is_about_time:
            return self.run(schedule).violation is not None
        return all(_never_commits(self, schedule, seed) for seed in seeds)

    def run_and_wait(
        self, schedule: Schedule, seed: int
    ) -> tuple[ScheduleRun, InvariantViolation | None]:
        """Run a schedule and let time pass; also return the violation if nothing is committed.

        Without a majority no Raft could commit anything, so there is no violation. An armed
        `TornWrite` may stop one later.
        """
        run = run_schedule(schedule, self.servers, self.rules, seed=seed)
        missed = hands_off(run.cluster) if majority_is_up(run.cluster) else None
        if missed is None or missed.property != self.breaks or not majority_is_up(run.cluster):
            return run, None
        return run, missed

    # Pictures and sentences ----------------------------------------------------------------

    def picture(self, schedule: Schedule, seed: int = 0) -> Picture:
        """The run on the broken Raft, drawn up to the violation."""
        if not self.is_about_time:
            run = self.run(schedule)
            title = None if run.violation else f"{self.breaks} still holds"
            return space_time(run.cluster.history, violation=run.violation, title=title)
        run, missed = self.run_and_wait(schedule, seed)
        outcome = "still holds" if missed is None else "is broken"
        return space_time(
            run.cluster.history,
            last_ms=_led_at_ms(run.cluster.history, len(schedule)) + _LED_MS,
            title=f"{self.breaks} {outcome}",
        )

    def seed_that_holds(self, schedule: Schedule, seeds: Sequence[int]) -> int:
        """The first seed under which the property holds."""
        return next((seed for seed in seeds if not _never_commits(self, schedule, seed)), seeds[0])

    def how_far(self, schedule: Schedule, seed: int = 0) -> str:
        """How far a schedule came that does not break the property under this seed."""
        run = self.run(schedule)
        parts = [leaders(run), candidates(run), otherwise_broken(run, self.breaks)]
        if self.is_about_time:
            parts += [logs(run), self._after(schedule, seed)]
        elif self.breaks == ElectionSafety.title:
            parts.append(in_different_terms(run))
        else:
            parts += [committed(run), logs(run)]
        return " ".join(filter(None, parts))

    def _after(self, schedule: Schedule, seed: int) -> str:
        """What happens after a schedule that does not stop all commits."""
        run, _ = self.run_and_wait(schedule, seed)
        if not majority_is_up(run.cluster):
            return "Without a majority no Raft commits anything, so that it proves nothing."
        return f"Hands off, and with some latencies a command is committed. {logs(run)}"


def _led_at_ms(history: History, from_ms: int) -> float:
    """The time of the first leader's step after `from_ms`; `from_ms` if there is none."""
    instants = (
        record.time / 1000
        for record in history.records
        if isinstance(record, Step)
        and record.time > from_ms * 1000
        and record.state is not None
        and record.state.standing.role == LEADER
    )
    return next(instants, float(from_ms))


# A check asks the same three times, and each run takes seconds of virtual time.
@lru_cache(maxsize=64)
def _never_commits(target: Target, schedule: Schedule, seed: int) -> bool:
    """Whether nothing is ever committed after a schedule, under this seed."""
    return target.run_and_wait(schedule, seed)[1] is not None
