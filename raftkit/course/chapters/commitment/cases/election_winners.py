"""The cases of exercise 4.5: which server could win an election, and so overwrite entries.

The answer is no rule, because a server never sees the others' logs; it looks at a cluster
from outside, as Figure 8 does. The logs are those that Raft can have at one time.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, combinations_with_replacement, product
from random import Random

from raftkit.course.chapters.commitment.possible_leaders import could_win
from raftkit.course.checking.cases import Checks
from raftkit.course.checking.small_world import Arguments, Region, Regions, SmallWorld
from raftkit.course.small_values import small_logs
from raftkit.protocol import Log
from raftkit.views import Picture, draw_last_entries, draw_logs
from raftkit.views.descriptions import listed

# For each number of servers, the longest of their logs, and how many terms these have.
_LOGS = {1: (3, 3), 2: (3, 3), 3: (3, 2), 4: (2, 2), 5: (2, 2)}


def _small_calls() -> Iterator[Arguments]:
    """Clusters of one to five servers, the smaller ones with more logs and in every order."""
    for servers, (longest, terms) in _LOGS.items():
        logs, others = list(small_logs(longest, terms)), servers - 1
        in_orders = product(logs, repeat=others)
        alike = combinations_with_replacement(logs, others)
        yield from product(logs, in_orders if servers <= 3 else alike)
    yield from _FIGURE_8
    # However long the log of an earlier term is.
    long, late = Log.of_terms(*[1] * 1_200), Log.of_terms(2)
    yield from ((long, (late,)), (late, (long,)), (long, (late, late)), (late, (long, long)))


def _in_figure_8() -> Iterator[tuple[Log, tuple[Log, ...]]]:
    """Every server of Figure 8, from (a) to (e), with the logs of the other four."""
    for logs in (
        ((1, 2), (1, 2), (1,), (1,), (1,)),
        ((1, 2), (1, 2), (1,), (1,), (1, 3)),
        ((1, 2, 4), (1, 2), (1, 2), (1,), (1, 3)),
        ((1, 3), (1, 3), (1, 3), (1, 3), (1, 3)),
        ((1, 2, 4), (1, 2, 4), (1, 2, 4), (1,), (1, 3)),
    ):
        of = [Log.of_terms(*terms) for terms in logs]
        for place, candidate in enumerate(of):
            yield candidate, (*of[:place], *of[place + 1 :])


_FIGURE_8 = tuple(dict.fromkeys(_in_figure_8()))


def _drawn_call(random: Random) -> Arguments:
    """Logs of one history: every leader begins with a part of another log, and adds its entries."""
    logs, term = [Log()], 0
    for _ in range(random.randint(3, 6)):
        term += random.randint(1, 3)
        own = Log.of_terms(*[term] * random.choice((1, 2, 3, 4, 120)))
        logs.append(_part(random.choice(logs), random).extend(own))
    servers = random.choice((random.randint(1, 9), 24, 49))
    candidate, *others = (_part(log, random) for log in random.choices(logs, k=servers))
    return candidate, tuple(others)


def _part(log: Log, random: Random) -> Log:
    """A log without some of its last entries; often all of it."""
    return log.prefix(random.choice((log.last_index, random.randint(0, log.last_index))))


def _can_happen(candidate: Log, others: tuple[Log, ...]) -> bool:
    """Each term has one leader, which only appends, so its entries and all before them agree."""
    different = dict.fromkeys((candidate, *others))
    return all(_of_one_history(*pair) for pair in combinations(different, 2))


def _of_one_history(one: Log, other: Log) -> bool:
    """Whether two logs agree up to the last entry of a term that both have."""
    common = max({entry.term for entry in one} & {entry.term for entry in other}, default=0)
    until = min(one.last_index_of(common), other.last_index_of(common))
    return one.common_prefix(other) >= until


def _votes(candidate: Log, others: tuple[Log, ...]) -> int:
    """How many servers vote for the candidate, itself included."""
    return 1 + sum(_end(candidate) >= _end(log) for log in others)


def _end(log: Log) -> tuple[int, int]:
    return log.last_term, log.last_index


def _ends(returned: bool, right: bool, candidate: Log, others: tuple[Log, ...]) -> Picture:
    """The logs with their last entries outlined, which decide."""
    logs = {"candidate": candidate}
    logs |= {f"other {number}": log for number, log in enumerate(others, start=1)}
    return draw_last_entries(logs)


def _counted(candidate: Log, others: tuple[Log, ...]) -> str:
    """The votes as the end of a sentence."""
    votes, servers = _votes(candidate, others), len(others) + 1
    verdict = "a majority" if votes > servers // 2 else "no majority"
    return f"with its own vote it gets {votes} of {servers}, {verdict}"


def _figure_8(candidate: Log, others: tuple[Log, ...]) -> str | None:
    if (candidate, others) not in _FIGURE_8:
        return None
    refusing = len(others) + 1 - _votes(candidate, others)
    refused = {0: "No log is", 1: "One log is"}.get(refusing, f"{refusing} logs are")
    return (
        f"{refused} more up-to-date than the candidate's, which ends in term "
        f"{candidate.last_term}; {_counted(candidate, others)} (§5.4.1, Figure 8)."
    )


def _later_term(candidate: Log, others: tuple[Log, ...]) -> str | None:
    """A log is shorter and later than another."""
    term, length = candidate.last_term, candidate.last_index
    for log in others:
        if (log.last_term - term) * (log.last_index - length) < 0:
            return (
                f"It ends in term {term} at index {length}, and another log in term "
                f"{log.last_term} at index {log.last_index}: the later term is more up-to-date, "
                f"however short the log. So {_counted(candidate, others)} (§5.4.1)."
            )
    return None


def _equal(candidate: Log, others: tuple[Log, ...]) -> str | None:
    alike = sum(_end(log) == _end(candidate) for log in others)
    if not alike:
        return None
    end = "ends" if alike == 1 else "end"
    return (
        f"{alike} of the other logs {end} like the candidate's, and *at least* as up-to-date is "
        f"enough for a vote: {_counted(candidate, others)} (§5.4.1)."
    )


def _half(candidate: Log, others: tuple[Log, ...]) -> str | None:
    votes, servers = _votes(candidate, others), len(others) + 1
    if 2 * votes != servers:
        return None
    return (
        f"With its own vote it gets {votes} of {servers}. That is half, and a majority is more "
        "(§5.2)."
    )


def _own_vote(candidate: Log, others: tuple[Log, ...]) -> str | None:
    """Also a server alone, which is its own majority."""
    votes = _votes(candidate, others)
    return (
        f"{votes - 1} of the others may vote for it, and it votes for itself: "
        f"{_counted(candidate, others)} (§5.2)."
    )


def _winners(could_win: Callable[..., bool], logs: Mapping[str, Log]) -> Picture:
    """The logs by server; the last entry of each server that could win is outlined."""
    winners = [name for name in logs if could_win(logs[name], _others(name, logs))]
    ends = {name: (max(1, logs[name].last_index),) for name in winners}
    title = f"{listed(winners) if winners else 'Nobody'} could win"
    return draw_logs(logs, compare=False, outline=ends, title=title)


def _others(name: str, logs: Mapping[str, Log]) -> tuple[Log, ...]:
    return tuple(log for other, log in logs.items() if other != name)


def _ends_in_figure_8() -> Picture:
    """The five logs of Figure 8 (c), and how they end."""
    logs = [Log.of_terms(*terms) for terms in ((1, 2, 4), (1, 2), (1, 2), (1,), (1, 3))]
    named = {f"S{number}": log for number, log in enumerate(logs, start=1)}
    return draw_last_entries(named, title="Figure 8 (c): how the logs end")


CHECKS = {
    "4.5": Checks(
        returns=bool,
        cases=Regions(
            SmallWorld(could_win, _small_calls, _drawn_call, _can_happen, picture=_ends),
            Region("S5 wins in Figure 8 (c), and not in (e)", 2, _figure_8),
            Region("a later last term counts more than a longer log", 1, _later_term),
            Region("an equal log is good enough", 1, _equal),
            Region("half of the votes is not enough", 1, _half),
            Region("counts the candidate's own vote", 1, _own_vote),
        ).cases,
        picture=_ends_in_figure_8,
        reference=could_win,
        demonstration=_winners,
    ),
}
