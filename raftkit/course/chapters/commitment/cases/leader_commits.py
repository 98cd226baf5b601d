"""The cases of exercise 4.1: when a leader commits.

Each case asks one question of Figure 2's last rule for leaders. Terms, lengths and commit indexes
are drawn, so that a table of answers learned by heart does not help.
"""

from collections.abc import Sequence
from random import Random

from raftkit.checkers import Cluster
from raftkit.course.chapters.commitment.cases.schedules import FIGURE_8, TWO_OF_FIVE
from raftkit.course.checking.cases import Call, Case, Checks
from raftkit.protocol import Log
from raftkit.simulator import Timeout
from raftkit.views import Picture, draw_logs


def _commit(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int], expected: int,
    why: str,
) -> Call:  # fmt: skip
    """One call of `advance_commit_index`, with the logs drawn as far as the leader knows them."""

    def picture() -> Picture:
        *others, own = match_indexes
        logs = {"leader": log.prefix(own)}
        logs |= {f"S{number}": log.prefix(match) for number, match in enumerate(others, start=2)}
        title = f"How far they match in term {current_term}"
        return draw_logs(logs, dict.fromkeys(logs, commit_index), compare=False, title=title)

    arguments = {
        "log": log,
        "current_term": current_term,
        "commit_index": commit_index,
        # A tuple, as in the grading, so that sorting it in place is an error here, too.
        "match_indexes": tuple(match_indexes),
    }
    return Call(arguments, expected, why, picture=picture)


def _own_log(random: Random) -> tuple[Log, int, int, int]:
    """A log whose later entries are of its leader's term, the term, a commit index, the last index.

    The last index is at least three beyond the commit index.
    """
    old, new = random.randint(1, 3), random.randint(3, 5)
    term = random.randint(2, 6)
    terms = [max(1, term - 1)] * old + [term] * new
    return Log.of_terms(*terms), term, old, old + new


def _newest(random: Random) -> list[Call]:
    """All servers match up to the last entry, or to the one before, several steps at once."""
    log, term, commit, last = _own_log(random)
    why = (
        f"All five servers hold everything up to index {last}: matchIndex ≥ N is true of N = "
        f"{last} as well, and N may be several steps beyond commitIndex (Figure 2, Leaders)."
    )
    at = last - 1
    step = (
        f"All followers match up to index {at}, and a majority of matchIndex[i] ≥ N is asked for: "
        f"N = {at} is committed (Figure 2, Leaders)."
    )
    return [
        _commit(log, term, commit, [last] * 5, last, why),
        _commit(log, term, commit, [at] * 4 + [last], at, step),
    ]


def _counts_itself(random: Random) -> list[Call]:
    """A smallest majority, which includes the leader."""
    calls = []
    for servers in (3, 5):
        log, term, commit, last = _own_log(random)
        followers = servers // 2
        matches = [*random.sample([last] * followers + [commit] * followers, 2 * followers), last]
        why = (
            f"The leader and {followers} of its followers hold index {last}: that is "
            f"{followers + 1} of {servers}, a majority. The leader's own log counts (§5.3)."
        )
        calls.append(_commit(log, term, commit, matches, last, why))
    return calls


def _servers_down(random: Random) -> list[Call]:
    """Four of five servers hold the entry, so one is down or slow.

    Then five of seven servers hold an entry, two of which match further.
    """
    log, term, commit, last = _own_log(random)
    matches = [*random.sample([last, last, last, 0], 4), last]
    at = last - 1
    apart = [*random.sample([last, at, at, at, commit, 0], 6), last]
    why = (
        f"Four of five servers hold index {last}. A majority is enough: a server that is down "
        "or slow holds nothing up (§5.3)."
    )
    ahead = (
        f"Five of seven servers hold index {at}: three end there, and two have come to {last}, "
        f"which only they hold. matchIndex ≥ N is true of all five (Figure 2, Leaders)."
    )
    return [
        _commit(log, term, commit, matches, last, why),
        _commit(log, term, commit, apart, at, ahead),
    ]


def _minority(random: Random) -> list[Call]:
    """The leader and one follower of five servers hold the entry."""
    log, term, commit, last = _own_log(random)
    matches = [*random.sample([last, commit, commit, commit], 4), last]
    why = (
        f"Two of five servers hold index {last}: the other three could elect a leader without it. "
        "It takes a majority (§5.3)."
    )
    return [_commit(log, term, commit, matches, commit, why)]


