"""The cases of notebook 01, grouped by what they are about."""

from raftkit.course.chapters.timers.cases import chosen_timeouts, durations, heartbeats, roles

CHECKS = {**roles.CHECKS, **durations.CHECKS, **heartbeats.CHECKS, **chosen_timeouts.CHECKS}
