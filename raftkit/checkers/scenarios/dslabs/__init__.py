"""The situations of DSLabs' third lab, told for Raft instead of Paxos.

The run tests put clients to work on whole clusters, in virtual time; the search tests
ask the explorer. One has no meaning here: that old commands are collected as garbage
would need snapshots, which Figure 2 does not have.
"""

from raftkit.checkers.scenarios.dslabs import (
    partitions,
    repartitions,
    searches,
    walks,
    workloads,
)
from raftkit.checkers.scenarios.scenario import Scenario

SUITE = "DSLabs"
SEARCHES = "DSLabs search"

SCENARIOS: tuple[Scenario, ...] = (
    *(
        Scenario(name, SUITE, origin, run)
        for name, origin, run in (*partitions.RUNS, *workloads.RUNS, *repartitions.RUNS)
    ),
    *(Scenario(name, SEARCHES, origin, run) for name, origin, run in (*searches.RUNS, *walks.RUNS)),
)