def _half(random: Random) -> list[Call]:
    """Half of an even cluster holds the entry."""
    log, term, commit, last = _own_log(random)
    half = random.randint(2, 3)
    matches = [*random.sample([last] * (half - 1) + [commit] * half, 2 * half - 1), last]
    why = (
        f"{half} of {2 * half} servers hold index {last}. That is half, and a majority is more: "
        "two halves need not share a server, two majorities always do (§5.3)."
    )
    return [_commit(log, term, commit, matches, commit, why)]


def _old_entry_waits(random: Random) -> list[Call]:
    """Figure 8 (c), with an entry of the leader's own term after the old one, and without."""
    base = random.randint(1, 3)
    old, term = base + 1, base + random.randint(3, 5)
    terms = [base] * random.randint(1, 2)
    commit, at = len(terms), len(terms) + 1
    log = Log.of_terms(*terms, old)
    why = (
        f"A majority holds index {at}, but its entry is of term {old}, and the leader's term is "
        f"{term}. Counting copies commits only entries of the leader's own term: a server with a "
        "later last term may still win, and overwrite this one (§5.4.2, Figure 8)."
    )
    with_own = log.extend(Log.of_terms(term))
    return [
        _commit(with_own, term, commit, [at, at, commit, 0, at + 1], commit, why),
        _commit(log, term, commit, [at, at, commit, 0, at], commit, why),
    ]


def _own_entry_takes_all(random: Random) -> list[Call]:
    """Figure 8 (e), with several old entries in between; all servers hold everything."""
    base = random.randint(1, 3)
    term = base + random.randint(3, 5)
    olds = [base + 1] * random.randint(1, 2)
    log = Log.of_terms(base, *olds, term)
    last = log.last_index
    why = (
        f"Index {last} is of the leader's own term {term} and on a majority, so it is committed, "
        f"and with it everything before it, index 2 of term {base + 1} as well (§5.4.2, Figure 8 "
        "e)."
    )
    return [_commit(log, term, 1, [last] * 5, last, why)]


def _never_back(random: Random) -> list[Call]:
    """Match indexes start at 0 after an election; and a majority may match less than before."""
    log, term, commit, last = _own_log(random)
    new = log.extend(Log.of_terms(term + 1))
    fresh = (
        f"A new leader does not know yet how far its followers match. Nothing new is committed, "
        f"and what is committed stays so: commitIndex is {commit} (Figure 2, State)."
    )
    behind = (
        f"A majority is known to hold index {last - 1}, and commitIndex is {last} already: only an "
        "N > commitIndex is looked for, and commitIndex never falls (Figure 2, State and Leaders)."
    )
    return [
        _commit(new, term + 1, commit, [0, 0, 0, 0, last + 1], commit, fresh),
        _commit(log, term, last, [last - 1] * 3 + [last] * 2, last, behind),
    ]


def two_commands(cluster: Cluster) -> None:
    """A leader commits two commands, the second while one of its followers is down."""
    cluster.do(Timeout("S1"))
    cluster.run(ms=14)
    cluster.propose("x=1")
    cluster.run(ms=14)
    cluster.crash("S3")
    cluster.propose("x=2")
    cluster.run(ms=14)


def _figure_8_c() -> Picture:
    """Figure 8 (c) as its leader knows it: an old entry on a majority, and one of its own term."""
    followers = {"S2": 2, "S3": 2, "S4": 1, "S5": 1}
    logs = {"S1": Log.of_terms(1, 2, 4)}
    logs |= {name: logs["S1"].prefix(match) for name, match in followers.items()}
    title = "What S1 knows in term 4"
    return draw_logs(
        logs, dict.fromkeys(logs, 1), compare=False, match_index=followers, title=title
    )


CHECKS = {
    "4.1": Checks(
        returns=int,
        cases=(
            Case("commits the newest entry, too", 1, _newest),
            Case("counts the leader as one of the majority", 1, _counts_itself),
            Case("servers that are down hold nothing up", 1, _servers_down),
            Case("one follower of four is not enough", 1, _minority),
            Case("half of an even cluster is not enough", 1, _half),
            Case("an old entry on a majority waits", 2, _old_entry_waits),
            Case("an entry of its own term commits the old ones", 1, _own_entry_takes_all),
            Case("takes no commit back", 1, _never_back),
        ),
        picture=_figure_8_c,
        story=two_commands,
        at_work="Two commands",
        schedules=(FIGURE_8, TWO_OF_FIVE),
    ),
}
