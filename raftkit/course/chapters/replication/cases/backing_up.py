"""The cases of exercise 3.9: how far a leader backs up after a refusal.

Figure 2 and the end of §5.3 leave it open how far to go back at once. The judges reject only
what no rule may do: go forwards, stay, go back past what has matched, or take a request for
each entry.
"""

from collections.abc import Iterator
from random import Random

from raftkit.course.chapters.replication.cases.drawn_arguments import (
    a_follower_is_repaired,
    grown_log,
    longer,
    refusal,
)
from raftkit.course.checking.cases import Call, Case, Checks, Flaw, JudgedCall, wrong_value
from raftkit.course.repair import Repair
from raftkit.course.sample_logs import FIGURE_7, figure_7
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Log,
    Progress,
    Standing,
    find_conflict,
    previous_entry_matches,
)
from raftkit.views import Picture, draw_logs


def _hear(
    said: tuple[Standing, AppendEntriesResponse],
    log: Log,
    progress: Progress,
    expected: Progress,
    why: str,
) -> Call:
    """One call of `back_up`; its picture shows where the leader should go on."""
    standing, response = said
    arguments = {"standing": standing, "log": log, "progress": progress, "response": response}

    def picture() -> Picture:
        title = f"The leader's log, and next_index = {expected.next_index}"
        return draw_logs({"leader": log}, next_index={"leader": expected.next_index}, title=title)

    return Call(arguments, expected, why, picture=picture)


# One request for each term with conflicting entries (§5.3), and one for a log that is too short.
_REFUSALS = {"a": 1, "b": 1, "e": 2, "f": 2}
_TIMES = {1: "once", 2: "twice"}


def _figure_7(random: Random) -> Iterator[JudgedCall]:
    """For each follower of Figure 7 that refuses at all, its refusals until the logs match.

    The terms are drawn, in the order of the figure. The paper does not say how far to go back at
    once, but promises that each conflicting term takes one request at most.
    """
    logs = figure_7(random)
    for name in random.sample(sorted(_REFUSALS), len(_REFUSALS)):
        yield from _conversation(random, name, logs["leader"], logs[name])


def _conversation(random: Random, name: str, leading: Log, log: Log) -> Iterator[JudgedCall]:
    """The refusals of one follower; each depends on the answer to the one before."""
    term = leading.last_term + 2
    progress = Progress(leading.last_index + 1, 0)
    for number in range(1, _REFUSALS[name] + 1):
        before = progress.next_index - 1
        asked = AppendEntriesRequest("", "", term, before, leading.term_at(before), (), 0)
        if previous_entry_matches(log, asked):
            return
        conflict = find_conflict(log, asked)
        said = refusal(random, term, before, (conflict.term, conflict.index))
        answers: list[Progress] = []
        yield _refused(said, name, leading, log, progress, number, answers)
        if not answers:
            return  # The calls are only listed and not answered, so the next one is unknown.
        progress = answers[0]


def _refused(
    said: tuple[Standing, AppendEntriesResponse],
    name: str,
    leading: Log,
    log: Log,
    progress: Progress,
    number: int,
    answers: list[Progress],
) -> JudgedCall:
    """One refusal; the answer to it is stored in `answers` for the next one."""
    standing, response = said
    most = _REFUSALS[name]

    def judge(returned: Progress) -> Flaw | None:
        answers.append(returned)
        complaint = _wrong_direction(returned, progress, response)
        if complaint is None and number == most and not _agree(returned, leading, log):
            complaint = (
                f"A follower like {name} in Figure 7 has refused {_TIMES[most]} and would refuse "
                "once more: one request for each conflicting term is enough (end of §5.3)."
            )
        if complaint is None:
            return None
        return wrong_value(f"{returned!r}.", complaint, _where(returned, leading, log))

    arguments = {"standing": standing, "log": leading, "progress": progress, "response": response}
    why = "After a refusal nextIndex is decremented, and the leader retries (§5.3)."
    return JudgedCall(arguments, judge, why)


def _wrong_direction(
    returned: Progress, before: Progress, response: AppendEntriesResponse
) -> str | None:
    """Why an answer is wrong whatever the follower's log is; None if it may be right."""
    if returned.match_index:
        return "A refusal says nothing about what matches: matchIndex stays 0 (§5.3; Figure 2)."
    if returned.next_index >= before.next_index:
        return (
            f"The entry before next_index = {before.next_index} was refused: nextIndex falls, or "
            "the follower refuses for ever (§5.3; Figure 2, Leaders)."
        )
    if returned.next_index < response.conflict_index:
        return (
            f"All that is known to conflict begins at index {response.conflict_index}: whoever "
            "goes back further may send again what is there (end of §5.3)."
        )
    return None


def _agree(progress: Progress, leading: Log, log: Log) -> bool:
    """Whether the follower would accept the next request."""
    return progress.next_index - 1 <= log.common_prefix(leading)


