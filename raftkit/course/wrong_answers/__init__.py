"""The answers that prove the graders: wrong ones that must lose points, odd ones that must not.

A check that no wrong answer ever fails proves nothing; these are its evidence.
Each module holds the answers of one notebook.
"""

from raftkit.course.wrong_answers import voting
from raftkit.course.wrong_answers.wrong_answer import OddAnswer, WrongAnswer

WRONG_ANSWERS: tuple[WrongAnswer, ...] = voting.WRONG
ODD_ANSWERS: tuple[OddAnswer, ...] = voting.ODD

__all__ = ["ODD_ANSWERS", "WRONG_ANSWERS", "OddAnswer", "WrongAnswer"]
