"""Several tasks of a scenario at once, in virtual time.

A task is a generator that yields how many milliseconds it waits. Tasks take
turns at the instants they asked for, so one seed still gives one history.
"""

from heapq import heappop, heappush

from raftkit.scenarios.watched_cluster import Task, WatchedCluster


class Tasks:
    """The tasks under way on a cluster."""

    def __init__(self, cluster: WatchedCluster) -> None:
        self._cluster = cluster
        # By instant, then by number: two tasks that wake together go in the order of starting.
        self._waiting: list[tuple[float, int, Task]] = []
        self._started = 0

    @property
    def waiting(self) -> int:
        """How many tasks have not ended."""
        return len(self._waiting)

    def start(self, task: Task) -> None:
        """Let a task begin, up to its first wait."""
        self._started += 1
        self._advance(self._started, task)

    def run(self, ms: float) -> None:
        """Let time pass, and tasks go on."""
        end = self._cluster.now_ms + ms
        while self._waiting and self._waiting[0][0] <= end:
            self._next()
        self._cluster.run(end - self._cluster.now_ms)

    def finish(self) -> None:
        """Let time pass until every task has ended."""
        while self._waiting:
            self._next()

    def _next(self) -> None:
        """Let time pass up to the earliest task's instant and let it go on."""
        time, number, task = heappop(self._waiting)
        self._cluster.run(time - self._cluster.now_ms)
        self._advance(number, task)

    def _advance(self, number: int, task: Task) -> None:
        """Let a task go on to its next wait; one that has ended is forgotten."""
        wait = next(task, None)
        if wait is not None:
            heappush(self._waiting, (self._cluster.now_ms + wait, number, task))
