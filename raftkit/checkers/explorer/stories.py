"""Stories with a name: the chains of goals that lead to what random schedules hardly find.

Each is told with three servers, the fewest that it needs, and ends with a search of all that
can follow within its bounds. With the reference that search is exhausted without a finding.
"""

from raftkit.checkers.explorer.bounds import Bounds
from raftkit.checkers.explorer.goals import (
    acknowledged,
    leads,
    log_is,
)
from raftkit.checkers.explorer.search_chain import Leg


def figure_8() -> list[Leg]:
    """Figure 8: an entry of an older term is on a majority, and yet may be overwritten.

    S1 leads term 1 and keeps its entry to itself, S2 does the same in term 2; S1 comes back in
    term 3 and gives its old entry to S3. If it now counts that as committed, S2 need only win
    term 4.
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
