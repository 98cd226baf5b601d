"""The catalogue of answers that prove the checks: wrong ones lose points, odd ones do not.

A check proves nothing until a wrong answer has failed it. Each chapter has its own answers;
this module loads those of all chapters at once.
"""

from collections.abc import Mapping

from raftkit.course.chapters import CHAPTERS
from raftkit.course.wrong_answer import Answer, OddAnswer, WrongAnswer

# The wrong answers by the title of their notebook.
WRONG_BY_CHAPTER: Mapping[str, tuple[WrongAnswer, ...]] = {
    chapter.notebook.title: chapter.wrong_answers() for chapter in CHAPTERS
}
WRONG_ANSWERS: tuple[WrongAnswer, ...] = tuple(
    wrong for answers in WRONG_BY_CHAPTER.values() for wrong in answers
)
ODD_ANSWERS: tuple[OddAnswer, ...] = tuple(
    odd for chapter in CHAPTERS for odd in chapter.odd_answers()
)

__all__ = [
    "ODD_ANSWERS",
    "WRONG_ANSWERS",
    "WRONG_BY_CHAPTER",
    "Answer",
    "OddAnswer",
    "WrongAnswer",
]
