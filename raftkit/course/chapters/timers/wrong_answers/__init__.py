"""Answers about roles and timers (§5.1, §5.2): wrong ones, and odd ones that are right.

Both kinds are in one module for each topic of notebook 01.
"""

from raftkit.course.chapters.timers.wrong_answers import (
    chosen_timeouts,
    durations,
    heartbeats,
    roles,
    timer_changes,
)

WRONG = (
    *roles.WRONG,
    *durations.WRONG,
    *timer_changes.WRONG,
    *heartbeats.WRONG,
    *chosen_timeouts.WRONG,
)
ODD = (*roles.ODD, *durations.ODD, *timer_changes.ODD, *heartbeats.ODD, *chosen_timeouts.ODD)
