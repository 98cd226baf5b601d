"""`Cluster`: Raft on a simulated network, with every checker on.

A server refuses a change of role that Figure 4 does not have, and raises an error; here that error
becomes a violation.
"""

from typing import ClassVar

from raftkit import simulator
from raftkit.checkers.safety import watch_figure_3
from raftkit.protocol import ForbiddenTransition
from raftkit.simulator import InvariantViolation, Simulation, Watch


def watch_figure_4(simulation: Simulation) -> None:
    """Report it as a violation when a server refuses a change of role."""
    simulation.explanations.append(forbidden_transition)


def forbidden_transition(
    simulation: Simulation, server: str, error: Exception
) -> InvariantViolation | None:
    """Return the violation for a refused change of role, or None for any other error."""
    if not isinstance(error, ForbiddenTransition):
        return None
    position = len(simulation.history.records) - 1
    return InvariantViolation(
        "Role Transitions", "Figure 4", simulation.now, position, (server,), (), f"{error}."
    )


class Cluster(simulator.RaftSystem):
    """Raft on a simulated network, with Figure 3 checked at every step.

    A broken property ends the run at the step that broke it (unless `stop_at_violation` is
    False) and is the first of `violations`.

    >>> from dataclasses import replace
    >>> from raftkit.protocol import Rules
    >>> anyone = replace(Rules(), has_majority=lambda granted, refused, servers: granted >= 1)
    >>> cluster = Cluster(servers=3, rules=anyone)
    >>> cluster.do(simulator.Timeout("S1"), simulator.Timeout("S2"))
    >>> cluster.run(ms=100)
    >>> cluster.violations[0].property
    'Election Safety'
    """

    always: ClassVar[tuple[Watch, ...]] = (watch_figure_3, watch_figure_4)
