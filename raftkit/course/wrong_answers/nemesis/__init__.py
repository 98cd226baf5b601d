"""Answers to notebook 06: schedules that break nothing, or break too much, or go on too long."""

from raftkit.course.wrong_answers.nemesis import elections, logs, odd

WRONG = (*elections.WRONG, *logs.WRONG)
ODD = odd.ODD
