"""The cases of exercise 4.5: which server could win an election, and so overwrite entries.

The answer is no rule, because a server never sees the others' logs; it looks at a cluster
from outside, as Figure 8 does. Terms, lengths and sizes of clusters are drawn.
"""

from collections.abc import Callable, Mapping
from random import Random

from raftkit.course.checking.cases import Call, Case, Checks
from raftkit.protocol import Log
from raftkit.views import Picture, draw_last_entries, draw_logs
from raftkit.views.descriptions import listed


def could_win(candidate: Log, others: tuple[Log, ...]) -> bool:
    """Whether a server with the log `candidate` would win if all `others` are free to vote."""
    end = (candidate.last_term, candidate.last_index)
    votes = 1 + sum(end >= (log.last_term, log.last_index) for log in others)
    return votes > (len(others) + 1) // 2


def _wins(candidate: Log, others: list[Log], expected: bool, why: str) -> Call:
    """One call of `could_win`; its picture outlines the last entries, which decide."""

    def picture() -> Picture:
        logs = {"candidate": candidate}
        logs |= {f"other {number}": log for number, log in enumerate(others, start=1)}
        return draw_last_entries(logs)

    return Call({"candidate": candidate, "others": tuple(others)}, expected, why, picture=picture)


def _ends(term: int, length: int) -> Log:
    """A log of `length` entries, the last of which is of `term` and all others of term 1."""
    return Log.of_terms(*[1] * (length - 1), term)


def _figure_8(random: Random) -> list[Call]:
    """S5 in (c) and in (e), with other terms."""
    old = random.randint(2, 4)
    middle, new = old + 1, old + random.randint(2, 4)
    s5, one, two, three = _ends(middle, 2), _ends(1, 1), _ends(old, 2), Log.of_terms(1, old, new)
    c = (
        f"Only the log that ends in term {new} is more up-to-date. The other three may vote for "
        f"it, and with its own vote that makes four of five: the entry of term {old} on three "
        "servers is not safe (§5.4.2, Figure 8 c)."
    )
    e = (
        f"Three logs end in term {new}, later than {middle}: they refuse. Two votes of five are no "
        "majority, so what those three hold is safe (§5.4.2, Figure 8 e)."
    )
    return [
        _wins(s5, [three, two, two, one], True, c),
        _wins(s5, [three, three, three, one], False, e),
    ]


def _later_term(random: Random) -> list[Call]:
    """Once the candidate's log is shorter and later, once it is longer and earlier."""
    term, length = random.randint(2, 5), random.randint(2, 3)
    short, long = _ends(term + 1, length), _ends(term, length + 2)
    wins = (
        f"It ends in term {term + 1}, the others in term {term}: the later term is more "
        "up-to-date, however short the log (§5.4.1)."
    )
    loses = (
        f"It ends in term {term}, the others in term {term + 1}: a longer log does not make up for "
        "an earlier term (§5.4.1)."
    )
    return [_wins(short, [long] * 4, True, wins), _wins(long, [short] * 4, False, loses)]


def _own_vote(random: Random) -> list[Call]:
    """A smallest majority that includes the candidate; a server alone is its own majority."""
    half, term = random.randint(1, 3), random.randint(2, 5)
    ahead, behind = _ends(term + 1, 2), _ends(term - 1, 2)
    others = random.sample([ahead] * half + [behind] * half, 2 * half)
    why = (
        f"{half} of the others may vote for it, and it votes for itself: {half + 1} of "
        f"{2 * half + 1} is a majority (§5.2)."
    )
    lone = "A cluster of one server is its own majority (§5.2)."
    return [_wins(_ends(term, 2), others, True, why), _wins(_ends(term, 2), [], True, lone)]


def _equal(random: Random) -> list[Call]:
    """All logs are alike."""
    log = _ends(random.randint(2, 5), random.randint(2, 4))
    why = (
        "All logs end alike, and *at least* as up-to-date is enough for a vote: anyone can win "
        "(§5.4.1)."
    )
    return [_wins(log, [log] * random.choice((2, 4)), True, why)]


def _half(random: Random) -> list[Call]:
    """An even cluster of which half would vote for the candidate."""
    half, term = random.randint(2, 3), random.randint(2, 5)
    ahead, behind = _ends(term + 1, 2), _ends(term - 1, 2)
    others = random.sample([ahead] * half + [behind] * (half - 1), 2 * half - 1)
    why = (
        f"With its own vote it gets {half} of {2 * half}. That is half, and a majority is more "
        "(§5.2)."
    )
    return [_wins(_ends(term, 2), others, False, why)]


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
        cases=(
            Case("S5 wins in Figure 8 (c), and not in (e)", 2, _figure_8),
            Case("a later last term counts more than a longer log", 1, _later_term),
            Case("counts the candidate's own vote", 1, _own_vote),
            Case("an equal log is good enough", 1, _equal),
            Case("half of the votes is not enough", 1, _half),
        ),
        picture=_ends_in_figure_8,
        reference=could_win,
        demonstration=_winners,
    ),
}
