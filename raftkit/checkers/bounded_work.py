"""Bounded work: a cluster must not take steps without end (§5.6).

A wrong rule can make a run endless: a timer that fires at every instant, or refusals and resends
that follow each other at once. Such a run is stopped here and reported as a violation of its own.
Correct servers stay far below the bound.
"""

from collections import Counter
from collections.abc import Callable

from raftkit.simulator import History, InvariantViolation, Row, Step
from raftkit.simulator.raft_system import MILLISECOND

TITLE = "Bounded Work"
SECTION = "§5.6"

# The busiest of a million trials of the reference took a quarter of this.
STEPS_AT_FIRST = 600
STEPS_PER_MS = 4
# No cluster of nine servers comes near this, however busy its clients are.
STEPS_IN_A_MS = 1_000
_LATELY = 200


class BoundedWork:
    """Counts the steps of a run against a limit that grows with each millisecond."""

    def __init__(self, history: History, report: Callable[[InvariantViolation], None]) -> None:
        self._history = history
        self._report = report
        self._steps = 0
        self._limit = STEPS_AT_FIRST

    def observe(self, row: Row) -> None:
        """Count a step."""
        self._steps += 1
        # This runs at every step, so the limit, which grows with time, is computed only when the
        # last limit is reached.
        if self._steps > self._limit:
            time = row[0]
            self._limit = STEPS_AT_FIRST + STEPS_PER_MS * (time // MILLISECOND)
            if self._steps > self._limit:
                self._report(self._storm(time))

    def _storm(self, time: int) -> InvariantViolation:
        """Return the violation, which names the commonest kind among the latest steps."""
        records = self._history.records
        lately = [entry for entry in records[-_LATELY:] if isinstance(entry, Step)]
        kinds = Counter(_name(entry) for entry in lately)
        kind, count = max(kinds.items(), key=lambda item: (item[1], item[0]), default=("", 0))
        detail = (
            f"{self._steps} steps in {time / MILLISECOND:g} ms, and no end of it: "
            f"of the last {len(lately)}, {count} were {kind}."
        )
        servers = tuple(sorted({entry.process for entry in lately}))
        return InvariantViolation(TITLE, SECTION, time, len(records) - 1, servers, (), detail)


class BoundedBursts(BoundedWork):
    """Counts the steps of each millisecond, for runs that may be busy for hours."""

    _instant = 0

    def observe(self, row: Row) -> None:
        """Count a step."""
        instant = row[0] // MILLISECOND
        if instant != self._instant:
            self._instant, self._steps = instant, 0
        self._steps += 1
        if self._steps > STEPS_IN_A_MS:
            self._report(self._storm(row[0]))


def _name(step: Step) -> str:
    """Return what a step was about, in a word or two."""
    timer = getattr(step.event, "timer", "")
    return f"{timer} timers" if timer else type(step.event).__name__
