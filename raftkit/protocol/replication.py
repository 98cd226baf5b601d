"""Log replication (§5.3): the leader's sending and the follower's receiving.

The follower's part is AppendEntries steps 2 to 4 of Figure 2; the leader's is
`nextIndex` and `matchIndex` and the fast back-up that the end of §5.3 sketches.
Commit indexes are decided elsewhere (commitment.py).
"""

from raftkit.protocol.log import Entry, Log
from raftkit.protocol.messages import AppendEntriesRequest, AppendEntriesResponse
from raftkit.protocol.record import record
from raftkit.protocol.roles import LEADER
from raftkit.protocol.terms import Standing


@record
class Progress:
    """What the leader knows about one follower's log: Figure 2's nextIndex and matchIndex.

    Invariant: match_index < next_index.
    """

    next_index: int
    match_index: int = 0


@record
class Conflict:
    """Where a follower's log disagrees: the term found there and that term's first index (§5.3).

    If the log is too short, `term` is 0 and `index` the one after its last entry.
    """

    term: int
    index: int


# The follower's part ---------------------------------------------------------------------


def previous_entry_matches(log: Log, request: AppendEntriesRequest) -> bool:
    """Whether `log` holds the entry just before the new ones (Figure 2, AppendEntries, 2).

    >>> request = AppendEntriesRequest("S1", "S2", 3, prev_log_index=2, prev_log_term=2,
    ...                                entries=(), leader_commit=0)
    >>> previous_entry_matches(Log.of_terms(1, 2), request)
    True
    >>> previous_entry_matches(Log.of_terms(1), request)
    False
    """
    if request.prev_log_index > log.last_index:
        return False
    return log.term_at(request.prev_log_index) == request.prev_log_term


def merge_entries(log: Log, request: AppendEntriesRequest) -> Log:
    """The follower's log with the request's entries in it (Figure 2, AppendEntries, 3 and 4).

    Only a conflict deletes: a delayed request must not remove entries that came after it.

    >>> request = AppendEntriesRequest("S1", "S2", 2, 1, 1, (Entry(1), Entry(2)), 0)
    >>> merge_entries(Log.of_terms(1, 1, 1), request)
    Log.of_terms(1, 1, 2)
    >>> merge_entries(Log.of_terms(1, 1, 2, 2), request)
    Log.of_terms(1, 1, 2, 2)
    """
    if request.prev_log_index == log.last_index:
        return log.extend(request.entries) if request.entries else log
    for offset, entry in enumerate(request.entries):
        index = request.prev_log_index + 1 + offset
        if index > log.last_index or log.term_at(index) != entry.term:
            return log.prefix(index - 1).extend(request.entries[offset:])
    return log


def match_index_after(log: Log, request: AppendEntriesRequest) -> int:
    """The last index at which the follower now surely agrees with the leader.

    Not the end of its log: what follows the new entries may be an old leader's.

    >>> request = AppendEntriesRequest("S1", "S2", 2, 1, 1, entries=(), leader_commit=0)
    >>> match_index_after(Log.of_terms(1, 1, 1), request)
    1
    """
    return request.prev_log_index + len(request.entries)


def find_conflict(log: Log, request: AppendEntriesRequest) -> Conflict:
    """What a refusing follower tells the leader, to skip a whole term at once (end of §5.3).

    >>> request = AppendEntriesRequest("S1", "S2", 8, 10, 6, entries=(), leader_commit=0)
    >>> find_conflict(Log.of_terms(1, 1, 1, 4), request)
    Conflict(term=0, index=5)
    >>> find_conflict(Log.of_terms(1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3), request)
    Conflict(term=3, index=7)
    """
    if request.prev_log_index > log.last_index:
        return Conflict(0, log.last_index + 1)
    term = log.term_at(request.prev_log_index)
    return Conflict(term, log.first_index_of(term))


# The leader's part -----------------------------------------------------------------------


