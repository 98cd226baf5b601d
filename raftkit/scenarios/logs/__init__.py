"""Log replication (§5.3): our own scenarios for a whole server.

They look only at what the contract promises, effects and observe(), so that any
right server passes, however it backs up, cuts batches or begins a term.
"""

from raftkit.scenarios.logs import (
    acknowledging,
    backing_up,
    consistency_check,
    leader_progress,
    merging,
    sending,
    whole_clusters,
)

SCENARIOS = (
    *consistency_check.SUITE,
    *merging.SUITE,
    *acknowledging.SUITE,
    *sending.SUITE,
    *leader_progress.SUITE,
    *backing_up.SUITE,
    *whole_clusters.SUITE,
)
