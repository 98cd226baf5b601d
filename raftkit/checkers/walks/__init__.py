"""Walks: runs by hand, drawn move by move, guided by what one changed rule is asked on the way.

Random schedules of faults seldom lead to a rare mistake, and an exhaustive search does not get as
deep. A guided walk begins where something is about to happen, and goes on from where the rule was
asked something new, or answered otherwise than the reference. From starts of their own, searches
see all that can follow within small bounds.
"""

from raftkit.checkers.walks.guided import Walking, walk_until_broken
from raftkit.checkers.walks.searches import SEARCHES, StartedSearch, first_broken
from raftkit.checkers.walks.starts import STARTS, Start
from raftkit.checkers.walks.walk import Walk

__all__ = [
    "SEARCHES",
    "STARTS",
    "Start",
    "StartedSearch",
    "Walk",
    "Walking",
    "first_broken",
    "walk_until_broken",
]
