"""The cases of notebook 01, a module for each topic."""

from raftkit.course.chapters.timers.cases import (
    chosen_timeouts,
    durations,
    heartbeats,
    roles,
    timer_changes,
)

CHECKS = {
    **roles.CHECKS,
    **durations.CHECKS,
    **timer_changes.CHECKS,
    **heartbeats.CHECKS,
    **chosen_timeouts.CHECKS,
}
