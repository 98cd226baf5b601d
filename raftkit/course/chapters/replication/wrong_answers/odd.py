"""Odd but right answers about log replication: they back up, batch and loop in other ways.

They decide differently what Figure 2 leaves open, or write the same in another way.
"""

from raftkit.course.wrong_answer import OddAnswers
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Entry,
    Log,
    Progress,
    Standing,
    make_append_entries,
)
from raftkit.protocol.replication import Conflict

ODD = OddAnswers()
odd = ODD.answer

SUITE = "raftkit small world"


# The follower -----------------------------------------------------------------------------


@odd("O60", "3.3", style="early returns, and an error as an answer")
def matches_or_raises(log: Log, request: AppendEntriesRequest) -> bool:
    if request.prev_log_index == 0:
        return True
    try:
        entry = log[request.prev_log_index]
    except IndexError:
        return False
    return entry.term == request.prev_log_term


@odd("O61", "3.4", style="builds the whole log anew, conflict or not")
def builds_it_anew(log: Log, request: AppendEntriesRequest) -> Log:
    before = request.prev_log_index
    own = log.entries(before + 1, before + len(request.entries)) if request.entries else ()
    agrees = all(mine.term == new.term for mine, new in zip(own, request.entries, strict=False))
    rest = log.entries(before + len(request.entries) + 1) if agrees else ()
    beginning = log.entries(1, before) if before else ()
    return Log([*beginning, *request.entries, *rest])


@odd("O62", "3.4", style="recursive, one entry at a time")
def merges_recursively(log: Log, request: AppendEntriesRequest) -> Log:
    if not request.entries:
        return log
    first, *rest = request.entries
    index = request.prev_log_index + 1
    if index > log.last_index or log.term_at(index) != first.term:
        log = log.prefix(index - 1).extend([first])
    following = AppendEntriesRequest(
        request.source, request.target, request.term, index, first.term, tuple(rest), 0
    )
    return merges_recursively(log, following)


@odd("O63", "3.4", style="compares the last new entry only: Log Matching")
def compares_the_last_entry(log: Log, request: AppendEntriesRequest) -> Log:
    """If the last entries agree, so do all before them (Figure 3)."""
    last = request.prev_log_index + len(request.entries)
    if not request.entries:
        return log
    if last <= log.last_index and log.term_at(last) == request.entries[-1].term:
        return log
    return log.prefix(request.prev_log_index).extend(request.entries)


@odd("O64", "3.5", style="finds the match by comparing once more")
def compares_once_more(log: Log, request: AppendEntriesRequest) -> int:
    match_index = request.prev_log_index
    for entry in request.entries:
        if match_index == log.last_index or log[match_index + 1] != entry:
            break
        match_index += 1
    return match_index


@odd("O65", SUITE, rule="find_conflict", style="tells nothing but that it refuses, as in Figure 2")
def tells_nothing_more(log: Log, request: AppendEntriesRequest) -> Conflict:
    return Conflict(0, request.prev_log_index)


@odd("O80", "3.8", style="goes back entry by entry, and counts")
def counts_backwards(log: Log, request: AppendEntriesRequest) -> Conflict:
    index = min(request.prev_log_index, log.last_index)
    if index < request.prev_log_index:
        return Conflict(term=0, index=index + 1)
    term = log[index].term
    return Conflict(term, index + 1 - [entry.term for entry in log.entries(1, index)].count(term))


@odd("O81", "3.3", style="the terms as a list with a 0 in front")
def lists_the_terms(log: Log, request: AppendEntriesRequest) -> bool:
    terms = [0] + [entry.term for entry in log]
    index = request.prev_log_index
    return index < len(terms) and terms[index] == request.prev_log_term


# The leader -------------------------------------------------------------------------------


