"""Which refusals a leader with some log can get from a follower, small ones and drawn ones.

A refusal tells of one follower's log, which is held against the leader's as in
possible_requests.py. It may be late, of an older term, or of a request that was not looked at.
"""

from collections.abc import Iterator
from itertools import product
from random import Random

from raftkit.course.chapters.replication.cases.follower_progress import (
    can_be_known,
    small_progress,
)
from raftkit.course.chapters.replication.cases.possible_requests import (
    LONGEST,
    TERMS,
    drawn_logs,
)
from raftkit.course.checking.small_world import Arguments
from raftkit.course.sample_logs import figure_7
from raftkit.course.small_values import OTHER, OWN, SERVERS, small_logs
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Log,
    Progress,
    Standing,
    find_conflict,
)


def small_refusals() -> Iterator[Arguments]:
    """Every log and progress of a leader, and every refusal of this term or an older one."""
    for log, term in product(small_logs(LONGEST, TERMS), range(1, TERMS + 1)):
        standing = Standing("leader", term, OWN)
        for progress in small_progress(log.last_index + 1):
            for response in _small_responses(term, log.last_index + 1):
                yield standing, log, progress, response


def _small_responses(term: int, highest: int) -> Iterator[AppendEntriesResponse]:
    """Refusals of requests up to index `highest`, with every conflict."""
    for of_term in range(1, term + 1):
        for refused in range(highest + 1):
            for conflict_term, conflict_index in product(range(of_term), range(refused + 1)):
                yield AppendEntriesResponse(
                    OTHER, OWN, of_term, False, 0, refused, conflict_term, conflict_index
                )


def drawn_refusal(random: Random) -> Arguments:
    """A refusal by a follower of Figure 7, or by another one, perhaps late or of an older term."""
    term, leading, log = drawn_logs(random)
    if random.random() < 0.5:
        logs = figure_7(random)
        leading, log = logs["leader"], logs[random.choice("abcdef")]
        term = max(leading.last_term, log.last_term) + 1
    refused = random.randint(1, leading.last_index)
    request = AppendEntriesRequest("", "", term, refused, leading.term_at(refused), (), 0)
    conflict = find_conflict(log, request)
    server, follower = random.sample(SERVERS, 2)
    response = AppendEntriesResponse(
        follower, server, max(1, term - random.choice((0, 0, 0, 2))), False, 0, refused,
        conflict.term, conflict.index,
    )  # fmt: skip
    next_index = random.choice((refused + 1, refused + 1, random.randint(1, refused + 1)))
    match_index = random.choice((0, 0, 0, next_index - 1))
    return Standing("leader", term, server), leading, Progress(next_index, match_index), response


def can_be_refused(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> bool:
    """What the leader knows is of its log, and what the follower says can be of its own."""
    return (
        log.last_term <= standing.current_term
        and can_be_known(progress)
        and progress.next_index <= log.last_index + 1
        and (
            _is_unseen(standing, response)
            if response.conflict_index == 0
            else _is_conflict(response)
            and (response.term < standing.current_term or _is_about(log, progress, response))
        )
    )


def _is_unseen(standing: Standing, response: AppendEntriesResponse) -> bool:
    """A request of an older term, in which this server led, too, is refused without a look."""
    return standing.current_term > 1 and response.term > 1 and response.conflict_term == 0


def _is_conflict(response: AppendEntriesResponse) -> bool:
    """The term found is an older one, and another comes before it unless it begins with entry 1."""
    first, term = response.conflict_index, response.conflict_term
    return first <= response.prev_log_index and term < response.term and (term != 1 or first == 1)


def _is_about(log: Log, progress: Progress, response: AppendEntriesResponse) -> bool:
    """Whether it can be about this log.

    If both have a term, it begins at the same index. And next_index has not risen since the request
    was sent, or something matches.
    """
    refused, term = response.prev_log_index, response.conflict_term
    if refused > log.last_index or not (progress.match_index or progress.next_index <= refused + 1):
        return False
    return not has_term(log, term) or (
        log.term_at(refused) != term and log.first_index_of(term) == response.conflict_index
    )


def has_term(log: Log, term: int) -> bool:
    """Whether the log has an entry of this term."""
    return term > 0 and log.term_at(log.last_index_of(term)) == term
