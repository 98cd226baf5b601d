"""The situations of DSLabs' third lab, told for Raft instead of Paxos.

The run tests put clients to work on whole clusters, in virtual time; the search tests
ask the explorer. One has no meaning here: that old commands are collected as garbage
would need snapshots, which Figure 2 does not have.
"""

from tests.evidence.dslabs import partitions, random_walks, repartitions, searches, workloads

SCENARIOS = (
    *partitions.SUITE,
    *workloads.SUITE,
    *repartitions.SUITE,
    *searches.SUITE,
    *random_walks.SUITE,
)
