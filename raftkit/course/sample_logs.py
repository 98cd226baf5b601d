"""Sample logs for cases and pictures: those of Figure 7, and logs that end in a given term.

This module does not know how a leader repairs a follower's log; repair.py does.
"""

from collections.abc import Mapping
from random import Random

from raftkit.checkers.figure_7 import FIGURE_7_FOLLOWERS, FIGURE_7_LEADER
from raftkit.protocol import Log

FIGURE_7: Mapping[str, Log] = {
    name: Log.of_terms(*terms)
    for name, terms in {"leader": FIGURE_7_LEADER, **FIGURE_7_FOLLOWERS}.items()
}


def figure_7(random: Random) -> dict[str, Log]:
    """The logs of Figure 7 with other terms in the same order.

    >>> from random import Random
    >>> {log.last_index for log in figure_7(Random(1)).values()} == {4, 7, 9, 10, 11, 12}
    True
    """
    terms, drawn = 0, {}
    for term in range(1, 8):
        terms += random.randint(1, 3)
        drawn[term] = terms
    return {
        name: Log.of_terms(*(drawn[entry.term] for entry in log)) for name, log in FIGURE_7.items()
    }


def log_ending(term: int, length: int) -> Log:
    """A log of `length` entries that ends in `term`, with earlier terms before it.

    >>> log_ending(term=3, length=5)
    Log.of_terms(1, 1, 2, 2, 3)
    """
    return Log.of_terms(
        *(max(1, term - (length - index + 1) // 2) for index in range(1, length + 1))
    )
