"""Answers about roles and timers (§5.1, §5.2): wrong ones, and odd ones that are right.

Who becomes what, who waits for how long, and what begins the wait anew.
"""

from raftkit.course.chapters.timers.wrong_answers import (
    durations,
    experiment,
    heartbeats,
    resets,
    roles,
)

WRONG = (
    *roles.WRONG,
    *durations.WRONG,
    *resets.WRONG,
    *heartbeats.WRONG,
    *experiment.WRONG,
)
ODD = (*roles.ODD, *durations.ODD, *resets.ODD, *heartbeats.ODD, *experiment.ODD)
