"""A disk that distinguishes written from durable.

A write is durable once it is synced; a crash loses every write that is not. A step's messages
wait here until its writes are durable. It does not know what is written.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any

Batch = tuple[Sequence[Any], Any]


class Disk:
    """One server's disk: `durable` survives a crash, the queue of batches does not.

    `sync_delay` is how long one sync takes, in microseconds; syncs end in the order in which they
    began, even if the disk has become quicker. `tear_after` arms a crash: the next batch of
    writes loses all but its first `tear_after` writes.
    """

    __slots__ = ("_last_end", "_queue", "busy", "durable", "sync_delay", "tear_after")

    def __init__(self) -> None:
        self.durable: Any = None
        self.sync_delay = 0
        self.tear_after: int | None = None
        self.busy = False  # whether something is written but not yet durable
        self._queue: deque[Batch] = deque()
        self._last_end = 0

    def write_through(self, writes: Sequence[Any]) -> None:
        """Make `writes` durable at once; each replaces the one before it."""
        if writes:
            self.durable = writes[-1]

    def enqueue(self, writes: Sequence[Any], waiting: Any, now: int) -> int:
        """Queue `writes`, and what is `waiting` for them; returns when to `sync` them."""
        self._queue.append((writes, waiting))
        self.busy = True
        # The messages of a step without writes take no time, but may not overtake an earlier
        # write.
        end = now + self.sync_delay if writes else now
        self._last_end = max(end, self._last_end)
        return self._last_end

    def sync(self) -> Any:
        """Make the oldest batch durable and return what waited for it."""
        writes, waiting = self._queue.popleft()
        self.busy = bool(self._queue)
        self.write_through(writes)
        return waiting

    def crash(self) -> None:
        """Lose everything that is not durable."""
        self._queue.clear()
        self.busy = False
        self._last_end = 0
        self.tear_after = None
