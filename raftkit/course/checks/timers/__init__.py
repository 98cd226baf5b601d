"""The cases of notebook 01, grouped by what they are about."""

from raftkit.course.checks.timers import experiment, heartbeats, roles, waits

CHECKS = {**roles.CHECKS, **waits.CHECKS, **heartbeats.CHECKS, **experiment.CHECKS}
