"""`Checkpoints`: copies of a cluster at instants of its past.

Without them, an action in the past would have to wait until the whole run up to it had been
repeated. A copy has an empty history; the records up to its instant are taken from the history
of its future. It does not know who asks for a copy.
"""

from bisect import bisect_right
from dataclasses import dataclass

from raftkit.simulator import History, System
from raftkit.simulator.records import Length

# Virtual microseconds between two copies; running as much again takes some milliseconds.
SPACING = 2_000_000
# A copy grows with the run, because it holds what is applied and what is checked. So only these
# are kept, and an instant of an hour's run is reached from at most some minutes before.
MOST = 32
RECENT = 4  # of the newest copies none is dropped: mostly one acts where one is


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A copy of a cluster with an empty history, and the length that its history had."""

    cluster: System
    length: Length

    @property
    def time(self) -> int:
        """The instant of the copy, in microseconds."""
        return self.length.end

    def __del__(self) -> None:
        """Free the copy's memory at once when no future needs it any more."""
        self.cluster.simulation.take_apart()


class Checkpoints:
    """The checkpoints of one future, oldest first; none if its servers cannot be copied."""

    def __init__(self, inherited: tuple[Checkpoint, ...] = ()) -> None:
        self._taken = list(inherited)

    def take(self, cluster: System) -> None:
        """Keep a copy of a cluster between two runs, unless the last copy is recent enough."""
        history = cluster.history
        last = self._taken[-1].time if self._taken else -SPACING
        if not cluster.is_copied or history.end < last + SPACING:
            return
        self._taken.append(Checkpoint(cluster.copy(History(history.setup)), history.length))
        if len(self._taken) > MOST:
            del self._taken[self._least_missed()]

    def _least_missed(self) -> int:
        """The place of the old copy without which the longest stretch to run again is shortest."""
        taken = self._taken
        return min(
            range(1, len(taken) - RECENT),
            key=lambda place: taken[place + 1].time - taken[place - 1].time,
        )

    def until(self, time: int) -> tuple[Checkpoint, ...]:
        """The checkpoints up to `time`, which a future that begins there shares."""
        return tuple(self._taken[: self._count(time)])

    def at(self, history: History, time: int) -> System | None:
        """A copy of the cluster of `history` at `time`; None without a checkpoint before it."""
        count = self._count(time)
        if not count:
            return None
        nearest = self._taken[count - 1]
        cluster = nearest.cluster.copy(history.beginning(nearest.length))
        cluster.follow(history, time / 1_000)
        return cluster

    def _count(self, time: int) -> int:
        """The number of checkpoints at or before `time`."""
        return bisect_right(self._taken, time, key=lambda checkpoint: checkpoint.time)
