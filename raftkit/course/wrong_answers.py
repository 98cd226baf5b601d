"""The answers that prove the graders: wrong ones that must lose points, odd ones that must not.

A check that no wrong answer ever fails proves nothing; these are its evidence. They stand in
the chapters' rooms, and all are read here at once.
"""

from collections.abc import Mapping
from typing import Any

from raftkit.course.chapters import ROOMS
from raftkit.course.wrong_answer import Answer, OddAnswer, WrongAnswer

# By the title that people read.
CHAPTERS: Mapping[str, Any] = {room.notebook.title: room.wrong_answers() for room in ROOMS}
WRONG_ANSWERS: tuple[WrongAnswer, ...] = tuple(
    wrong for chapter in CHAPTERS.values() for wrong in chapter.WRONG
)
ODD_ANSWERS: tuple[OddAnswer, ...] = tuple(
    odd for chapter in CHAPTERS.values() for odd in chapter.ODD
)

__all__ = ["CHAPTERS", "ODD_ANSWERS", "WRONG_ANSWERS", "Answer", "OddAnswer", "WrongAnswer"]
