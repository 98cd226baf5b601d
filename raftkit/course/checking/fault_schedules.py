"""`fault_schedule`: writes down a schedule of faults that the search of a check tries first.

A random search seldom finds a schedule like that of Figure 8, so exercises bring the
schedules that their wrong answers must not survive.
"""

from typing import Any

from raftkit.checkers import Timed, Trial


def fault_schedule(
    servers: int, end_ms: int, *instants: tuple[float, tuple[Any, ...]], clients: int = 0
) -> Trial:
    """A trial of `end_ms` milliseconds; `instants` are times in ms, each with its actions.

    >>> from raftkit.simulator import Crash, Timeout
    >>> fault_schedule(3, 30, (0, (Timeout("S1"),)), (20, (Crash("S1"),))).schedule[1]
    Timed(at=20000, action=Crash(server='S1'))
    """
    schedule = tuple(
        Timed(round(at_ms * 1000), action) for at_ms, actions in instants for action in actions
    )
    return Trial(servers, 1, schedule, end_ms * 1000, clients=clients)
