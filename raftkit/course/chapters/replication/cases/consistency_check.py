"""The cases of exercises 3.3 and 3.5: the consistency check, and how far the logs agree after it.

Each case asks one question of Figure 2. Terms, indexes and names are drawn, so that a table of
answers learned by heart does not help.
"""

from random import Random

from raftkit.course.chapters.replication.cases.drawn_arguments import (
    a_command_travels,
    grown_log,
    longer,
    request,
)
from raftkit.course.checking.cases import Call, Case, Checks
from raftkit.protocol import AppendEntriesRequest, Log
from raftkit.views import Picture, draw_logs

# 3.3 Do the new entries fit? -------------------------------------------------------------


def _match(log: Log, asked: AppendEntriesRequest, expected: bool, why: str) -> Call:
    """One call of `previous_entry_matches`; its picture outlines the entry that is compared."""

    def picture() -> Picture:
        index = asked.prev_log_index
        outline = {"follower": (index,)} if index else {}
        return draw_logs({"follower": log}, outline=outline, title=_asked_about(asked))

    return Call({"log": log, "request": asked}, expected, why, picture=picture)


def _asked_about(asked: AppendEntriesRequest) -> str:
    """The question to the follower, as the title of a picture."""
    if not asked.prev_log_index:
        return "The request begins before the first entry"
    return f"Is there entry {asked.prev_log_index}, of term {asked.prev_log_term}?"


def _in_the_log(random: Random) -> list[Call]:
    """The entry is there, at the end, or in the middle, as when a request is late."""
    log = grown_log(random, random.randint(4, 6))
    end, middle = log.last_index, random.randint(2, 3)
    at_the_end = f"Entry {end} is there, and of term {log.last_term} (Figure 2, AppendEntries 2)."
    inside = (
        f"Entry {middle} is there, and of term {log.term_at(middle)}. That the log goes on behind "
        "it is another step's business (Figure 2, AppendEntries 2 and 3)."
    )
    return [
        _match(log, request(random, end, log.last_term, log.last_term), True, at_the_end),
        _match(log, request(random, middle, log.term_at(middle), log.last_term), True, inside),
    ]


def _before_the_first(random: Random) -> list[Call]:
    """Index 0 of term 0, for an empty log and for one that is not."""
    why = (
        "prevLogIndex 0 is before the first entry, where all logs are alike, so it always matches "
        "(§5.3). log.term_at(0) is 0; in a list, [-1] would be the last entry."
    )
    term = random.randint(1, 4)
    log = grown_log(random, random.randint(1, 3), first_term=term)
    return [_match(each, request(random, 0, 0, term), True, why) for each in (log, Log())]


def _beyond_the_end(random: Random) -> list[Call]:
    """Just beyond the end, far beyond it, and in an empty log."""
    log = grown_log(random, random.randint(2, 4))
    calls = []
    for held, index in ((log, log.last_index + 1), (log, log.last_index + 3), (Log(), 1)):
        why = (
            f"The log ends at index {held.last_index}: there is no entry {index}, and the log must "
            "not get a gap (Figure 2, AppendEntries 2)."
        )
        term = max(held.last_term, 1)
        calls.append(_match(held, request(random, index, term, term), False, why))
    return calls


def _another_term(random: Random) -> list[Call]:
    """The follower has an old leader's entry where the new leader has another."""
    log = longer(grown_log(random, random.randint(2, 3)), 3, 3)
    index, term = log.last_index - random.randint(0, 1), log.last_term + random.randint(1, 2)
    why = (
        f"Entry {index} is of term {log.term_at(index)}, the leader's of term {term}: index and "
        "term together name an entry (§5.3; Figure 2, AppendEntries 2)."
    )
    return [_match(log, request(random, index, term, term), False, why)]


def _heartbeat(random: Random) -> list[Call]:
    """A heartbeat has nothing to append and is checked all the same: a yes counts as a match."""
    log = grown_log(random, random.randint(2, 4))
    other, gap = log.last_term + 1, log.last_index + 1
    why = (
        "An empty request is checked like any other: a yes would tell the leader that the logs "
        "agree up to there, and it would commit on that (§5.3; Figure 2, AppendEntries 2)."
    )
    return [
        _match(log, request(random, log.last_index, other), False, why),
        _match(log, request(random, gap, log.last_term), False, why),
    ]


