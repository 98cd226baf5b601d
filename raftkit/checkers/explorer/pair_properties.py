"""The properties of Figure 3 that concern several servers, as conditions on pairs of snapshots.

The checkers find the same properties along a run, but a search knows states and not the way to
them. When a search returns a run, those checkers judge it.
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
    """Log Matching (§5.3), by induction: an index and a term have one entry and one predecessor."""
    one, other = a.state.log, b.state.log
    for index in range(1, min(one.last_index, other.last_index) + 1):
        mine, theirs = one[index], other[index]
        if mine.term == theirs.term and (
            mine != theirs or one.term_at(index - 1) != other.term_at(index - 1)
        ):
            return False
    return True


def leaders_are_complete(a: Snapshot, b: Snapshot) -> bool:
    """Leader Completeness (§5.4): a leader of a later term holds all that others have committed.

    The term of a commit is not known here, so the other server's current term counts: the leader of
    an older term may lack the entry.
    """
    return _holds_what_was_committed(a, b) and _holds_what_was_committed(b, a)


def _holds_what_was_committed(leader: Snapshot, other: Snapshot) -> bool:
    """Return whether `leader`, if it leads a later term, holds the other's committed entries."""
    standing = leader.state.standing
    if standing.role != LEADER or other.state.standing.current_term >= standing.current_term:
        return True
    log: Log = leader.state.log
    return log.entries(1, len(other.committed)) == other.committed


def same_entries_applied(a: Snapshot, b: Snapshot) -> bool:
    """State Machine Safety (§5.4.3)."""
    both = min(len(a.applied), len(b.applied))
    return a.applied[:both] == b.applied[:both]


# By the title of the checker of the same property, in the order in which checkers report.
OF_PAIRS: dict[str, PairProperty] = {
    ElectionSafety.title: one_leader_a_term,
    LeaderCompleteness.title: leaders_are_complete,
    LogMatching.title: logs_match,
    StateMachineSafety.title: same_entries_applied,
}
