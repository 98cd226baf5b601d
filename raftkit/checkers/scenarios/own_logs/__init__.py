"""Log replication (§5.3): our own scenarios for a whole server.

They look only at what the contract promises, effects and observe(), so that any
right server passes, however it backs up, cuts batches or begins a term.
"""

from raftkit.checkers.scenarios.own_logs import (
    acknowledging,
    leading,
    merging,
    refusing,
    repairing,
    sending,
    whole_clusters,
)

SCENARIOS = tuple(
    scenario
    for part in (
        *(refusing, merging, acknowledging),  # a follower alone
        *(sending, leading),  # a leader alone
        *(repairing, whole_clusters),  # both
    )
    for scenario in part.SUITE.scenarios
)
