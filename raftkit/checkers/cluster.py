"""`Cluster`: the simulator's cluster with every checker on.

A change of role that Figure 4 does not have is a violation too: the server
refuses it, and here the refusal becomes a report.
"""

from raftkit import simulator
from raftkit.checkers.safety import Safety
from raftkit.protocol import ForbiddenTransition
from raftkit.simulator import InvariantViolation


class Cluster(simulator.Cluster):
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

    def _observe(self) -> None:
        """Put every checker on: they see each step before its messages leave."""
        simulation = self._simulation
        safety = Safety(simulation.history, simulation.report)
        simulation.observers.append(safety.observe)
        simulation.explain = self._explain

    def _explain(self, server: str, error: Exception) -> bool:
        """Report a refused change of role as a violation; other errors are not ours to explain."""
        if not isinstance(error, ForbiddenTransition):
            return False
        simulation = self._simulation
        position = len(simulation.history.records) - 1
        violation = InvariantViolation(
            "Role Transitions", "Figure 4", simulation.now, position, (server,), (), f"{error}."
        )
        simulation.report(violation)
        return True
