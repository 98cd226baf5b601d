"""The catalogue of answers that prove the checks: wrong ones lose points, odd ones do not.

A check proves nothing until a wrong answer has failed it. Each chapter has its own answers;
this module loads those of all chapters at once.
"""

from collections.abc import Mapping
from typing import Any

from raftkit.course.chapters import CHAPTERS
from raftkit.course.wrong_answer import Answer, OddAnswer, WrongAnswer

# From the title of a notebook to the module that has its `WRONG` and `ODD` answers.
ANSWERS_BY_CHAPTER: Mapping[str, Any] = {
    chapter.notebook.title: chapter.wrong_answers() for chapter in CHAPTERS
}
WRONG_ANSWERS: tuple[WrongAnswer, ...] = tuple(
    wrong for answers in ANSWERS_BY_CHAPTER.values() for wrong in answers.WRONG
)
ODD_ANSWERS: tuple[OddAnswer, ...] = tuple(
    odd for answers in ANSWERS_BY_CHAPTER.values() for odd in answers.ODD
)

__all__ = [
    "ANSWERS_BY_CHAPTER",
    "ODD_ANSWERS",
    "WRONG_ANSWERS",
    "Answer",
    "OddAnswer",
    "WrongAnswer",
]
