"""The cases of exercise 3.4: the follower's log after a request that fits.

Entries are known by index and term, and commands tell nothing: most logs have none, and where
the request changes a log, it is also asked with commands that are the same where terms differ.
"""

from collections.abc import Iterator

from raftkit.course.chapters.replication.cases.possible_requests import (
    Asked,
    can_be_asked,
    drawn_request,
    small_requests,
)
from raftkit.course.chapters.replication.cases.stories import a_follower_is_repaired
from raftkit.course.checking.cases import Checks
from raftkit.course.checking.small_world import Region, Regions, SmallWorld
from raftkit.protocol import (
    AppendEntriesRequest,
    Entry,
    Log,
    merge_entries,
    previous_entry_matches,
)
from raftkit.views import Picture, draw_logs


def _small_merges() -> Iterator[Asked]:
    """Requests that fit, and those that change the log once more, with commands."""
    for log, request in small_requests():
        yield log, request
        if not request.leader_commit and merge_entries(log, request) != log:
            yield _with_commands(log, request)


def _with_commands(log: Log, request: AppendEntriesRequest) -> Asked:
    """Every other entry asks for the same."""
    entries = _asking(request.entries, request.prev_log_index + 1)
    ends = (request.source, request.target, request.term)
    before = (request.prev_log_index, request.prev_log_term)
    return Log(_asking(log.entries(), 1)), AppendEntriesRequest(*ends, *before, entries, 0)


def _asking(entries: tuple[Entry, ...], first: int) -> tuple[Entry, ...]:
    return tuple(
        Entry(entry.term, f"x={2 - index % 2}") for index, entry in enumerate(entries, start=first)
    )


def _fits(log: Log, request: AppendEntriesRequest) -> bool:
    """3.3 has found the entry before the new ones."""
    return previous_entry_matches(log, request) and can_be_asked(log, request)


def _before_and_after(returned: Log, right: Log, log: Log, _: AppendEntriesRequest) -> Picture:
    logs = {"expected": right, "returned": returned, "before": log}
    return draw_logs(logs, title="The right log, yours, and the log before")


# The regions -------------------------------------------------------------------------------


def _conflict(log: Log, request: AppendEntriesRequest) -> int | None:
    """The index of the first new entry that conflicts with one in the log, or None."""
    for index, entry in enumerate(request.entries, start=request.prev_log_index + 1):
        if index <= log.last_index and log.term_at(index) != entry.term:
            return index
    return None


def _last_new(request: AppendEntriesRequest) -> int:
    return request.prev_log_index + len(request.entries)


def _commands(log: Log, request: AppendEntriesRequest) -> str | None:
    """A conflict between entries that ask for the same, or one command twice, in two entries."""
    if not any(entry.command for entry in request.entries):
        return None
    index = _conflict(log, request)
    if index is None:
        return (
            "An entry is known by its index and term, and a client may ask for the same twice: "
            "each entry that is not in the log is appended, as it is (§5.3; Figure 2, "
            "AppendEntries 4)."
        )
    return (
        f"Entry {index} is of term {log.term_at(index)} here and of term "
        f"{request.entries[index - request.prev_log_index - 1].term} at the leader: that is a "
        "conflict, whatever they ask for (§5.3; Figure 2, AppendEntries 3)."
    )


def _heartbeat(log: Log, request: AppendEntriesRequest) -> str | None:
    """Perhaps a late heartbeat, sent before the last entries."""
    if request.entries:
        return None
    return (
        "A heartbeat has no entries, so none of ours conflicts. It may be late: what has come "
        "since is acknowledged, perhaps committed (§5.3; Figure 2, AppendEntries 3)."
    )


def _old_request(log: Log, request: AppendEntriesRequest) -> str | None:
    """A copy of an old request; the log has grown since, or has an old leader's entries."""
    if _last_new(request) >= log.last_index or _conflict(log, request):
        return None
    return (
        "All of its entries are there already, with the same terms: no conflict, so nothing is "
        "deleted. The request is a copy, or late, and the log goes on behind it (§5.3; Figure 2, "
        "AppendEntries 3)."
    )


def _only_the_news(log: Log, request: AppendEntriesRequest) -> str | None:
    """A copy of the last request, or a request that overlaps with it and has new entries."""
    if _conflict(log, request) or request.prev_log_index == log.last_index:
        return None
    if _last_new(request) == log.last_index:
        return (
            "The entries are in the log already, and come in no second time (Figure 2, "
            "AppendEntries 4)."
        )
    return (
        f"The log has entries up to {log.last_index} already, and only those behind are new "
        "(Figure 2, AppendEntries 4)."
    )


def _missing(log: Log, request: AppendEntriesRequest) -> str | None:
    if _conflict(log, request):
        return None
    return "Entries that are not in the log yet are appended (Figure 2, AppendEntries 4)."


def _what_comes_before(log: Log, request: AppendEntriesRequest) -> str | None:
    """The request begins before the conflict, with entries that are there already."""
    index = _conflict(log, request)
    if index is None or index == request.prev_log_index + 1:
        return None
    return (
        f"Up to entry {index - 1} the logs agree, and those entries stay: only what conflicts is "
        "deleted, and what follows it; then the new entries are appended (§5.3; Figure 2, "
        "AppendEntries 3 and 4)."
    )


def _what_follows(log: Log, request: AppendEntriesRequest) -> str | None:
    """The old leader's entries go on for longer than the new one's."""
    if _last_new(request) >= log.last_index:
        return None
    return (
        f"Entry {_conflict(log, request)} conflicts, and all that follow it go with it: they "
        "followed an entry that is not there any more (§5.3; Figure 2, AppendEntries 3)."
    )


def _gives_way(log: Log, request: AppendEntriesRequest) -> str | None:
    index = request.prev_log_index + 1
    return (
        f"Entry {index} is of term {log.term_at(index)} here and of term {request.entries[0].term} "
        "at the leader: the same index and different terms are a conflict, and ours gives way "
        "(§5.3; Figure 2, AppendEntries 3)."
    )


CHECKS = {
    "3.4": Checks(
        returns=Log,
        cases=Regions(
            SmallWorld(
                merge_entries, _small_merges, drawn_request, _fits, picture=_before_and_after
            ),
            Region("a heartbeat cuts nothing off", 1, _heartbeat),
            Region("an old request cuts nothing off", 1, _old_request),
            Region("compares terms, not commands", 1, _commands),
            Region("appends only what is new", 1, _only_the_news),
            Region("appends what is missing", 1, _missing),
            Region("what comes before a conflict stays", 1, _what_comes_before),
            Region("what follows a conflict goes with it", 1, _what_follows),
            Region("a conflicting entry gives way", 1, _gives_way),
        ).cases,
        picture=lambda: draw_logs(
            {"leader": Log.of_terms(1, 1, 4, 4, 5), "follower": Log.of_terms(1, 1, 2, 2, 2, 2)},
            title="An old leader's entries, and the new leader's",
        ),
        story=a_follower_is_repaired,
        at_work="A log repaired",
    ),
}
