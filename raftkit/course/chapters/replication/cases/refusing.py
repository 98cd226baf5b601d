"""The cases of exercise 3.8: the conflict that a refusing follower reports (end of §5.3).

Asked is every small log with every request that can come to it and does not fit. Where the log
has a conflicting entry, its term and that term's first index are questions of their own.
"""

from raftkit.course.chapters.replication.cases.possible_requests import (
    can_be_asked,
    drawn_request,
    small_requests,
)
from raftkit.course.chapters.replication.cases.stories import a_follower_is_repaired
from raftkit.course.checking.cases import AnswerPart, Checks
from raftkit.course.checking.small_world import Region, Regions, SmallWorld
from raftkit.course.sample_logs import FIGURE_7
from raftkit.protocol import (
    AppendEntriesRequest,
    Conflict,
    Log,
    find_conflict,
    previous_entry_matches,
)
from raftkit.views import Picture, draw_logs

_TERM = AnswerPart("conflict.term", lambda conflict: conflict.term)
_INDEX = AnswerPart("conflict.index", lambda conflict: conflict.index)


def _is_refused(log: Log, request: AppendEntriesRequest) -> bool:
    return not previous_entry_matches(log, request) and can_be_asked(log, request)


def _entry_before(
    returned: Conflict, right: Conflict, log: Log, request: AppendEntriesRequest
) -> Picture:
    """The follower's log, with the entry outlined that does not fit, or the first that it lacks."""
    index = min(request.prev_log_index, log.last_index + 1)
    title = f"There is no entry {request.prev_log_index} of term {request.prev_log_term} here"
    return draw_logs({"follower": log}, outline={"follower": (index,)}, title=title)


def _too_short(log: Log, request: AppendEntriesRequest) -> str | None:
    end, index = log.last_index, request.prev_log_index
    if index <= end:
        return None
    return (
        f"The log ends at index {end}, so it has no term at index {index}; the first entry that it "
        f"lacks is {end + 1} (end of §5.3)."
    )


def _from_entry_one(log: Log, request: AppendEntriesRequest) -> str | None:
    """No other term comes before this one, so a search must end at the beginning of the log."""
    term = log.term_at(request.prev_log_index)
    if log.term_at(1) != term:
        return None
    return (
        f"Entry {request.prev_log_index} is of term {term} in this log, and that term begins with "
        "entry 1 (end of §5.3)."
    )


def _own_term(log: Log, request: AppendEntriesRequest) -> str:
    """The leader knows its own term at that index, and needs the follower's."""
    index = request.prev_log_index
    return (
        f"Entry {index} is of term {log.term_at(index)} in this log. The leader knows its own, "
        f"{request.prev_log_term}; it needs the term of the conflicting entry (end of §5.3)."
    )


def _first_of_the_term(log: Log, request: AppendEntriesRequest) -> str:
    """The search ends where the term begins: neither at once, nor one entry further."""
    term = log.term_at(request.prev_log_index)
    return (
        f"Term {term} begins at index {log.first_index_of(term)} in this log: if one of its "
        "entries is wrong, the leader may pass by them all (end of §5.3)."
    )


CHECKS = {
    "3.8": Checks(
        returns=Conflict,
        cases=Regions(
            SmallWorld(
                find_conflict, small_requests, drawn_request, _is_refused, picture=_entry_before
            ),
            Region("a log that is too short says where it ends", 1, _too_short),
            Region("a term may begin with entry 1", 1, _from_entry_one),
            Region("names the follower's own term there", 1, _own_term, _TERM),
            Region("finds where that term begins", 1, _first_of_the_term, _INDEX),
        ).cases,
        picture=lambda: draw_logs(FIGURE_7, title="Figure 7: followers of the leader of term 8"),
        story=a_follower_is_repaired,
        at_work="A log repaired",
    ),
}
