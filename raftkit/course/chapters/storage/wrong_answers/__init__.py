"""Answers about persistence and restart (Figure 2, State): wrong ones, and odd but right ones."""

from raftkit.course.chapters.storage.wrong_answers import (
    odd,
    promises,
    waiting_and_restarting,
    written_state,
)

WRONG = (*written_state.WRONG, *waiting_and_restarting.WRONG, *promises.WRONG)
ODD = (*odd.ODD, *promises.ODD)
