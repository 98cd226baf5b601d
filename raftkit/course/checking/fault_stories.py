"""Schedules of faults as exercises tell them: acts by the millisecond, for the search to try first.

A random search seldom hits upon a story like Figure 8's. What the paper tells, a check
need not find by luck. It knows no exercises.
"""

from typing import Any

from raftkit.checkers import Timed, Trial


def story(
    servers: int, end_ms: int, *told: tuple[float, tuple[Any, ...]], clients: int = 0
) -> Trial:
    """A trial of `end_ms` milliseconds from instants, each with the acts that happen then.

    >>> from raftkit.simulator import Crash, Timeout
    >>> story(3, 30, (0, (Timeout("S1"),)), (20, (Crash("S1"),))).schedule[1]
    Timed(at=20000, action=Crash(server='S1'))
    """
    schedule = tuple(Timed(round(at_ms * 1000), act) for at_ms, acts in told for act in acts)
    return Trial(servers, 1, schedule, end_ms * 1000, clients=clients)
