"""Answers about log replication (§5.3): wrong ones, and odd ones that are right.

Wrong answers are grouped by the step of replication, odd ones are in one module.
"""

from raftkit.course.chapters.replication.wrong_answers import (
    acknowledging,
    backing_up,
    consistency_check,
    merging,
    odd,
    progress,
    refusing,
    sending,
)

WRONG = (
    *consistency_check.WRONG,
    *merging.WRONG,
    *acknowledging.WRONG,
    *refusing.WRONG,
    *sending.WRONG,
    *progress.WRONG,
    *backing_up.WRONG,
)
ODD = odd.ODD
