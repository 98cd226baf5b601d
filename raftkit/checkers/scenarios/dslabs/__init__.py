"""The situations of DSLabs' third lab, told for Raft instead of Paxos.

The run tests put clients to work on whole clusters, in virtual time. One of them has
no meaning here: that old commands are collected as garbage would need snapshots,
which Figure 2 does not have.
"""

from raftkit.checkers.scenarios.dslabs import partitions, repartitions, workloads
from raftkit.checkers.scenarios.scenario import Scenario

SUITE = "DSLabs"

SCENARIOS: tuple[Scenario, ...] = tuple(
    Scenario(name, SUITE, origin, run)
    for name, origin, run in (*partitions.RUNS, *workloads.RUNS, *repartitions.RUNS)
)
