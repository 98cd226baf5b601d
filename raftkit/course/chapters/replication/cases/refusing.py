"""The cases of exercise 3.8: the conflict that a refusing follower reports.

Each case asks one question about the end of §5.3. Terms and indexes are drawn, so that a
table of answers learned by heart does not help.
"""

from random import Random

from raftkit.course.chapters.replication.cases.drawn_arguments import (
    a_follower_is_repaired,
    grown_log,
    longer,
    request,
)
from raftkit.course.checking.cases import AnswerPart, Call, Case, Checks
from raftkit.course.sample_logs import FIGURE_7
from raftkit.protocol import AppendEntriesRequest, Conflict, Log
from raftkit.views import draw_logs

_TERM = AnswerPart("conflict.term", lambda conflict: conflict.term)
_INDEX = AnswerPart("conflict.index", lambda conflict: conflict.index)


def _tell(
    log: Log,
    asked: AppendEntriesRequest,
    expected: object,
    why: str,
    part: AnswerPart | None = None,
) -> Call:
    """One call of `find_conflict`; its picture outlines the entry that does not fit."""
    outline = {"follower": (min(asked.prev_log_index, log.last_index + 1),)}
    title = f"There is no entry {asked.prev_log_index} of term {asked.prev_log_term} here"
    return Call(
        {"log": log, "request": asked},
        expected,
        why,
        part,
        picture=lambda: draw_logs({"follower": log}, outline=outline, title=title),
    )


def _too_short(random: Random) -> list[Call]:
    """Logs that are too short by some entries, and by one, and an empty one."""
    log = grown_log(random, random.randint(2, 4))
    calls = []
    for held, index in ((log, log.last_index + 3), (log, log.last_index + 1), (Log(), 5)):
        end = held.last_index + 1
        why = (
            f"The log ends at index {held.last_index}, so it has no term at index {index}; the "
            f"first entry that it lacks is {end} (end of §5.3)."
        )
        term = held.last_term + 1
        calls.append(_tell(held, request(random, index, term), Conflict(0, end), why))
    return calls


def _old_leader(random: Random) -> tuple[Log, AppendEntriesRequest]:
    """A log that ends with an old leader's entries, and a request that does not fit to them."""
    kept = grown_log(random, random.randint(2, 3))
    log = longer(kept, *[kept.last_term + 1] * random.randint(3, 4))
    index = random.randint(kept.last_index + 2, log.last_index)
    return log, request(random, index, log.last_term + random.randint(1, 2))


def _own_term(random: Random) -> list[Call]:
    """The leader knows its own term at that index, and needs the follower's."""
    log, asked = _old_leader(random)
    why = (
        f"Entry {asked.prev_log_index} is of term {log.last_term} in this log. The leader knows "
        f"its own, {asked.prev_log_term}; it needs the term of the conflicting entry (end of §5.3)."
    )
    return [_tell(log, asked, log.last_term, why, _TERM)]


def _first_of_the_term(random: Random) -> list[Call]:
    """The search ends where the term begins: neither at once, nor one entry further."""
    log, asked = _old_leader(random)
    first = log.first_index_of(log.last_term)
    why = (
        f"Term {log.last_term} begins at index {first} in this log: if one of its entries is "
        "wrong, the leader may pass by them all (end of §5.3)."
    )
    return [_tell(log, asked, first, why, _INDEX)]


def _from_entry_one(random: Random) -> list[Call]:
    """No other term comes before this one, so a search must end at the beginning of the log."""
    term = random.randint(1, 4)
    log = longer(Log(), *[term] * random.randint(3, 4))
    asked = request(random, random.randint(2, log.last_index), term + 2)
    why = f"All entries are of term {term}, so it begins with entry 1 (end of §5.3)."
    return [_tell(log, asked, Conflict(term, 1), why)]


CHECKS = {
    "3.8": Checks(
        returns=Conflict,
        cases=(
            Case("a log that is too short says where it ends", 1, _too_short),
            Case("names the follower's own term there", 1, _own_term),
            Case("finds where that term begins", 1, _first_of_the_term),
            Case("a term may begin with entry 1", 1, _from_entry_one),
        ),
        picture=lambda: draw_logs(FIGURE_7, title="Figure 7: followers of the leader of term 8"),
        story=a_follower_is_repaired,
        at_work="A log repaired",
    ),
}
