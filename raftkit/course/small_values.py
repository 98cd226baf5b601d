"""Small values that the small worlds of exercises are made of: logs, terms, names.

What a rule is asked of them, and which of them can come together, is in each chapter's cases.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement
from random import Random

from raftkit.protocol import Log, Standing

SERVERS = ("S1", "S2", "S3", "S4", "S5")
# The server that is asked, then two others.
OWN, OTHER, THIRD = SERVERS[:3]


def small_logs(longest: int, terms: int) -> Iterator[Log]:
    """Every log of at most `longest` entries with terms from 1 to `terms`, which never fall.

    >>> list(small_logs(longest=1, terms=2))
    [Log.of_terms(), Log.of_terms(1), Log.of_terms(2)]
    """
    for length in range(longest + 1):
        for chosen in combinations_with_replacement(range(1, terms + 1), length):
            yield Log.of_terms(*chosen)


def drawn_servers(random: Random) -> list[str]:
    """The names of five servers, or of many, in a random order."""
    names = [f"S{number}" for number in range(1, random.choice((5, 9, 24, 25, 101)) + 1)]
    random.shuffle(names)
    return names


def small_ends(terms: int, indexes: int) -> list[tuple[int, int]]:
    """How a small log may end, as (term, index); an empty one ends in (0, 0).

    >>> small_ends(terms=1, indexes=2)
    [(0, 0), (1, 1), (1, 2)]
    """
    ends = [(term, index) for term in range(1, terms + 1) for index in range(1, indexes + 1)]
    return [(0, 0), *ends]


def standings(terms: Sequence[int], others: Sequence[str] = (OTHER, THIRD)) -> Iterator[Standing]:
    """Every standing of `OWN` in these terms: a candidate or leader has voted for itself.

    >>> len(list(standings(terms=(1,))))
    6
    """
    for term in terms:
        for voted_for in (None, OWN, *others):
            yield Standing("follower", term, voted_for)
        yield Standing("candidate", term, OWN)
        yield Standing("leader", term, OWN)
