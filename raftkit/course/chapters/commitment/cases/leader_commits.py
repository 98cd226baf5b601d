"""The cases of exercise 4.1: when a leader commits.

They cut up what a leader may know of clusters of one to five servers, each case a question of
Figure 2's last rule for leaders. How entries get to followers is not asked here.
"""

from collections.abc import Iterator
from itertools import combinations_with_replacement, product
from random import Random

from raftkit.checkers import Cluster
from raftkit.course.chapters.commitment.cases.schedules import FIGURE_8, TWO_OF_FIVE
from raftkit.course.checking.cases import Checks
from raftkit.course.checking.small_world import Arguments, Region, Regions, SmallWorld
from raftkit.course.small_values import small_logs
from raftkit.protocol import Log, advance_commit_index
from raftkit.simulator import Timeout
from raftkit.views import Picture, draw_logs

Indexes = tuple[int, ...]


def _small_calls() -> Iterator[Arguments]:
    """Every log of three entries in terms 1 to 3, every commit index, and one to five servers."""
    for log in small_logs(longest=3, terms=3):
        for matches in _small_matches(log.last_index):
            for current_term in (1, 2, 3):
                for commit_index in range(log.last_index + 1):
                    yield log, current_term, commit_index, matches


def _small_matches(last: int) -> Iterator[Indexes]:
    """How far one to five servers may match; of four and five servers not in every order."""
    every = range(last + 1)
    yield from product(every)
    for servers in (2, 3):
        yield from (each for each in product(every, repeat=servers) if last in each)
    yield from ((*others, last) for others in combinations_with_replacement(every, 3))
    yield from ((last, *others) for others in combinations_with_replacement(every[::-1], 4))


def _drawn_call(random: Random) -> Arguments:
    """A long log with a few entries of the leader's own term at its end, or none."""
    term, old, new = random.randint(4, 12), random.randint(1, 6), random.choice((0, 1, 2, 5, 40))
    olds = sorted(random.choices(range(1, term), k=old))
    log = Log.of_terms(*olds, *[term] * new)
    commit, others = random.randint(0, old), random.choice((random.randint(0, 6), 9, 10, 24, 49))
    matches = [*random.choices(range(log.last_index + 1), k=others), log.last_index]
    random.shuffle(matches)
    return log, term, commit, tuple(matches)


def _can_happen(log: Log, current_term: int, commit_index: int, matches: Indexes) -> bool:
    """No log ends in a later term than the server's, and a leader matches itself.

    A leader that is alone may not have written its last entries yet, and may hear of its writes out
    of order. Of several servers a majority matches whatever the leader has committed in its own
    term, since only the leader commits these entries, and match indexes never fall.
    """
    if log.last_term > current_term or max(matches) > log.last_index:
        return False
    if len(matches) == 1:
        return True
    own_is_safe = log.term_at(commit_index) < current_term or _held(matches) >= commit_index
    return max(matches) == log.last_index and own_is_safe


