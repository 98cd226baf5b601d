"""Answers about roles and timers (§5.1, §5.2): who becomes what, who waits for how long, when."""

from raftkit.course.wrong_answers.timers import durations, experiment, heartbeats, resets, roles

WRONG = (
    *roles.WRONG,
    *durations.WRONG,
    *resets.WRONG,
    *heartbeats.WRONG,
    *experiment.WRONG,
)
ODD = (*roles.ODD, *durations.ODD, *resets.ODD, *heartbeats.ODD, *experiment.ODD)
