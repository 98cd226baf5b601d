"""The catalogue: every graded notebook and exercise, in teaching order.

README, progress, tests and grading all read this one list. Each notebook has a module
here, and its cases in `raftkit/course/checks/`.
"""

from raftkit.course.catalogue import (
    capstone,
    commitment,
    nemesis,
    replication,
    storage,
    timers,
    voting,
)
from raftkit.course.errors import KitError
from raftkit.course.exercise import Exercise, Notebook

_CHAPTERS = (timers, voting, replication, commitment, storage, nemesis, capstone)

NOTEBOOKS: tuple[Notebook, ...] = tuple(chapter.NOTEBOOK for chapter in _CHAPTERS)
EXERCISES: tuple[Exercise, ...] = tuple(
    exercise for chapter in _CHAPTERS for exercise in chapter.EXERCISES
)


def exercise(id: str) -> Exercise:
    """The exercise with this number. Raises `KitError` if there is none.

    >>> exercise("2.3").title
    'Who deserves a vote?'
    """
    for candidate in EXERCISES:
        if candidate.id == id:
            return candidate
    known = ", ".join(each.id for each in EXERCISES)
    if not isinstance(id, str):
        raise KitError(
            f'The number of the exercise comes first, in quotes: "2.3". There are {known}.'
        )
    raise KitError(f"There is no exercise {id!r}; there are {known}.")


def exercises_of(notebook: str) -> tuple[Exercise, ...]:
    """The exercises of a notebook, in order. Raises `KitError` if it has none.

    >>> [each.id for each in exercises_of("02_voting")][:3]
    ['2.1', '2.2', '2.3']
    """
    found = tuple(each for each in EXERCISES if each.notebook == notebook)
    if not found:
        known = ", ".join(each.name for each in NOTEBOOKS)
        raise KitError(f"There is no graded notebook {notebook!r}; there is {known}.")
    return found
