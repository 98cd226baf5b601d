"""The cases of exercise 3.9: how far a leader backs up after a refusal.

The paper leaves it open how far to go back at once (end of §5.3). Right is everything between its
own rule, which goes to where the conflicting term begins in the follower's log, and what the
refusal makes certain of where the logs can still agree.
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
from raftkit.course.chapters.replication.cases.stories import a_follower_is_repaired
from raftkit.course.checking.cases import Checks
from raftkit.course.checking.small_world import Arguments, Region, Regions, SmallWorld
from raftkit.course.repair import Repair
from raftkit.course.sample_logs import FIGURE_7, figure_7
from raftkit.course.small_values import OTHER, OWN, SERVERS, small_logs
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Log,
    Progress,
    Standing,
    back_up,
    find_conflict,
)
from raftkit.views import Picture, draw_logs

# What can happen ---------------------------------------------------------------------------


def _small_refusals() -> Iterator[Arguments]:
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


def _drawn_refusal(random: Random) -> Arguments:
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


def _can_happen(
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
    return not _has(log, term) or (
        log.term_at(refused) != term and log.first_index_of(term) == response.conflict_index
    )


def _has(log: Log, term: int) -> bool:
    """Whether the log has an entry of this term."""
    return term > 0 and log.term_at(log.last_index_of(term)) == term


# What is right -----------------------------------------------------------------------------


def _right(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> set[int]:
    """Every next_index that is right."""
    lowest, highest = progress.match_index + 1, progress.next_index
    if response.term == standing.current_term and not response.conflict_index:
        return {*range(lowest, highest + 1)}
    if response.term < standing.current_term or response.prev_log_index < lowest:
        return {highest}
    ends = sorted((response.conflict_index, _certain(log, response)))
    first, last = (max(lowest, min(end, highest)) for end in ends)
    # A late refusal says what another one says as well, so it need not be heard.
    late = {highest} if response.prev_log_index >= highest else set()
    return {*range(first, last + 1)} | late


def _also_right(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> list[Progress]:
    right = _right(standing, log, progress, response)
    return [Progress(next_index, progress.match_index) for next_index in sorted(right)]


def _certain(log: Log, response: AppendEntriesResponse) -> int:
    """The index from which on no entry of the leader's can be in the refusing follower's log.

    Before the conflicting term the follower has entries of earlier terms only. If the leader has
    the term, they agree up to its last entry of it.
    """
    term, first = response.conflict_term, response.conflict_index
    behind = log.last_index_of(term) + 1
    if term == 0:
        return first
    return behind if _has(log, term) else min(first, behind)


def _judge(
    returned: Progress,
    standing: Standing,
    log: Log,
    progress: Progress,
    response: AppendEntriesResponse,
) -> str | None:
    """What is wrong whatever was refused, or "" for what the region says."""
    known, before, after = progress.match_index, progress.next_index, returned.next_index
    if returned.match_index == known and after in _right(standing, log, progress, response):
        return None
    if response.term < standing.current_term:
        return ""
    if returned.match_index != known:
        return (
            f"A refusal says nothing about what matches: matchIndex stays {known} (§5.3; Figure 2)."
        )
    if after > before:
        return (
            f"nextIndex is {before} already, and a refusal, late or not, never moves it forwards "
            "(§5.3; Figure 2, Leaders)."
        )
    if after <= known:
        matches = (
            f"Everything up to entry {known} is known to match" if known else "Entry 1 is the first"
        )
        return f"{matches}: nextIndex never falls to matchIndex or below (§5.3; Figure 2, State)."
    return ""


def _where(
    returned: Progress,
    right: Progress,
    standing: Standing,
    log: Log,
    progress: Progress,
    response: AppendEntriesResponse,
) -> Picture:
    """The leader's log with next_index before, and the refused entry outlined."""
    refused = response.prev_log_index
    outline = {"leader": (refused,)} if 0 < refused <= log.last_index else {}
    return draw_logs(
        {"leader": log},
        next_index={"leader": progress.next_index},
        outline=outline,
        title=f"Entry {refused} is refused, and next_index is {progress.next_index}",
    )


