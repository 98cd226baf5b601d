"""The cases of notebook 01, grouped by what they are about."""

from raftkit.course.chapters.timers.cases import experiment, heartbeats, roles, waits

CHECKS = {**roles.CHECKS, **waits.CHECKS, **heartbeats.CHECKS, **experiment.CHECKS}
