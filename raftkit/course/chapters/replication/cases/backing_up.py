"""The cases of exercise 3.9: how far a leader backs up after a refusal.

The paper leaves it open how far to go back at once (end of §5.3). Right is everything between its
own rule, which goes to where the conflicting term begins in the follower's log, and what the
refusal makes certain of where the logs can still agree.
"""

from raftkit.course.chapters.replication.cases.possible_refusals import (
    can_be_refused,
    drawn_refusal,
    has_term,
    small_refusals,
)
from raftkit.course.chapters.replication.cases.stories import a_follower_is_repaired
from raftkit.course.checking.cases import Checks
from raftkit.course.checking.small_world import Region, Regions, SmallWorld
from raftkit.course.repair import Repair
from raftkit.course.sample_logs import FIGURE_7
from raftkit.protocol import AppendEntriesResponse, Log, Progress, Standing, back_up
from raftkit.views import Picture, draw_logs

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
    return behind if has_term(log, term) else min(first, behind)


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
    if has_term(log, term):
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
                small_refusals,
                drawn_refusal,
                can_be_refused,
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