def _where(progress: Progress, leading: Log, log: Log) -> Picture:
    """Both logs compared, with an arrow where the leader would go on."""
    following = min(max(progress.next_index, 1), leading.last_index + 1)
    logs = {"leader": leading, "follower": log}
    return draw_logs(logs, next_index={"leader": following}, title="Where the leader goes on")


def _ended_early(random: Random) -> list[Call]:
    """A log that ends before the refused entry, and an empty one."""
    leading = grown_log(random, 9)
    term, length = leading.last_term + 1, random.randint(3, 6)
    calls = []
    for held in (length, 0):
        said = refusal(random, term, 9, (0, held + 1))
        why = (
            f"The follower's log ends at index {held}, and conflict_index {held + 1} is the first "
            "entry that it lacks: there the leader goes on (end of §5.3)."
        )
        calls.append(_hear(said, leading, Progress(10), Progress(held + 1), why))
    return calls


def _unknown_term(random: Random) -> list[Call]:
    """The follower's term is between two of the leader's, or later than the refused entry's."""
    calls = []
    earliest = random.randint(1, 4)
    whole = longer(Log(), *[earliest] * 3, *[earliest + 2] * 3, *[earliest + 4] * 2)
    # In the second call the leader's last entry of an earlier term is the refused one.
    for theirs, leading, latest in ((earliest + 1, whole, 4), (earliest + 3, whole.prefix(6), 6)):
        refused, first = leading.last_index, random.randint(2, latest)
        said = refusal(random, whole.last_term + 1, refused, (theirs, first))
        why = (
            f"The leader has no entry of term {theirs}, so none of the follower's can be right: it "
            f"goes to where that term begins there, index {first} (end of §5.3)."
        )
        begun = Progress(refused + 1)
        calls.append(_hear(said, leading, begun, Progress(first), why))
    return calls


def _copy(random: Random) -> list[Call]:
    """A second copy of a refusal that was answered already, once with next_index at 1."""
    leading = grown_log(random, 9)
    calls = []
    for held in (random.randint(3, 6), 0):
        said = refusal(random, leading.last_term + 1, 9, (0, held + 1))
        why = (
            "This refusal came before, and the leader has gone back for it. A copy takes nextIndex "
            "no further, least of all below 1 (§5.3)."
        )
        progress = Progress(held + 1)
        calls.append(_hear(said, leading, progress, progress, why))
    return calls


def _never_forwards(random: Random) -> list[Call]:
    """A late refusal: the leader has gone further back since."""
    leading = figure_7(random)["leader"]
    progress = Progress(4)
    unknown = leading.term_at(4) - 1
    said = refusal(random, leading.last_term + 1, 10, (unknown, random.randint(6, 8)))
    why = (
        "The refusal is late: the leader has gone back to entry 4 since. A refusal never moves "
        "nextIndex forwards (§5.3; Figure 2, Leaders)."
    )
    return [_hear(said, leading, progress, progress, why)]


def _keeps_what_matched(random: Random) -> list[Call]:
    """A refusal of an entry that has matched since; a conflict that begins before the match."""
    term = random.randint(1, 4)
    leading = longer(Log(), *[term] * 4, *[term + 3] * 2, *[term + 4] * 2)
    known = random.randint(5, 6)
    matched = Progress(known + 1, known)
    late = (
        f"Entry {known - 1} was refused once, but the follower has had everything up to {known} "
        "since: the refusal is out of date (§5.3)."
    )
    beyond = (
        "Entry 6 was refused, and entries 1 to 4 are known to match: nextIndex never falls to "
        "matchIndex or below (§5.3; Figure 2)."
    )
    said = refusal(random, term + 5, known - 1, (0, random.randint(2, 3)))
    further = refusal(random, term + 5, 6, (term + 1, random.randint(2, 3)))
    return [
        _hear(said, leading, matched, matched, late),
        _hear(further, leading, Progress(5, 4), Progress(5, 4), beyond),
    ]


def _older_term(random: Random) -> list[Call]:
    """A refusal of an earlier term in which this server led."""
    leading = grown_log(random, 8)
    term = leading.last_term + 3
    said = refusal(random, term - 2, 8, (0, random.randint(2, 4)), term)
    why = (
        f"The refusal is of term {term - 2}, and this is term {term}: it is about an older term's "
        "request, and says nothing of this one (§5.1, §5.3)."
    )
    return [_hear(said, leading, Progress(9), Progress(9), why)]


CHECKS = {
    "3.9": Checks(
        returns=Progress,
        cases=(
            Case("repairs Figure 7's followers, a term at a time", 1, _figure_7),
            Case("a log that is too short is taken up at its end", 1, _ended_early),
            Case("a term that the leader lacks is passed by whole", 1, _unknown_term),
            Case("a copy of a refusal takes nothing more back", 1, _copy),
            Case("a late refusal moves nothing forwards", 1, _never_forwards),
            Case("what has matched is not taken back", 1, _keeps_what_matched),
            Case("a refusal of an older term says nothing", 1, _older_term),
        ),
        picture=lambda: Repair(FIGURE_7["leader"], FIGURE_7["f"], term=8).picture(),
        story=a_follower_is_repaired,
        at_work="A log repaired",
    ),
}
