"""A disk that tells written from durable.

A write reaches the platter when it is synced; what was not synced is gone
after a crash. A step's messages wait here until its writes are durable.
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
        """Make `writes` durable at once, the last one on top."""
        if writes:
            self.durable = writes[-1]

    def enqueue(self, writes: Sequence[Any], waiting: Any, now: int) -> int:
        """Queue `writes`, and what is `waiting` for them; the answer is when to `sync` them."""
        self._queue.append((writes, waiting))
        self.busy = True
        # A step that only speaks takes no time of its own, but may not overtake an earlier
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
