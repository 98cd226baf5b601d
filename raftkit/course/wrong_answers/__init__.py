"""The answers that prove the graders: wrong ones that must lose points, odd ones that must not.

A check that no wrong answer ever fails proves nothing; these are its evidence.
Each module holds the answers of one chapter.
"""

from collections.abc import Mapping
from typing import Any

from raftkit.course.wrong_answers import (
    clients,
    commitment,
    nemesis,
    replication,
    servers,
    storage,
    timers,
    voting,
)
from raftkit.course.wrong_answers.wrong_answer import Answer, OddAnswer, WrongAnswer

# By the title that people read.
CHAPTERS: Mapping[str, Any] = {
    "Timers": timers,
    "Votes and terms": voting,
    "Log replication": replication,
    "Commit and apply": commitment,
    "Persistence and restart": storage,
    "Clients": clients,
    "Whole servers": servers,
    "Schedules": nemesis,
}
WRONG_ANSWERS: tuple[WrongAnswer, ...] = tuple(
    wrong for chapter in CHAPTERS.values() for wrong in chapter.WRONG
)
ODD_ANSWERS: tuple[OddAnswer, ...] = tuple(
    odd for chapter in CHAPTERS.values() for odd in chapter.ODD
)

__all__ = ["CHAPTERS", "ODD_ANSWERS", "WRONG_ANSWERS", "Answer", "OddAnswer", "WrongAnswer"]
