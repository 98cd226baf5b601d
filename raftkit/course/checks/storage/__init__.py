"""The cases of notebook 05, grouped by what happens to the disk: written, waited for, read."""

from raftkit.course.checks.storage import restarting, waiting, writing

CHECKS = {**writing.CHECKS, **waiting.CHECKS, **restarting.CHECKS}
