"""Nemesis: schedules of faults that break a broken Raft, and nothing but the broken one.

It owns what a schedule is made of, how one is staged, and what is said of it. Which
broken Rafts there are to break is written in `raftkit/course/chapters/nemesis/cases/`.
"""

from raftkit.course.nemesis.acts import Act, Schedule, read_schedule

__all__ = ["Act", "Schedule", "read_schedule"]
