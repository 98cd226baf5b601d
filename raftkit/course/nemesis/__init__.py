"""Nemesis: schedules of faults that break a broken Raft and leave the correct one whole.

This package owns what a schedule is made of, how one is run, and what students read about
it. The broken Rafts are listed in `raftkit/course/chapters/nemesis/cases/targets.py`.
"""

from raftkit.course.nemesis.schedule import Schedule, ScheduleAction, read_schedule

__all__ = ["Schedule", "ScheduleAction", "read_schedule"]
