"""The chapters of the course, a room for each graded notebook; they are found by their folders.

A room holds `exercises` (its notebook and its exercises, a few words each), `cases` (what every
exercise asks of an answer) and `wrong_answers`. README, progress, tests and grading all read the
exercises from here, numbered; the rest of a room is loaded when somebody asks for it.
"""

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from raftkit.course.errors import KitError
from raftkit.course.exercise import Exercise, Notebook, part_of_room


@dataclass(frozen=True)
class Room:
    """One chapter: the name of its folder, its notebook and its exercises."""

    name: str
    notebook: Notebook
    exercises: tuple[Exercise, ...]

    def cases(self) -> Mapping[str, Any]:
        """From an exercise's number to its `Checks` or `ServerChecks`."""
        checks: Mapping[str, Any] = part_of_room(self.name, "cases").CHECKS
        return checks

    def wrong_answers(self) -> Any:
        """What holds the wrong answers as `WRONG`, and the odd but right ones as `ODD`."""
        return part_of_room(self.name, "wrong_answers")


def _room(name: str) -> Room:
    """The room in the folder of this name, its exercises numbered in their order."""
    entries = part_of_room(name, "exercises")
    notebook: Notebook = entries.NOTEBOOK
    numbered = (
        replace(each, id=f"{notebook.number}.{place}", notebook=notebook.name, room=name)
        for place, each in enumerate(entries.EXERCISES, start=1)
    )
    return Room(name, notebook, tuple(numbered))


# In teaching order.
ROOMS = tuple(
    sorted(
        (_room(found.name) for found in pkgutil.iter_modules(__path__)),
        key=lambda room: room.notebook.number,
    )
)
NOTEBOOKS: tuple[Notebook, ...] = tuple(room.notebook for room in ROOMS)
EXERCISES: tuple[Exercise, ...] = tuple(each for room in ROOMS for each in room.exercises)


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
    return room_of(notebook).exercises


def room_of(notebook: str) -> Room:
    """The room of a notebook. Raises `KitError` if there is none.

    >>> room_of("02_voting").name
    'voting'
    """
    for room in ROOMS:
        if room.notebook.name == notebook:
            return room
    known = ", ".join(each.name for each in NOTEBOOKS)
    raise KitError(f"There is no graded notebook {notebook!r}; there is {known}.")
