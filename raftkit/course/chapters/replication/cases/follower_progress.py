"""The cases of exercises 3.6 and 3.7: what a leader knows about a follower's log.

Each case asks one question of Figure 2. Terms and indexes are drawn, so that a table of
answers learned by heart does not help.
"""

from random import Random

from raftkit.checkers import Cluster
from raftkit.course.chapters.replication.cases.drawn_arguments import (
    a_follower_is_repaired,
    success,
)
from raftkit.course.checking.cases import AnswerPart, Call, Case, Checks
from raftkit.protocol import AppendEntriesResponse, Log, Progress, Standing
from raftkit.simulator import Delay, Duplicate, Timeout
from raftkit.views import Picture, draw_logs, space_time

_MATCH = AnswerPart("match_index", lambda progress: progress.match_index)
_NEXT = AnswerPart("next_index", lambda progress: progress.next_index)

# 3.6 A follower says yes -----------------------------------------------------------------


def _hear(
    said: tuple[Standing, AppendEntriesResponse],
    progress: Progress,
    expected: object,
    why: str,
    part: AnswerPart | None = None,
) -> Call:
    """One call of `advance_progress`."""
    standing, response = said
    arguments = {"standing": standing, "progress": progress, "response": response}
    return Call(arguments, expected, why, part)


def _news(random: Random, part: AnswerPart, why: str, ahead: int) -> list[Call]:
    """A first and a later success, each of which covers more than was known."""
    calls = []
    for known in (0, random.randint(2, 5)):
        match_index = known + random.randint(1, 3)
        said = success(random, random.randint(2, 8), match_index)
        text = why.format(match_index)
        calls.append(_hear(said, Progress(known + 1, known), match_index + ahead, text, part))
    return calls


def _match_rises(random: Random) -> list[Call]:
    """The follower has the entries that the answer covers."""
    why = (
        "The follower has everything up to entry {}: that is its matchIndex now (Figure 2, "
        "Leaders)."
    )
    return _news(random, _MATCH, why, ahead=0)


def _next_follows(random: Random) -> list[Call]:
    """The next request begins after them."""
    why = (
        "Entry {} is there, so the next to send is the one after it: a success moves nextIndex as "
        "well (Figure 2, Leaders)."
    )
    return _news(random, _NEXT, why, ahead=1)


def _late(random: Random) -> list[Call]:
    """An older answer that arrives late, and a second copy of the latest one."""
    term, known = random.randint(2, 8), random.randint(4, 7)
    progress = Progress(known + 1, known)
    late = (
        f"The answer is late: the follower had {known - 2} entries when it was sent, and has had "
        f"{known} since. matchIndex only ever increases (Figure 2, State)."
    )
    copy = f"That the follower has {known} entries is known; a copy says nothing new (§5.3)."
    return [
        _hear(success(random, term, known - 2), progress, progress, late),
        _hear(success(random, term, known), progress, progress, copy),
    ]


def _older_term(random: Random) -> list[Call]:
    """A success of an earlier term; the follower may have lost the entries since."""
    term, known = random.randint(3, 8), random.randint(1, 3)
    progress = Progress(known + 1, known)
    why = (
        f"The answer is of term {term - 2}, and this is term {term}: another leader may have "
        "replaced those entries in between (§5.1, §5.3)."
    )
    return [_hear(success(random, term - 2, known + 2, term), progress, progress, why)]


# 3.7 A new leader begins -----------------------------------------------------------------


def _begin(
    last_log_index: int, earlier: Progress | None, part: AnswerPart, expected: int, why: str
) -> Call:
    """One call of `initial_progress`, and the part that is judged."""
    arguments = {"last_log_index": last_log_index, "earlier": earlier}
    return Call(arguments, expected, why, part)


def _just_behind_the_end(random: Random) -> list[Call]:
    """A log with entries, and an empty one."""
    calls = []
    for last in (random.randint(3, 9), 0):
        why = (
            f"The leader's log ends at index {last}, and it guesses that the follower's does, too: "
            "nextIndex starts just after it (§5.3; Figure 2, State)."
        )
        calls.append(_begin(last, None, _NEXT, last + 1, why))
    return calls


def _nothing_matches_yet(random: Random) -> list[Call]:
    """A guess is good enough for sending, but not for counting copies."""
    why = (
        "Where to go on sending is a guess; that the follower has those entries would be a claim, "
        "and nobody has said so yet: matchIndex starts at 0 (Figure 2, State)."
    )
    return [_begin(random.randint(3, 9), None, _MATCH, 0, why)]


def _old_next(random: Random) -> list[Call]:
    """The leader's log has become shorter since, or longer."""
    calls = []
    for last, known in ((random.randint(3, 5), 8), (random.randint(8, 12), 2)):
        why = (
            f"Those numbers are of an older term of office. The log ends at index {last} now; "
            "nextIndex is reinitialized after election (Figure 2, State)."
        )
        calls.append(_begin(last, Progress(known + 1, known), _NEXT, last + 1, why))
    return calls


def _old_match(random: Random) -> list[Call]:
    """Another leader may have replaced what the follower acknowledged once."""
    last, known = random.randint(6, 9), random.randint(2, 5)
    why = (
        f"The follower had {known} entries of the old term of office; another leader may have "
        "replaced them. matchIndex is reinitialized to 0 after election (Figure 2, State)."
    )
    return [_begin(last, Progress(known + 1, known), _MATCH, 0, why)]


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
        cases=(
            Case("a success raises match_index", 1, _match_rises),
            Case("next_index goes on behind it", 1, _next_follows),
            Case("a late answer or a copy takes nothing back", 1, _late),
            Case("an answer of an older term counts for nothing", 1, _older_term),
        ),
        picture=_late_answer,
        story=a_follower_is_repaired,
        at_work="A log repaired",
    ),
    "3.7": Checks(
        returns=Progress,
        cases=(
            Case("sending begins just behind the leader's end", 1, _just_behind_the_end),
            Case("nothing matches yet", 1, _nothing_matches_yet),
            Case("forgets where it stopped", 1, _old_next),
            Case("forgets what matched", 1, _old_match),
        ),
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
