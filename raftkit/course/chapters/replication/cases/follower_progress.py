"""The cases of exercises 3.6 and 3.7: what a leader knows about a follower's log.

A leader that knows nothing sends from next_index on or later, and next_index only falls until
something matches; from then on it is just behind the match. Answers come late and twice.
"""

from collections.abc import Iterator
from random import Random

from raftkit.checkers import Cluster
from raftkit.course.chapters.replication.cases.stories import a_follower_is_repaired
from raftkit.course.checking.cases import AnswerPart, Checks
from raftkit.course.checking.small_world import Arguments, Region, Regions, SmallWorld
from raftkit.course.small_values import OTHER, OWN, SERVERS
from raftkit.protocol import (
    AppendEntriesResponse,
    Log,
    Progress,
    Standing,
    advance_progress,
    initial_progress,
)
from raftkit.simulator import Delay, Duplicate, Timeout
from raftkit.views import Picture, draw_logs, space_time

_MATCH = AnswerPart("match_index", lambda progress: progress.match_index)
_NEXT = AnswerPart("next_index", lambda progress: progress.next_index)


def small_progress(highest: int) -> Iterator[Progress]:
    """What a leader can know: nothing but where to try next, or what matches.

    >>> list(small_progress(2))[-2:]
    [Progress(next_index=2, match_index=0), Progress(next_index=2, match_index=1)]
    """
    for next_index in range(1, highest + 1):
        yield Progress(next_index, 0)
        if next_index > 1:
            yield Progress(next_index, next_index - 1)


def can_be_known(progress: Progress) -> bool:
    """Whether a leader can know this: once something matches, next_index is just behind it."""
    return 0 <= progress.match_index < progress.next_index and (
        progress.match_index in (0, progress.next_index - 1)
    )


# 3.6 A follower says yes -----------------------------------------------------------------


def _small_successes() -> Iterator[Arguments]:
    """Terms to 3, and answers to requests that began and ended at any index to 4."""
    for term in (1, 2, 3):
        standing = Standing("leader", term, OWN)
        for progress in small_progress(5):
            for of_term in range(1, term + 1):
                for match in range(5):
                    for before in range(match + 1):
                        yield (
                            standing, progress,
                            AppendEntriesResponse(OTHER, OWN, of_term, True, match, before),
                        )  # fmt: skip


def _drawn_success(random: Random) -> Arguments:
    leader, follower = random.sample(SERVERS, 2)
    term, next_index = random.randint(4, 9), random.randint(5, 12)
    progress = Progress(next_index, random.choice((0, next_index - 1)))
    before = next_index + random.randint(-2, 3)
    of_term = term - random.choice((0, 0, 0, 1, 2))
    match = before + random.randint(0, 4)
    response = AppendEntriesResponse(follower, leader, of_term, True, match, before)
    return Standing("leader", term, leader), progress, response


def _can_succeed(standing: Standing, progress: Progress, response: AppendEntriesResponse) -> bool:
    """In one term, next_index has not risen since the request was sent, or something matches."""
    return can_be_known(progress) and (
        response.term < standing.current_term
        or progress.match_index > 0
        or progress.next_index <= response.prev_log_index + 1
    )


def _older_term(
    standing: Standing, progress: Progress, response: AppendEntriesResponse
) -> str | None:
    """The follower may have lost the entries since."""
    if response.term == standing.current_term:
        return None
    return (
        f"The answer is of term {response.term}, and this is term {standing.current_term}: another "
        "leader may have replaced those entries in between (§5.1, §5.3)."
    )


def _late(standing: Standing, progress: Progress, response: AppendEntriesResponse) -> str | None:
    """An older answer that arrives late, or a second copy of the latest one."""
    match, known = response.match_index, progress.match_index
    if match > known:
        return None
    if match == known:
        return f"That the logs agree up to index {known} is known: nothing new (§5.3)."
    return (
        f"The answer is late: the logs agreed up to {match} when it was sent, and up to {known} "
        "since. matchIndex only ever increases (Figure 2, State)."
    )


def _match_rises(standing: Standing, progress: Progress, response: AppendEntriesResponse) -> str:
    """The follower has the entries that the answer covers."""
    return (
        f"The follower has everything up to entry {response.match_index}: that is its matchIndex "
        "now (Figure 2, Leaders)."
    )