def _entry_one(random: Random) -> list[Call]:
    """Entry 1 is compared like any other: two leaders may both have written one there."""
    old = random.randint(1, 3)
    new = old + random.randint(1, 2)
    why = (
        f"Entry 1 is of term {old} here and of term {new} there. Indexes begin at 1, so only 0 is "
        "before the log (§5.3; Figure 2, State)."
    )
    return [_match(Log.of_terms(old), request(random, 1, new, new), False, why)]


# 3.5 How far do we agree? ----------------------------------------------------------------


def _agree(log: Log, asked: AppendEntriesRequest, expected: int, why: str) -> Call:
    """One call of `match_index_after`; its picture outlines the last entry that matches."""

    def picture() -> Picture:
        outline = {"follower": (expected,)} if expected else {}
        return draw_logs({"follower": log}, outline=outline, title="The last entry that matches")

    return Call({"log": log, "request": asked}, expected, why, picture=picture)


def _new_entries_count(random: Random) -> list[Call]:
    """New entries after the middle of a log, and the first entries of an empty one."""
    calls = []
    for before in (random.randint(1, 3), 0):
        held = grown_log(random, before)
        term = max(held.last_term, 1)
        news = random.randint(2, 3)
        log = longer(held, *[term] * news)
        why = (
            f"Entries {before + 1} to {before + news} are in the log now, too: after a success it "
            "is like the leader's up through the new entries (§5.3)."
        )
        asked = request(random, before, held.last_term, *[term] * news)
        calls.append(_agree(log, asked, before + news, why))
    return calls


def _heartbeat_matches(random: Random) -> list[Call]:
    """No entries: the match ends with the entry at prevLogIndex."""
    log = grown_log(random, random.randint(2, 4))
    why = (
        f"No new entries: what matched is entry {log.last_index}, and nothing beyond it has come "
        "(§5.3)."
    )
    return [_agree(log, request(random, log.last_index, log.last_term), log.last_index, why)]


def _rest_is_unknown(random: Random) -> list[Call]:
    """An old leader's entries at the end of the log, after a heartbeat and after new entries."""
    kept = grown_log(random, random.randint(2, 3))
    log = longer(kept, kept.last_term + 1, kept.last_term + 1)
    match_index = kept.last_index
    why = (
        f"The request ends with entry {match_index}. What stands behind it may be an old leader's, "
        "and the leader would count it as a copy of its own (§5.3; Figure 7, c to f)."
    )
    later = log.last_term + 1
    before = match_index - 1
    return [
        _agree(log, request(random, match_index, kept.last_term, term=later), match_index, why),
        _agree(
            log,
            request(random, before, kept.term_at(before), kept.last_term, term=later),
            match_index,
            why,
        ),
    ]


CHECKS = {
    "3.3": Checks(
        returns=bool,
        cases=(
            Case("the entry before is there, in the middle or last", 1, _in_the_log),
            Case("before the first entry all logs match", 1, _before_the_first),
            Case("beyond the end there is nothing to match", 1, _beyond_the_end),
            Case("an entry of another term does not match", 1, _another_term),
            Case("a heartbeat is checked, too", 1, _heartbeat),
            Case("entry 1 is compared like any other", 1, _entry_one),
        ),
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
        cases=(
            Case("the new entries match, too", 1, _new_entries_count),
            Case("a heartbeat matches up to the entry before it", 1, _heartbeat_matches),
            Case("what stands behind the new entries is no match", 1, _rest_is_unknown),
        ),
        picture=lambda: draw_logs(
            {"leader": Log.of_terms(1, 1, 4, 4), "follower": Log.of_terms(1, 1, 2, 2, 2)},
            match_index={"follower": 2},
            title="After a heartbeat behind entry 2",
        ),
        story=a_command_travels,
        at_work="A command on its way",
    ),
}
