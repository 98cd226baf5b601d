"""`PlayedCluster`: a cluster that can be played, whatever the rules or servers in it do.

An error in somebody's rule or server, or servers that keep each other busy without end, are
broken promises here like any other: the clock stops at them. It does not know who watches.
"""

from typing import Any, Self

from raftkit.checkers import Cluster
from raftkit.checkers.bounded_work import BoundedBursts
from raftkit.checkers.trials import ANSWERS
from raftkit.simulator import History, InvariantViolation
from raftkit.simulator.cluster import MILLISECOND


class PlayedCluster(Cluster):
    """Every checker is on, and no step of a server ends in an exception.

    A rule that says how long a timer runs is asked after the step: an error in it is still raised.
    """

    @classmethod
    def going_on(cls, cluster: Cluster, ms: float, as_planned: bool = True) -> Self:
        """What `cluster.fork(ms)` gives, as a cluster to be played.

        Unless all goes `as_planned`, nothing happens later that was planned before.
        """
        past = cluster.history
        if not as_planned:
            kept = [asked for asked in past.inputs if asked.at <= ms * MILLISECOND]
            past = History(past.setup, kept, end=past.end)
        return cls.replay(past, ms, **cluster._arguments)

    @staticmethod
    def parts_of(cluster: Cluster) -> dict[str, Any]:
        """The rules and the servers that a cluster was made with."""
        return {name: cluster._arguments[name] for name in ("rules", "make_server")}

    def _observe(self) -> None:
        super()._observe()
        simulation = self._simulation
        simulation.observers.append(BoundedBursts(self.history, simulation.report).observe)

    def _explain(self, server: str, error: Exception) -> bool:
        """Report any error in a server, as Python words it or as its guard does."""
        if not super()._explain(server, error):
            kind = type(error)
            own = kind.__module__ == "builtins"
            said = f"raised {kind.__name__}: {error}" if own else f"does not answer. {error}"
            records = self.history.records
            violation = InvariantViolation(
                ANSWERS, "Figure 2", records[-1].time, len(records) - 1, (server,), (),
                f"{server} {said}",
            )  # fmt: skip
            self._simulation.report(violation)
        return True