def _next_follows(standing: Standing, progress: Progress, response: AppendEntriesResponse) -> str:
    """The next request begins after them."""
    return (
        f"Entry {response.match_index} is there, so the next to send is the one after it: a "
        "success moves nextIndex as well (Figure 2, Leaders)."
    )


# 3.7 A new leader begins -----------------------------------------------------------------


def _small_beginnings() -> Iterator[Arguments]:
    """Logs that end at 0 to 4, and what the server may have known when it last led."""
    for last in range(5):
        for earlier in (None, *small_progress(6)):
            yield last, earlier


def _drawn_beginning(random: Random) -> Arguments:
    next_index = random.randint(6, 15)
    known = Progress(next_index, random.choice((0, next_index - 1)))
    return random.randint(5, 15), random.choice((None, known, known))


def _can_begin(last_log_index: int, earlier: Progress | None) -> bool:
    """A leader's log may have become shorter since, or longer, but never empty."""
    if earlier is None:
        return True
    return can_be_known(earlier) and (last_log_index > 0 or earlier.next_index == 1)


def _old_next(last_log_index: int, earlier: Progress | None) -> str | None:
    """The leader's log has become shorter since, or longer."""
    if earlier is None:
        return None
    return (
        f"Those numbers are of an older term of office. The log ends at index {last_log_index} "
        "now; nextIndex is reinitialized after election (Figure 2, State)."
    )


def _just_behind_the_end(last_log_index: int, earlier: Progress | None) -> str:
    """A log with entries, or an empty one."""
    return (
        f"The leader's log ends at index {last_log_index}, and it guesses that the follower's "
        "does, too: nextIndex starts just after it (§5.3; Figure 2, State)."
    )


def _old_match(last_log_index: int, earlier: Progress | None) -> str | None:
    """Another leader may have replaced what the follower acknowledged once."""
    if earlier is None:
        return None
    return (
        "Other leaders may have replaced what the follower had in the old term of office. "
        "matchIndex is reinitialized to 0 after election (Figure 2, State)."
    )


def _nothing_matches_yet(last_log_index: int, earlier: Progress | None) -> str:
    """A guess is good enough for sending, but not for counting copies."""
    return (
        "Where to go on sending is a guess; that the follower has those entries would be a claim, "
        "and nobody has said so yet: matchIndex starts at 0 (Figure 2, State)."
    )


def _late_answer() -> Picture:
    """Two commands in a row; the answer to the first is held up, that to the second comes twice."""
    cluster = Cluster(servers=2, seed=4)
    cluster.do(Timeout("S1"))
    cluster.run(ms=20)
    cluster.do(Delay(20_000, "S2"))
    cluster.propose("x=1", to="S1")
    cluster.run(ms=6)
    cluster.do(Duplicate("S2"))
    cluster.propose("x=2", to="S1")
    cluster.run(ms=22)
    return space_time(cluster.history, first_ms=19, title="S2's first yes is overtaken")


CHECKS = {
    "3.6": Checks(
        returns=Progress,
        cases=Regions(
            SmallWorld(advance_progress, _small_successes, _drawn_success, _can_succeed),
            Region("an answer of an older term counts for nothing", 1, _older_term),
            Region("a late answer or a copy takes nothing back", 1, _late),
            Region("a success raises match_index", 1, _match_rises, _MATCH),
            Region("next_index goes on behind it", 1, _next_follows, _NEXT),
        ).cases,
        picture=_late_answer,
        story=a_follower_is_repaired,
        at_work="A log repaired",
    ),
    "3.7": Checks(
        returns=Progress,
        cases=Regions(
            SmallWorld(initial_progress, _small_beginnings, _drawn_beginning, _can_begin),
            Region("forgets where it stopped", 1, _old_next, _NEXT),
            Region("sending begins just behind the leader's end", 1, _just_behind_the_end, _NEXT),
            Region("forgets what matched", 1, _old_match, _MATCH),
            Region("nothing matches yet", 1, _nothing_matches_yet, _MATCH),
        ).cases,
        picture=lambda: draw_logs(
            {
                "leader": Log.of_terms(1, 1, 4, 4),
                "S2": Log.of_terms(1, 1, 4, 4),
                "S3": Log.of_terms(1, 1),
                "S4": Log.of_terms(1, 1, 2, 2, 2),
            },
            next_index={"S2": 5, "S3": 5, "S4": 5},
            title="A leader guesses where three logs end",
        ),
        story=a_follower_is_repaired,
        at_work="A log repaired",
    ),
}
