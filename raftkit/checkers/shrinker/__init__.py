"""The shrinker: the smallest history that still breaks the property that a run breaks.

A run that can be repeated by hand, message by message, is reduced event by event. A run that breaks
a bound on time keeps its schedule of faults, which is reduced action by action. Both ways are
deterministic, and nothing can be left out of their results.
"""

from raftkit.checkers.shrinker.schedules import shrink_schedule
from raftkit.checkers.shrinker.shrink_by_hand import schedule_of, shrink_by_hand
from raftkit.checkers.trials import AnyRules, Trial, first_violation
from raftkit.simulator.raft_system import MakeServer

__all__ = ["schedule_of", "shrink", "shrink_by_hand", "shrink_schedule"]


def shrink(trial: Trial, rules: AnyRules = None, make_server: MakeServer | None = None) -> Trial:
    """Return a trial that breaks the same property first, and from which no action can be left out.

    Raises ValueError if `trial` breaks nothing.

    >>> from raftkit.checkers import search
    >>> from raftkit.checkers.trial_program import as_python
    >>> from raftkit.protocol import Rules
    >>> rules = Rules().with_rule("has_majority", lambda granted, refused, servers: granted > 0)
    >>> for timed in shrink(search(rules, range(20)), rules).schedule:
    ...     print(as_python(timed.action))
    ByHand()
    Timeout("S1")
    Timeout("S2")
    """
    if first_violation(trial, rules, make_server) is None:
        raise ValueError("this trial breaks no property, so there is nothing to shrink")
    by_hand = shrink_by_hand(trial, rules, make_server)
    return by_hand or shrink_schedule(trial, rules, make_server)
