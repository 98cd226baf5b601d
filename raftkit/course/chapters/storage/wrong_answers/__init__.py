"""Answers about persistence and restart (Figure 2, State): wrong ones, and odd ones that are right.

Each is a few lines behind the student's seam, with what the student was thinking
and the rule of the paper that it breaks.
"""

from raftkit.course.chapters.storage.wrong_answers import (
    odd,
    promises,
    waiting_and_restarting,
    written_state,
)

WRONG = (*written_state.WRONG, *waiting_and_restarting.WRONG, *promises.WRONG)
ODD = (*odd.ODD, *promises.ODD)
