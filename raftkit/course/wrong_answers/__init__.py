"""The answers that prove the graders: wrong ones that must lose points, odd ones that must not.

A check that no wrong answer ever fails proves nothing; these are its evidence.
Each module holds the answers of one chapter.
"""

from raftkit.course.wrong_answers import (
    clients,
    commitment,
    replication,
    servers,
    storage,
    timers,
    voting,
)
from raftkit.course.wrong_answers.wrong_answer import Answer, OddAnswer, WrongAnswer

_CHAPTERS = (timers, voting, replication, commitment, storage, clients, servers)
WRONG_ANSWERS: tuple[WrongAnswer, ...] = tuple(
    wrong for chapter in _CHAPTERS for wrong in chapter.WRONG
)
ODD_ANSWERS: tuple[OddAnswer, ...] = tuple(odd for chapter in _CHAPTERS for odd in chapter.ODD)

__all__ = ["ODD_ANSWERS", "WRONG_ANSWERS", "Answer", "OddAnswer", "WrongAnswer"]
