"""The cases of notebook 04, grouped by who decides."""

from raftkit.course.chapters.commitment.cases import applying, following, leading, winning

CHECKS = {**leading.CHECKS, **following.CHECKS, **applying.CHECKS, **winning.CHECKS}