# The regions -------------------------------------------------------------------------------


def _older_term(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> str | None:
    """A refusal of an earlier term in which this server led, or of a request of that term."""
    term = standing.current_term
    if response.term < term:
        return (
            f"The refusal is of term {response.term}, and this is term {term}: it is about an "
            "older term's request, and says nothing of this one (§5.1, §5.3)."
        )
    if response.conflict_index:
        return None
    return (
        "conflict_index is 0: a request of an older term was refused, and the log not looked at. "
        "nextIndex does not rise by it, nor fall to matchIndex or below (§5.1, §5.3)."
    )


def _keeps_what_matched(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> str | None:
    """A refusal of an entry that has matched since, or of one behind those that match."""
    refused, known = response.prev_log_index, progress.match_index
    if not known:
        return None
    if refused <= known:
        return (
            f"Entry {refused} was refused once, but the follower has had everything up to {known} "
            "since: the refusal is out of date (§5.3)."
        )
    return (
        f"Entry {refused} was refused, and everything up to {known} is known to match: nextIndex "
        "is just behind it, and never falls to matchIndex or below (§5.3; Figure 2)."
    )


def _never_forwards(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> str | None:
    """A late refusal: the leader has gone further back since."""
    following = progress.next_index
    if following >= min(response.conflict_index, _certain(log, response)):
        return None
    return (
        f"The refusal is late: the leader has gone back to entry {following} since. A refusal "
        "never moves nextIndex forwards (§5.3; Figure 2, Leaders)."
    )


def _copy(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> str | None:
    """A second copy of a refusal that was answered already, also with next_index at 1."""
    following = progress.next_index
    if _right(standing, log, progress, response) != {following}:
        return None
    return (
        f"The leader has gone back to entry {following} already, as far as this refusal tells. A "
        "copy takes nextIndex no further (§5.3)."
    )


def _ended_early(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> str | None:
    """A log that ends before the refused entry, or an empty one."""
    if response.conflict_term:
        return None
    first = response.conflict_index
    return (
        f"The follower's log ends at index {first - 1}, and conflict_index {first} is the first "
        "entry that it lacks: there the leader goes on (end of §5.3)."
    )


def _unknown_term(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> str | None:
    """The follower's term is between two of the leader's, or later or earlier than all of them."""
    term, first, certain = response.conflict_term, response.conflict_index, _certain(log, response)
    if _has(log, term):
        return None
    further = f", or back to index {certain}, passing by its own later terms"
    return (
        f"The leader has no entry of term {term}, so none of the follower's can be right: it goes "
        f"to where that term begins there, index {first}{further if certain < first else ''} (end "
        "of §5.3)."
    )


def _known_term(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> str:
    """Both logs have the term, and the leader's ends with it earlier, or goes on otherwise."""
    return (
        f"Term {response.conflict_term} begins at index {response.conflict_index} in the "
        f"follower's log, and the leader's own entries of it end before {_certain(log, response)}: "
        "it goes on at one or the other, past the whole term at once (end of §5.3)."
    )


CHECKS = {
    "3.9": Checks(
        returns=Progress,
        cases=Regions(
            SmallWorld(
                back_up,
                _small_refusals,
                _drawn_refusal,
                _can_happen,
                also_right=_also_right,
                judge=_judge,
                picture=_where,
            ),
            Region("a refusal of an older term says nothing", 1, _older_term),
            Region("what has matched is not taken back", 1, _keeps_what_matched),
            Region("a late refusal moves nothing forwards", 1, _never_forwards),
            Region("a copy of a refusal takes nothing more back", 1, _copy),
            Region("a log that is too short is taken up at its end", 1, _ended_early),
            Region("a term that the leader lacks is passed by whole", 1, _unknown_term),
            Region("a term that the leader has, too, is passed by whole", 1, _known_term),
        ).cases,
        picture=lambda: Repair(FIGURE_7["leader"], FIGURE_7["f"], term=8).picture(),
        story=a_follower_is_repaired,
        at_work="A log repaired",
    ),
}
