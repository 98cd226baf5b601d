"""The properties of Figure 3 that need more than one server, about pairs of snapshots.

A search holds every state of the cluster against them. They are stated so
because a search knows states and not the way to them. They are the same properties that the
checkers find along a run; the run that a search hands over is judged by those.
"""

from raftkit.checkers.explorer.behaviour import PairProperty, Snapshot
from raftkit.checkers.figure_3 import (
    ElectionSafety,
    LeaderCompleteness,
    LogMatching,
    StateMachineSafety,
)
from raftkit.protocol import Log
from raftkit.protocol.roles import LEADER


def one_leader_a_term(a: Snapshot, b: Snapshot) -> bool:
    """Election Safety (§5.2)."""
    one, other = a.state.standing, b.state.standing
    if one.role != LEADER or other.role != LEADER:
        return True
    return bool(one.current_term != other.current_term)


def logs_match(a: Snapshot, b: Snapshot) -> bool:
    """Log Matching (§5.3), by its induction: one entry and one predecessor for index and term."""
    one, other = a.state.log, b.state.log
    for index in range(1, min(one.last_index, other.last_index) + 1):
        mine, theirs = one[index], other[index]
        if mine.term == theirs.term and (
            mine != theirs or one.term_at(index - 1) != other.term_at(index - 1)
        ):
            return False
    return True


def leaders_are_complete(a: Snapshot, b: Snapshot) -> bool:
    """Leader Completeness (§5.4): what one has committed, a leader of a later term holds.

    A server may have heard of a commit late, so it counts for the term that it is in now: a
    late winner of an older term may rightly lack it.
    """
    return _holds_what_was_committed(a, b) and _holds_what_was_committed(b, a)


def _holds_what_was_committed(leader: Snapshot, other: Snapshot) -> bool:
    """Whether `leader`, if it is one of a later term, holds the other's committed entries."""
    standing = leader.state.standing
    if standing.role != LEADER or other.state.standing.current_term >= standing.current_term:
        return True
    log: Log = leader.state.log
    return log.entries(1, len(other.committed)) == other.committed


def same_entries_applied(a: Snapshot, b: Snapshot) -> bool:
    """State Machine Safety (§5.4.3)."""
    both = min(len(a.applied), len(b.applied))
    return a.applied[:both] == b.applied[:both]


# By the checker that finds the same along a run, in the order in which these report.
OF_PAIRS: dict[str, PairProperty] = {
    ElectionSafety.title: one_leader_a_term,
    LeaderCompleteness.title: leaders_are_complete,
    LogMatching.title: logs_match,
    StateMachineSafety.title: same_entries_applied,
}
