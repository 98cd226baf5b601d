"""`Checkpoints`: copies of a cluster on its way, from which any instant of its past is near.

Without them, whoever acts at an instant would wait until the whole past had been run
again. A copy holds no history: that of its future begins with what the copy has lived.
"""

from bisect import bisect_right
from dataclasses import dataclass

from raftkit.simulator import History, System
from raftkit.simulator.records import Length

# Virtual microseconds between two copies: to run as much again takes some milliseconds.
SPACING = 2_000_000
# An hour has 1,800 of them; from then on every second one has to do.
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A cluster as it was, with nothing in its history, and how long that was."""

    cluster: System
    length: Length

    @property
    def time(self) -> int:
        """The instant that it holds, in microseconds."""
        return self.length.end


class Checkpoints:
    """The checkpoints of one future, the oldest first; none if its servers are not copied."""

    def __init__(self, inherited: tuple[Checkpoint, ...] = ()) -> None:
        self._taken = list(inherited)
        self._spacing = SPACING

    def take(self, cluster: System) -> None:
        """Keep a copy of a cluster between two runs, unless the last one is young enough."""
        history = cluster.history
        last = self._taken[-1].time if self._taken else -self._spacing
        if not cluster.is_copied or history.end < last + self._spacing:
            return
        self._taken.append(Checkpoint(cluster.copy(History(history.setup)), history.length))
        if len(self._taken) > MOST:
            del self._taken[1::2]
            self._spacing *= 2

    def until(self, time: int) -> tuple[Checkpoint, ...]:
        """Those that another future shares, which begins at `time`."""
        return tuple(self._taken[: self._count(time)])

    def at(self, history: History, time: int) -> System | None:
        """The cluster of `history` at `time`, as it will never be run here; None without a copy."""
        count = self._count(time)
        if not count:
            return None
        nearest = self._taken[count - 1]
        cluster = nearest.cluster.copy(history.beginning(nearest.length))
        cluster.follow(history, time / 1_000)
        return cluster

    def _count(self, time: int) -> int:
        """How many are of `time` or before it."""
        return bisect_right(self._taken, time, key=lambda checkpoint: checkpoint.time)
