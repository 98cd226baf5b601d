"""The cases of exercises 3.3 and 3.5: the consistency check, and how far the logs agree after it.

Both are asked every small log of a follower with every piece of a small log of a leader that can
come to it: late, or copied, or from a leader whose entry there is of an earlier term.
"""

from random import Random

from raftkit.course.chapters.replication.cases.possible_requests import (
    Asked,
    can_be_asked,
    drawn_request,
    small_requests,
)
from raftkit.course.chapters.replication.cases.stories import a_command_travels
from raftkit.course.checking.cases import Checks
from raftkit.course.checking.small_world import Region, Regions, SmallWorld
from raftkit.protocol import (
    AppendEntriesRequest,
    Log,
    match_index_after,
    merge_entries,
    previous_entry_matches,
)
from raftkit.views import Picture, draw_logs

# 3.3 Do the new entries fit? -------------------------------------------------------------


def _entry_before(returned: bool, right: bool, log: Log, request: AppendEntriesRequest) -> Picture:
    """The follower's log, with the entry outlined that the request asks about."""
    index = request.prev_log_index
    title = "The request begins before the first entry"
    if index:
        title = f"Is there entry {index}, of term {request.prev_log_term}?"
    return draw_logs(
        {"follower": log}, outline={"follower": (index,)} if index else {}, title=title
    )


def _before_the_first(log: Log, request: AppendEntriesRequest) -> str | None:
    if request.prev_log_index:
        return None
    return (
        "prevLogIndex 0 is before the first entry, where all logs are alike, so it always matches "
        "(§5.3). log.term_at(0) is 0; in a list, [-1] would be the last entry."
    )


def _heartbeat(log: Log, request: AppendEntriesRequest) -> str | None:
    """A heartbeat has nothing to append and is checked all the same: a yes counts as a match."""
    if request.entries:
        return None
    return (
        "An empty request is checked like any other, because a yes counts as a match (§5.3). "
        f"{_found(log, request)}"
    )


def _beyond_the_end(log: Log, request: AppendEntriesRequest) -> str | None:
    return _found(log, request) if request.prev_log_index > log.last_index else None


def _entry_one(log: Log, request: AppendEntriesRequest) -> str | None:
    """Entry 1 is compared like any other: two leaders may both have written one there."""
    if request.prev_log_index != 1:
        return None
    return f"Indexes begin at 1, so only 0 is before the log. {_found(log, request)}"


def _another_term(log: Log, request: AppendEntriesRequest) -> str | None:
    """The term there may be an earlier or a later one than the leader's."""
    return None if previous_entry_matches(log, request) else _found(log, request)


def _found(log: Log, request: AppendEntriesRequest) -> str:
    """What the follower has at the index that the request names, and what follows from it."""
    index, term = request.prev_log_index, request.prev_log_term
    if index > log.last_index:
        return (
            f"The log ends at index {log.last_index}: there is no entry {index}, and the log must "
            "not get a gap (Figure 2, AppendEntries 2)."
        )
    own = log.term_at(index)
    if own != term:
        return (
            f"Entry {index} is of term {own}, the leader's of term {term}: index and term together "
            "name an entry (§5.3; Figure 2, AppendEntries 2)."
        )
    return (
        f"Entry {index} is there, and of term {term}. Whether the log goes on behind it is another "
        "step's business (Figure 2, AppendEntries 2 and 3)."
    )


# 3.5 How far do we agree? ----------------------------------------------------------------


def _drawn_success(random: Random) -> Asked:
    log, request = drawn_request(random)
    if previous_entry_matches(log, request):
        log = merge_entries(log, request)
    return log, request


def _can_have_succeeded(log: Log, request: AppendEntriesRequest) -> bool:
    """The log has the entry before and the new ones already, and perhaps others behind them."""
    end = request.prev_log_index + len(request.entries)
    return (
        can_be_asked(log, request)
        and log.last_index >= end
        and previous_entry_matches(log, request)
        and merge_entries(log, request) == log
    )


def _last_known(returned: int, right: int, log: Log, request: AppendEntriesRequest) -> Picture:
    """The follower's log, with the new entries outlined, or the one before a heartbeat."""
    outlined = range(request.prev_log_index + 1, right + 1) if request.entries else (right,)
    outline = {"follower": tuple(outlined)} if right else {}
    return draw_logs({"follower": log}, outline=outline, title="What the request has told")


def _rest_is_unknown(log: Log, request: AppendEntriesRequest) -> str | None:
    end = match_index_after(log, request)
    if log.last_index == end:
        return None
    return (
        f"The request ends {f'with entry {end}' if end else 'before entry 1'}. What stands behind "
        "it may be an old leader's, and the leader would count it as a copy of its own (§5.3; "
        "Figure 7, c to f)."
    )


def _heartbeat_matches(log: Log, request: AppendEntriesRequest) -> str | None:
    if request.entries:
        return None
    return (
        "No new entries: what matches ends with the entry at prevLogIndex, and that is "
        f"{request.prev_log_index} (§5.3)."
    )


def _new_entries_match(log: Log, request: AppendEntriesRequest) -> str | None:
    before, end = request.prev_log_index, match_index_after(log, request)
    new = f"Entry {end} is" if end == before + 1 else f"Entries {before + 1} to {end} are"
    return (
        f"{new} in the log now, too: after a success it is like the leader's up through the new "
        "entries (§5.3)."
    )


CHECKS = {
    "3.3": Checks(
        returns=bool,
        cases=Regions(
            SmallWorld(
                previous_entry_matches,
                small_requests,
                drawn_request,
                can_be_asked,
                picture=_entry_before,
            ),
            Region("before the first entry all logs match", 1, _before_the_first),
            Region("beyond the end there is nothing to match", 1, _beyond_the_end),
            Region("a heartbeat is checked, too", 1, _heartbeat),
            Region("entry 1 is compared like any other", 1, _entry_one),
            Region("an entry of another term does not match", 1, _another_term),
            Region("the entry before is there, in the middle or last", 1, _found),
        ).cases,
        picture=lambda: draw_logs(
            {
                "leader": Log.of_terms(1, 1, 4, 4, 5),
                "S2": Log.of_terms(1, 1, 4, 4),
                "S3": Log.of_terms(1, 1, 4),
                "S4": Log.of_terms(1, 1, 2, 2, 2),
            },
            compare=False,
            outline=dict.fromkeys(("leader", "S2", "S3", "S4"), (4,)),
            title="Entry 5 is for whoever has entry 4 of term 4",
        ),
        story=a_command_travels,
        at_work="A command on its way",
    ),
    "3.5": Checks(
        returns=int,
        cases=Regions(
            SmallWorld(
                match_index_after,
                small_requests,
                _drawn_success,
                _can_have_succeeded,
                picture=_last_known,
            ),
            Region("what stands behind the new entries is no match", 1, _rest_is_unknown),
            Region("a heartbeat matches up to the entry before it", 1, _heartbeat_matches),
            Region("the new entries match, too", 1, _new_entries_match),
        ).cases,
        picture=lambda: draw_logs(
            {"leader": Log.of_terms(1, 1, 4, 4), "follower": Log.of_terms(1, 1, 2, 2, 2)},
            match_index={"follower": 2},
            title="After a heartbeat behind entry 2",
        ),
        story=a_command_travels,
        at_work="A command on its way",
    ),
}
