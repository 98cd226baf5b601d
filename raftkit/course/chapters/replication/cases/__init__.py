"""The cases of notebook 03, grouped as an entry travels."""

from raftkit.course.chapters.replication.cases import (
    knowing,
    merging,
    receiving,
    repairing,
    sending,
)

CHECKS = {
    **sending.CHECKS,
    **receiving.CHECKS,
    **merging.CHECKS,
    **knowing.CHECKS,
    **repairing.CHECKS,
}
