"""The cases of notebook 05: writes, messages that wait, restarts, and promises."""

from raftkit.course.chapters.storage.cases import promises, restarting, waiting, writing

CHECKS = {**writing.CHECKS, **waiting.CHECKS, **restarting.CHECKS, **promises.CHECKS}
