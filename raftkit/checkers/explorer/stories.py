"""Chains of goals with a name, which lead to what random schedules rarely find.

Each uses three servers, the fewest that it needs, and ends with a search of all that can follow
within its bounds. With the reference that last search finds nothing.
"""

from raftkit.checkers.explorer.bounds import Bounds
from raftkit.checkers.explorer.goals import (
    acknowledged,
    leads,
    log_is,
)
from raftkit.checkers.explorer.search_chain import Leg


def figure_8() -> list[Leg]:
    """Return Figure 8: an entry of an older term is on a majority and may still be overwritten.

    S1 leads term 1 and sends its entry to no one; S2 does the same in term 2. S1 wins term 3 and
    sends its old entry to S3. If S1 now counts that entry as committed, S2 need only win term 4.
    """
    return [
        Leg(
            Bounds(terms=1, log=1, commands=1),
            leads("S1", 1) & log_is("S1", 1) & log_is("S2") & log_is("S3"),
        ),
        Leg(
            Bounds(terms=2, log=1, commands=1),
            leads("S2", 2) & log_is("S1", 1) & log_is("S2", 2) & log_is("S3"),
        ),
        Leg(
            Bounds(terms=3, log=1, commands=0),
            leads("S1", 3) & log_is("S1", 1) & log_is("S2", 2) & log_is("S3"),
        ),
        Leg(
            Bounds(terms=3, log=1, commands=0),
            acknowledged("S1", others=1, index=1) & leads("S1", 3) & log_is("S2", 2),
        ),
        Leg(Bounds(terms=4, log=1, commands=0, in_flight=5, timeouts=1), forget_before=3),
    ]


STORIES = {"figure-8": figure_8}
