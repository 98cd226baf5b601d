"""The floor: the least that any discrete-event simulation in Python does for an event.

Every other speed is compared with it in the same run, because a slow machine slows both. It
does not know this kit's simulator.
"""

from heapq import heappop, heappush
from time import process_time

# The number of events in the heap: a push and a pop cost more if there are more.
PENDING = 100


def floor(events: int = 200_000) -> float:
    """Events a second, each pushed, popped and called as a tuple (time, counter, action, argument).

    A hundred events are pending all the time.
    """

    def action(argument: None) -> None:
        """An event that does nothing."""

    heap = [(time, time, action, None) for time in range(PENDING)]
    started = process_time()
    for time in range(PENDING, PENDING + events):
        heappush(heap, (time, time, action, None))
        _, _, call, argument = heappop(heap)
        call(argument)
    return events / (process_time() - started)
