"""`Invariant`: a property that a user states about the visible states of all processes.

The explorer checks it in every state, and `holding` checks it at each step of a run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from raftkit.simulator import InvariantViolation, Row, Simulation, Watch

# The states of the processes that run, in the order of their names.
States = Mapping[str, Any]


@dataclass(frozen=True)
class Invariant:
    """A named property of all processes' states; `section` says where the property is promised.

    `holds` returns whether the property is true of the visible states. `names_servers` says that it
    speaks of particular servers, so that exchanging the names of servers may change its answer.

    >>> from raftkit.protocol import Log, ServerState, Standing
    >>> calm = Invariant("Calm", "§5.1", lambda states: all(
    ...     state.standing.current_term < 5 for state in states.values()))
    >>> calm.holds({"S1": ServerState(Standing("follower", 9), Log(), 0, 0, None, ())})
    False
    """

    name: str
    section: str
    holds: Callable[[States], bool]
    names_servers: bool = True

    def broken(self, time: int, step: int, servers: tuple[str, ...]) -> InvariantViolation:
        """Return the violation that reports that the invariant does not hold."""
        detail = f"“{self.name}” does not hold."
        return InvariantViolation(self.name, self.section, time, step, servers, (), detail)


def holding(*invariants: Invariant) -> Watch:
    """Return a watch that checks invariants at every step of a run, before its messages leave.

    >>> from raftkit.simulator import RaftSystem, Timeout
    >>> quiet = Invariant("Quiet", "none", lambda states: all(
    ...     state.standing.role == "follower" for state in states.values()))
    >>> cluster = RaftSystem(servers=3, watch=[holding(quiet)])
    >>> cluster.do(Timeout("S2"))
    >>> [(broken.property, broken.servers) for broken in cluster.violations]
    [('Quiet', ('S2',))]
    """

    def watch(simulation: Simulation) -> None:
        simulation.observers.append(_Holding(simulation, invariants).observe)

    return watch


class _Holding:
    """An observer of a simulation that reports the first invariant to break, and then stops."""

    def __init__(self, simulation: Simulation, invariants: tuple[Invariant, ...]) -> None:
        self._simulation = simulation
        self._invariants = invariants

    def observe(self, row: Row) -> None:
        """Report the first invariant that does not hold after a step, once in a run."""
        time, server, *_ = row
        simulation = self._simulation
        servers = simulation.history.setup["servers"]
        states = {name: simulation.hosts[name].state for name in servers}
        running = {name: state for name, state in states.items() if state is not None}
        for invariant in self._invariants:
            if not invariant.holds(running):
                self._invariants = ()
                step = len(simulation.history.records) - 1
                simulation.report(invariant.broken(time, step, (server,)))
                return
