"""The floor: what any discrete-event simulation in Python costs at the very least.

Every other speed is compared with it in the same run, because a machine that is
slow today is slow for both.
"""

from heapq import heappop, heappush
from time import process_time

# How long the heap is kept: a push and a pop cost more, the more events are planned.
PENDING = 100


def floor(events: int = 200_000) -> float:
    """Push, pop and call of a tuple (time, counter, action, argument), in events a second.

    It is the least that any simulation in Python does for an event, with 100 of them pending.
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
