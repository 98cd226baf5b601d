"""Answers about timers (§5.2): how long to wait, what starts the wait anew, when leaders beat."""

from raftkit.course.wrong_answers.timers import durations, heartbeats, resets

WRONG = (*durations.WRONG, *resets.WRONG, *heartbeats.WRONG)
ODD = (*durations.ODD, *resets.ODD, *heartbeats.ODD)