@odd("O66", SUITE, rule="back_up", style="one entry for each refusal (Figure 2)")
def one_less(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """A copy of a refusal takes it down twice, but never to what is known to match."""
    if response.term != standing.current_term:
        return progress
    next_index = max(progress.match_index + 1, progress.next_index - 1)
    return Progress(next_index, progress.match_index)


@odd("O67", SUITE, rule="back_up", style="all the way back to the last match at once")
def all_the_way_back(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    if response.term < standing.current_term or response.prev_log_index <= progress.match_index:
        return progress
    return Progress(progress.match_index + 1, progress.match_index)


@odd("O68", "3.6", style="maxima instead of a comparison")
def by_maxima(standing: Standing, progress: Progress, response: AppendEntriesResponse) -> Progress:
    match_index = response.match_index if response.term == standing.current_term else 0
    return Progress(
        next_index=max(progress.next_index, match_index + 1)
        if match_index
        else progress.next_index,
        match_index=max(progress.match_index, match_index),
    )


@odd("O69", SUITE, rule="make_append_entries", style="one entry in each request")
def one_entry_each(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> AppendEntriesRequest:
    return make_append_entries(source, target, term, log, next_index, commit_index, batch=1)


@odd("O82", "3.2", style="entries in a list of its own, parts by their names")
def fresh_list(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> AppendEntriesRequest:
    entries = [log[index] for index in range(next_index, log.last_index + 1)][:batch]
    return AppendEntriesRequest(
        prev_log_index=next_index - 1,
        prev_log_term=log.term_at(next_index - 1),
        entries=entries,  # type: ignore[arg-type]
        leader_commit=commit_index,
        term=term,
        source=source,
        target=target,
    )


@odd("O83", "3.1", style="a conditional, and a log made anew")
def makes_a_new_log(standing: Standing, log: Log, entry: Entry) -> Log | None:
    return Log([*log, entry]) if standing.role == "leader" else None


@odd("O84", "3.9", style="to the conflict's first index, whatever the leader has itself")
def as_the_paper_says(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """The paper's own sentence; looking into the leader's log saves entries, not requests."""
    if response.term != standing.current_term:
        return progress
    lowest, highest = progress.match_index + 1, progress.next_index
    return Progress(sorted((lowest, response.conflict_index, highest))[1], progress.match_index)


@odd("O85", "3.9", style="loops down its own log until it leaves the conflict's term")
def loops_down(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    if standing.current_term != response.term:
        return progress
    if response.prev_log_index <= progress.match_index:
        return progress
    index = min(response.prev_log_index, log.last_index)
    while index >= response.conflict_index and log.term_at(index) != response.conflict_term:
        index -= 1
    next_index = index + 1
    if next_index > progress.next_index:
        next_index = progress.next_index
    if next_index <= progress.match_index:
        next_index = progress.match_index + 1
    return Progress(next_index, progress.match_index)


@odd("O87", "3.9", style="passes by its own entries of later terms, as etcd does")
def skips_what_the_follower_cannot_have(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """Of Figure 7's follower f the leader needs one refusal, not two."""
    if response.term != standing.current_term or response.prev_log_index <= progress.match_index:
        return progress
    next_index = response.conflict_index
    if response.conflict_term:
        index = min(response.prev_log_index - 1, log.last_index)
        while index and log.term_at(index) > response.conflict_term:
            index -= 1
        # If the last one is of the term itself, all of the follower's up to there are the same.
        known = log.term_at(index) == response.conflict_term
        next_index = index + 1 if known else min(index + 1, next_index)
    next_index = min(next_index, progress.next_index)
    return Progress(max(next_index, progress.match_index + 1), progress.match_index)


@odd("O88", "3.9", style="hears only the refusal of the entry just before next_index, as etcd does")
def ignores_late_refusals(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """Whatever a late refusal says, the next one will say as well."""
    if standing.current_term != response.term:
        return progress
    if response.prev_log_index != progress.next_index - 1:
        return progress
    lowest = progress.match_index + 1
    return Progress(
        max(lowest, min(response.conflict_index, progress.next_index)), progress.match_index
    )


@odd("O86", "3.7", style="by name, from the other end")
def by_name(last_log_index: int, earlier: Progress | None) -> Progress:
    return Progress(match_index=0, next_index=1 + last_log_index)
