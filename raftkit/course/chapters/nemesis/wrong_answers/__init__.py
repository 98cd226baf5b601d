"""Answers to notebook 06: schedules that break nothing, break too much, or are too long."""

from raftkit.course.chapters.nemesis.wrong_answers import elections, figure_8, logs, odd, votes

WRONG = (*elections.WRONG, *votes.WRONG, *logs.WRONG, *figure_8.WRONG)
ODD = odd.ODD
