"""The cases of exercise 3.4: the follower's log after a request.

Each case asks one question of Figure 2. Terms and indexes are drawn, so that a table of
answers learned by heart does not help.
"""

from random import Random

from raftkit.course.chapters.replication.cases.drawn_arguments import (
    a_follower_is_repaired,
    grown_log,
    longer,
    request,
)
from raftkit.course.checking.cases import Case, Checks, Flaw, JudgedCall, wrong_value
from raftkit.protocol import AppendEntriesRequest, Entry, Log
from raftkit.views import draw_logs


def _merge(log: Log, asked: AppendEntriesRequest, expected: Log, why: str) -> JudgedCall:
    """One call of `merge_entries`; a wrong result is drawn below the right log."""

    def judge(returned: Log) -> Flaw | None:
        if returned == expected:
            return None
        text = f"{returned!r}, expected {expected!r}."
        logs = {"expected": expected, "returned": returned}
        picture = draw_logs(logs, title="The right log, and yours")
        return wrong_value(text, why, picture)

    return JudgedCall({"log": log, "request": asked}, judge, why)


def _missing(random: Random) -> list[JudgedCall]:
    """The usual case, and the first entries of an empty log."""
    log = grown_log(random, random.randint(2, 3))
    term = log.last_term
    why = "Entries that are not in the log yet are appended (Figure 2, AppendEntries 4)."
    return [
        _merge(
            log, request(random, log.last_index, term, term, term), longer(log, term, term), why
        ),
        _merge(Log(), request(random, 0, 0, term), Log.of_terms(term), why),
    ]


def _heartbeat(random: Random) -> list[JudgedCall]:
    """A late heartbeat, sent before the last entries."""
    log = grown_log(random, random.randint(4, 5))
    before = random.randint(1, 2)
    why = (
        "A heartbeat has no entries, so none of ours conflicts. It may be late: what has come "
        "since is acknowledged, perhaps committed (§5.3; Figure 2, AppendEntries 3)."
    )
    asked = request(random, before, log.term_at(before), term=log.last_term)
    return [_merge(log, asked, log, why)]


def _old_request(random: Random) -> list[JudgedCall]:
    """A copy of an old request; the log has grown since, and ends in a later term."""
    held = grown_log(random, random.randint(3, 4))
    log = longer(held, held.last_term + 1)
    before = random.randint(1, 2)
    asked = request(
        random, before, log.term_at(before), log.term_at(before + 1), term=log.last_term
    )
    why = (
        f"Entry {before + 1} is there already, with the same term: no conflict, so nothing is "
        "deleted. The request is a copy, or late, and the log has grown since (§5.3; Figure 2, "
        "AppendEntries 3)."
    )
    return [_merge(log, asked, log, why)]


def _only_the_news(random: Random) -> list[JudgedCall]:
    """A copy of the last request, and a request that overlaps with it and has a new entry."""
    log = grown_log(random, random.randint(3, 4))
    term, before = log.last_term, log.last_index - 2
    there = (log.term_at(before + 1), term)
    again = "The entries are in the log already, and come in no second time"
    overlap = f"Entries {before + 1} and {before + 2} are there, only the one behind them is new"
    paper = "(Figure 2, AppendEntries 4)."
    return [
        _merge(log, request(random, before, log.term_at(before), *there), log, f"{again} {paper}"),
        _merge(
            log,
            request(random, before, log.term_at(before), *there, term),
            longer(log, term),
            f"{overlap} {paper}",
        ),
    ]


def _conflict(random: Random) -> list[JudgedCall]:
    """The last entry is an old leader's; the leader has another entry at its index."""
    kept = grown_log(random, random.randint(2, 3))
    old, new = kept.last_term + 1, kept.last_term + 2
    index = kept.last_index + 1
    why = (
        f"Entry {index} is of term {old} here and of term {new} at the leader: the same index and "
        "different terms are a conflict, and ours gives way (§5.3; Figure 2, AppendEntries 3)."
    )
    asked = request(random, kept.last_index, kept.last_term, new, new)
    return [_merge(longer(kept, old), asked, longer(kept, new, new), why)]


def _what_follows(random: Random) -> list[JudgedCall]:
    """The old leader's entries go on for longer than the new one's."""
    kept = grown_log(random, random.randint(1, 2))
    old, new = kept.last_term + 1, kept.last_term + 2
    index = kept.last_index + 1
    why = (
        f"Entry {index} conflicts, and all that follow it go with it: they followed an entry that "
        "is not there any more (§5.3; Figure 2, AppendEntries 3)."
    )
    asked = request(random, kept.last_index, kept.last_term, new)
    return [_merge(longer(kept, old, old, old), asked, longer(kept, new), why)]


def _what_comes_before(random: Random) -> list[JudgedCall]:
    """The request begins before the conflict, with entries that are there already."""
    kept = grown_log(random, random.randint(3, 4))
    old, new = kept.last_term + 1, kept.last_term + 2
    before = kept.last_index - 1
    why = (
        f"Up to entry {kept.last_index} the logs agree, and those entries stay: only what "
        "conflicts is deleted, and what follows it (§5.3; Figure 2, AppendEntries 3)."
    )
    asked = request(random, before, kept.term_at(before), kept.last_term, new)
    return [_merge(longer(kept, old, old), asked, longer(kept, new), why)]


def _same_command(random: Random) -> list[JudgedCall]:
    """Two entries with one command: a conflict at one index, and the same client's next entry."""
    kept = grown_log(random, 2)
    term = kept.last_term
    command = f"x={random.randint(1, 9)}"
    old, new = Entry(term + 1, command), Entry(term + 2, command)
    conflict = (
        f"Both entries ask for {command}, but one is of term {term + 1} and the other of term "
        f"{term + 2}: that is a conflict (§5.3; Figure 2, AppendEntries 3)."
    )
    twice = (
        f"A client may ask for {command} twice: index 4 is not index 3, and an entry is known by "
        "index and term (§5.3; Figure 2, AppendEntries 4)."
    )
    again = kept.extend([old])
    return [
        _merge(again, _one(random, kept, new), kept.extend([new]), conflict),
        _merge(again, _one(random, again, old), again.extend([old]), twice),
    ]


def _one(random: Random, log: Log, entry: Entry) -> AppendEntriesRequest:
    """A request that sends this entry after the end of this log."""
    empty = request(random, log.last_index, log.last_term, term=entry.term)
    ends = (empty.source, empty.target, empty.term)
    return AppendEntriesRequest(*ends, log.last_index, log.last_term, (entry,), 0)


CHECKS = {
    "3.4": Checks(
        returns=Log,
        cases=(
            Case("appends what is missing", 1, _missing),
            Case("a heartbeat cuts nothing off", 1, _heartbeat),
            Case("an old request cuts nothing off", 1, _old_request),
            Case("appends only what is new", 1, _only_the_news),
            Case("a conflicting entry gives way", 1, _conflict),
            Case("what follows a conflict goes with it", 1, _what_follows),
            Case("what comes before a conflict stays", 1, _what_comes_before),
            Case("compares terms, not commands", 1, _same_command),
        ),
        picture=lambda: draw_logs(
            {"leader": Log.of_terms(1, 1, 4, 4, 5), "follower": Log.of_terms(1, 1, 2, 2, 2, 2)},
            title="An old leader's entries, and the new leader's",
        ),
        story=a_follower_is_repaired,
        at_work="A log repaired",
    ),
}
