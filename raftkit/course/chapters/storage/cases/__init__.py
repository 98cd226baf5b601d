"""The cases of notebook 05: what is written, waited for, read again, and promised."""

from raftkit.course.chapters.storage.cases import promises, restarting, waiting, writing

CHECKS = {**writing.CHECKS, **waiting.CHECKS, **restarting.CHECKS, **promises.CHECKS}