def append_command(standing: Standing, log: Log, entry: Entry) -> Log | None:
    """The log with a client's command at its end; None if a leader is needed (Figure 2, Leaders).

    >>> append_command(Standing("leader", 2, "S1"), Log.of_terms(1), Entry(2, "x=1")).last_index
    2
    >>> append_command(Standing("follower", 2, None), Log.of_terms(1), Entry(2, "x=1"))
    """
    return log.extend((entry,)) if standing.role == LEADER else None


def initial_progress(last_log_index: int, earlier: Progress | None) -> Progress:
    """What a new leader assumes of a follower (Figure 2, "reinitialized after election").

    `earlier` is what this server knew when it last led; None if it never did.

    >>> initial_progress(7, earlier=Progress(3, 2))
    Progress(next_index=8, match_index=0)
    """
    return Progress(next_index=last_log_index + 1, match_index=0)


def make_append_entries(
    source: str,
    target: str,
    current_term: int,
    log: Log,
    next_index: int,
    commit_index: int,
    batch: int,
) -> AppendEntriesRequest:
    """The request that sends up to `batch` entries from `next_index` on (Figure 2, Leaders).

    >>> make_append_entries("S1", "S2", 2, Log.of_terms(1, 1, 2), 3, 1, batch=10)
    AppendEntriesRequest(source='S1', target='S2', term=2, prev_log_index=2, prev_log_term=1, \
entries=(Entry(term=2, command='', client='', serial=0),), leader_commit=1)
    """
    prev_log_index = next_index - 1
    return AppendEntriesRequest(
        source,
        target,
        current_term,
        prev_log_index,
        log.term_at(prev_log_index),
        log.entries(next_index, prev_log_index + batch),
        commit_index,
    )


def advance_progress(
    standing: Standing, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """The leader's view of a follower after a success (Figure 2, Leaders).

    Answers come late and twice: match_index never goes back.

    >>> success = AppendEntriesResponse("S2", "S1", 2, success=True, match_index=4)
    >>> advance_progress(Standing("leader", 2, "S1"), Progress(3, 2), success)
    Progress(next_index=5, match_index=4)
    """
    if response.term != standing.current_term or response.match_index <= progress.match_index:
        return progress
    match_index = response.match_index
    return Progress(match_index + 1, match_index)


def back_up(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """The leader's view of a follower after a refusal (Figure 2, Leaders; end of §5.3).

    next_index falls to the end of the conflicting term in the leader's own log, or to its
    start in the follower's if the leader has no entry of it; never to match_index or below.
    A refusal of an older term, or of a request that has since succeeded, says nothing.

    >>> refusal = AppendEntriesResponse("S2", "S1", 8, success=False, prev_log_index=10,
    ...                                 conflict_term=4, conflict_index=4)
    >>> leader = Log.of_terms(1, 1, 1, 4, 4, 5, 5, 6, 6, 6)
    >>> back_up(Standing("leader", 8, "S1"), leader, Progress(11, 0), refusal)
    Progress(next_index=6, match_index=0)
    """
    refused = response.prev_log_index
    if response.term != standing.current_term or refused <= progress.match_index:
        return progress
    agrees = log.last_index_of(response.conflict_term)
    if response.conflict_term and log.term_at(agrees) == response.conflict_term:
        wanted = agrees + 1
    else:
        wanted = response.conflict_index
    # A late refusal must not raise next_index, and one round must always get somewhere.
    lowest = progress.match_index + 1
    next_index = max(lowest, min(wanted, refused, progress.next_index))
    return Progress(next_index, progress.match_index)


def back_up_by_one(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """Figure 2's own back-up: one entry for each refusal.

    >>> refusal = AppendEntriesResponse("S2", "S1", 8, success=False, prev_log_index=10)
    >>> back_up_by_one(Standing("leader", 8, "S1"), Log(), Progress(11, 0), refusal)
    Progress(next_index=10, match_index=0)
    """
    if response.term != standing.current_term or response.prev_log_index <= progress.match_index:
        return progress
    next_index = max(progress.match_index + 1, min(progress.next_index, response.prev_log_index))
    return Progress(next_index, progress.match_index)