def _held(matches: Indexes) -> int:
    """The last index that a majority has reached."""
    return sorted(matches)[(len(matches) - 1) // 2]


def _reached(matches: Indexes, index: int) -> int:
    """How many servers have reached an index."""
    return sum(match >= index for match in matches)


def _picture(
    returned: int, right: int, log: Log, current_term: int, commit_index: int, matches: Indexes
) -> Picture:
    """The logs as far as the leader knows them, with the entry that a majority has reached."""
    others = sorted(matches, reverse=True)
    own = others.pop(0)
    logs = {"leader": log.prefix(own)}
    logs |= {f"follower {number}": log.prefix(match) for number, match in enumerate(others, 1)}
    held = _held(matches)
    outline = {name: (held,) for name, each in logs.items() if 0 < held <= each.last_index}
    title = f"What the leader of term {current_term} knows"
    commits = dict.fromkeys(logs, commit_index)
    return draw_logs(logs, commits, compare=False, outline=outline, title=title)


# Nothing new is committed ------------------------------------------------------------------


def _old_entry_waits(
    log: Log, current_term: int, commit_index: int, matches: Indexes
) -> str | None:
    """Figure 8 (c), with or without an entry of the leader's own term that fewer servers have."""
    held = _held(matches)
    if held <= commit_index or log.term_at(held) == current_term:
        return None
    old = f"its entry is of term {log.term_at(held)}, and the leader's term is {current_term}"
    if len(matches) == 1:
        return (
            f"The leader is alone and has written index {held}, but {old}. Counting copies commits "
            "only entries of the leader's own term, and the old ones with them (§5.4.2; Figure 2)."
        )
    return (
        f"A majority has reached index {held}, but {old}. Counting copies commits only entries of "
        "the leader's own term: a server with a later last term may still win, and overwrite this "
        "one (§5.4.2, Figure 8)."
    )


def _half(log: Log, current_term: int, commit_index: int, matches: Indexes) -> str | None:
    servers = len(matches)
    index = sorted(matches)[servers // 2]
    if servers % 2 or _held(matches) > commit_index or index <= max(commit_index, _held(matches)):
        return None
    return (
        f"Index {index} is on {servers // 2} of {servers} servers. That is half, and a majority is "
        "more: two halves need not share a server, two majorities always do (§5.3)."
    )


def _minority(log: Log, current_term: int, commit_index: int, matches: Indexes) -> str | None:
    """Some followers have reached an index, but not enough."""
    if _held(matches) > commit_index or len(matches) == 1:
        return None
    index = sorted(matches)[-2]
    if index <= commit_index:
        return None
    there = _reached(matches, index)
    return (
        f"Index {index} is on {there} of {len(matches)} servers: the other {len(matches) - there} "
        "could elect a leader without it. It takes a majority (§5.3)."
    )


def _never_back(log: Log, current_term: int, commit_index: int, matches: Indexes) -> str | None:
    """A new leader knows of no matches yet; and a write may be told of late."""
    held = _held(matches)
    if held > commit_index:
        return None
    return (
        f"What a majority is known to have reached, index {held}, is not beyond commitIndex = "
        f"{commit_index}. Only an N > commitIndex is looked for, and commitIndex never falls "
        "(Figure 2, State and Leaders)."
    )


# A majority has reached an entry of the leader's own term ------------------------------------


def _own_entry_takes_all(
    log: Log, current_term: int, commit_index: int, matches: Indexes
) -> str | None:
    """Figure 8 (e)."""
    first, held = commit_index + 1, _held(matches)
    if log.term_at(first) == current_term:
        return None
    return (
        f"Index {held} is of the leader's own term {current_term} and on a majority, so it is "
        f"committed, and with it everything before it, index {first} of term {log.term_at(first)} "
        "as well (§5.4.2, Figure 8 e)."
    )


def _counts_itself(log: Log, current_term: int, commit_index: int, matches: Indexes) -> str | None:
    """A smallest majority, which includes the leader."""
    held, servers = _held(matches), len(matches)
    if _reached(matches, held) != servers // 2 + 1:
        return None
    if servers == 1:
        return f"The leader is alone, and its own log has index {held}: that is one of one (§5.3)."
    return (
        f"The leader and {servers // 2} of its followers have reached index {held}: that is "
        f"{servers // 2 + 1} of {servers}, a majority. The leader's own log counts (§5.3)."
    )


def _servers_down(log: Log, current_term: int, commit_index: int, matches: Indexes) -> str | None:
    held, servers = _held(matches), len(matches)
    there = _reached(matches, held)
    if there == servers:
        return None
    return (
        f"{there} of {servers} servers have reached index {held}. A majority is enough: a server "
        "that is down or slow holds nothing up (§5.3)."
    )


def _newest(log: Log, current_term: int, commit_index: int, matches: Indexes) -> str | None:
    held = _held(matches)
    return (
        f"All {len(matches)} servers have reached index {held}: matchIndex ≥ N is true of N = "
        f"{held} as well, and N may be several steps beyond commitIndex (Figure 2, Leaders)."
    )


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
        cases=Regions(
            SmallWorld(
                advance_commit_index,
                _small_calls,
                _drawn_call,
                _can_happen,
                picture=_picture,
                unordered=("match_indexes",),
            ),
            Region("an old entry on a majority waits", 2, _old_entry_waits),
            Region("half of an even cluster is not enough", 1, _half),
            Region("one follower of four is not enough", 1, _minority),
            Region("takes no commit back", 1, _never_back),
            Region("an entry of its own term commits the old ones", 1, _own_entry_takes_all),
            Region("counts the leader as one of the majority", 1, _counts_itself),
            Region("servers that are down hold nothing up", 1, _servers_down),
            Region("commits the newest entry, too", 1, _newest),
        ).cases,
        picture=_figure_8_c,
        story=two_commands,
        at_work="Two commands",
        schedules=(FIGURE_8, TWO_OF_FIVE),
    ),
}
