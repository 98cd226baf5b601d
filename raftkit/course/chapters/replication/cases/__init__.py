"""The cases of notebook 03, a module for each step of replication.

They are in the order in which an entry is sent, checked, stored, acknowledged and repaired.
"""

from raftkit.course.chapters.replication.cases import (
    backing_up,
    consistency_check,
    follower_progress,
    merging,
    refusing,
    sending,
)

CHECKS = {
    **sending.CHECKS,
    **consistency_check.CHECKS,
    **merging.CHECKS,
    **follower_progress.CHECKS,
    **refusing.CHECKS,
    **backing_up.CHECKS,
}
