"""`PlayedCluster`: a cluster that can be played, whatever the rules or servers in it do.

An error in somebody's rule or server, or servers that keep each other busy without end, are
broken promises here like any other: the clock stops at them. It does not know who watches.
"""

from typing import Any, Self

from raftkit.checkers import Cluster
from raftkit.checkers.bounded_work import BoundedBursts
from raftkit.checkers.trials import ANSWERS
from raftkit.simulator import History, InvariantViolation


class PlayedCluster(Cluster):
    """Every checker is on, and nothing that a server does ends in an exception."""

    @classmethod
    def going_on(cls, cluster: Cluster, ms: float | None = None) -> Self:
        """What `cluster.fork(ms)` gives, as a cluster that can be played."""
        return cls.replay(cluster.history, ms, **cluster._arguments)

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
            said = f"{kind.__name__}: {error}" if kind.__module__ == "builtins" else str(error)
            records = self.history.records
            violation = InvariantViolation(
                ANSWERS, "Figure 2", records[-1].time, len(records) - 1, (server,), (),
                f"{server} does not answer. {said}",
            )  # fmt: skip
            self._simulation.report(violation)
        return True


def played_again(history: History, parts: dict[str, Any]) -> PlayedCluster:
    """The cluster that has lived through `history`, made with these rules or servers.

    What only the end of a trial has shown, such as a missed bound on time, no run shows again: it
    is taken over.
    """
    cluster = PlayedCluster.replay(history, **parts)
    if not cluster.violations:
        cluster.violations.extend(history.violations)
    return cluster
