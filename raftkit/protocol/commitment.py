"""Committing and applying entries (§5.3, §5.4.2).

Which entries are safe, who may say so, when they reach the state machine, and
when a client may hear of it. Nothing here touches the log or the network.
"""

from collections.abc import Sequence

from raftkit.protocol.log import Log
from raftkit.protocol.messages import AppendEntriesRequest


def advance_commit_index(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """The leader's next commit index (§5.3, §5.4.2; Figure 2, last rule for leaders).

    `match_indexes` has one index for every server, the leader's own last index among them.

    >>> advance_commit_index(Log.of_terms(1, 1, 2), 2, 0, [3, 3, 1])
    3
    >>> advance_commit_index(Log.of_terms(1, 1, 2), 2, 0, [3, 2, 1])
    0
    """
    # Figure 2 looks for the largest N; below the majority's index no N can be of a later term.
    # Sorted upwards, a majority of the servers has this index or one after it.
    majority_index = sorted(match_indexes)[(len(match_indexes) - 1) // 2]
    if majority_index <= commit_index:
        return commit_index
    # A majority does not make an older term's entry safe: a later leader may still overwrite
    # it (Figure 8). It commits with our next own entry.
    return majority_index if log.term_at(majority_index) == current_term else commit_index


def follower_commit_index(commit_index: int, request: AppendEntriesRequest, success: bool) -> int:
    """The follower's commit index after a request (Figure 2, AppendEntries, 5).

    Capped at the last new entry: what lies after it may differ from the leader's log.

    >>> request = AppendEntriesRequest("S1", "S2", 2, 3, 1, entries=(), leader_commit=9)
    >>> follower_commit_index(1, request, success=True)
    3
    >>> follower_commit_index(1, request, success=False)
    1
    """
    if not success or request.leader_commit <= commit_index:
        return commit_index
    last_new_index = request.prev_log_index + len(request.entries)
    if request.leader_commit <= last_new_index:
        return request.leader_commit
    return last_new_index if last_new_index > commit_index else commit_index


def apply_through(last_applied: int, commit_index: int, last_log_index: int) -> int:
    """The index up to which entries go to the state machine now (Figure 2, All servers).

    >>> apply_through(last_applied=2, commit_index=5, last_log_index=7)
    5
    """
    return commit_index


def may_answer_client(index: int, commit_index: int, last_applied: int) -> bool:
    """Whether the client may be told that its entry at `index` is done (§5.3; Figure 2, Leaders).

    >>> may_answer_client(4, commit_index=4, last_applied=3)
    False
    """
    return index <= last_applied
