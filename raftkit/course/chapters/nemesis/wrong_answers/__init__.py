"""Answers to notebook 06: schedules that break nothing, break too much, or are too long."""
