"""The chapters of the course, one for each graded notebook, each found by its folder.

A chapter has the modules `exercises` (its notebook and its exercises), `cases` (the cases of
every exercise) and `wrong_answers`. The README, progress, the tests and the grading read the
exercises here, with their numbers; cases and wrong answers are loaded when they are asked for.
"""

import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from raftkit.course.errors import KitError
from raftkit.course.exercise import (
    Exercise,
    Notebook,
    cases_of_chapter,
    module_of_chapter,
    modules_of_chapter,
)


@dataclass(frozen=True)
class Chapter:
    """One chapter: the name of its folder, its notebook and its exercises."""

    name: str
    notebook: Notebook
    exercises: tuple[Exercise, ...]

    def cases(self) -> Mapping[str, Any]:
        """The `Checks` or `ServerChecks` of each exercise, by its number."""
        return cases_of_chapter(self.name)

    def wrong_answers(self) -> tuple[Any, ...]:
        """Its wrong answers: every `WRONG` in `wrong_answers`."""
        return self._answers("WRONG")

    def odd_answers(self) -> tuple[Any, ...]:
        """Its odd but right answers: every `ODD` in `wrong_answers`."""
        return self._answers("ODD")

    def _answers(self, kind: str) -> tuple[Any, ...]:
        modules = modules_of_chapter(self.name, "wrong_answers")
        answers = [answer for module in modules for answer in getattr(module, kind, ())]
        return tuple(sorted(answers, key=lambda answer: _by_number(answer.id)))


def _by_number(id: str) -> tuple[str, int, str]:
    """The letter, number and letter of an answer's id, by which the catalogue is ordered.

    >>> sorted(["V14b", "V2", "V14"], key=_by_number)
    ['V2', 'V14', 'V14b']
    """
    letter, number, variant = re.fullmatch(r"([A-Z]+)(\d+)(\w*)", id).groups()  # type: ignore[union-attr]
    return letter, int(number), variant


def _chapter(name: str) -> Chapter:
    """The chapter in the folder of this name, with its exercises numbered in order."""
    entries = module_of_chapter(name, "exercises")
    notebook: Notebook = entries.NOTEBOOK
    numbered = (
        replace(each, id=f"{notebook.number}.{place}", notebook=notebook.name, chapter=name)
        for place, each in enumerate(entries.EXERCISES, start=1)
    )
    return Chapter(name, notebook, tuple(numbered))


# In teaching order.
CHAPTERS = tuple(
    sorted(
        (_chapter(found.name) for found in pkgutil.iter_modules(__path__)),
        key=lambda chapter: chapter.notebook.number,
    )
)
NOTEBOOKS: tuple[Notebook, ...] = tuple(chapter.notebook for chapter in CHAPTERS)
EXERCISES: tuple[Exercise, ...] = tuple(each for chapter in CHAPTERS for each in chapter.exercises)


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
    return chapter_of(notebook).exercises


def chapter_of(notebook: str) -> Chapter:
    """The chapter of a notebook. Raises `KitError` if there is none.

    >>> chapter_of("02_voting").name
    'voting'
    """
    for chapter in CHAPTERS:
        if chapter.notebook.name == notebook:
            return chapter
    known = ", ".join(each.name for each in NOTEBOOKS)
    raise KitError(f"There is no graded notebook {notebook!r}; there is {known}.")
