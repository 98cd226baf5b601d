"""`Exercise` and `Notebook`: the entries of the catalogue.

An entry holds only what is written nowhere else. The number of an exercise is its place in its
chapter, and its points are the sum over its cases, which are loaded from the chapter at first use.
How an answer is checked is written in checking/, and how it is shown in tutor/.
"""

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib import import_module
from typing import Any

from raftkit.protocol import Rules

RULE_NAMES = frozenset(field.name for field in fields(Rules))
# After its cases a rule has two more checks, in a cluster and by a search, with one point each.
RUNGS, RUNG_POINTS = 2, 1


@dataclass(frozen=True)
class Notebook:
    """A graded notebook: `solutions/NAME.ipynb`, released as `exercises/NAME.ipynb`."""

    # The notebook's number, an underscore, and a word or two.
    name: str
    title: str
    section: str
    # For the README's table of lessons.
    sees: str
    writes: str

    @property
    def number(self) -> int:
        """The notebook's place in the course."""
        return int(self.name.partition("_")[0])


@dataclass(frozen=True)
class Exercise:
    """One exercise of the catalogue.

    `answer` is the name of what the student writes, mostly a rule, which is a field of `Rules`.
    `minutes` is how long a student may need. The three `hints` cost no points: a question, the
    line of the paper, and nearly the code, at most 40 words each.
    """

    title: str
    answer: str
    section: str
    minutes: int
    hints: tuple[str, str, str]
    # Filled in by raftkit.course.chapters: the number as students say it (the notebook's, a dot,
    # the place in it), the notebook's name, and the chapter's folder.
    id: str = ""
    notebook: str = ""
    chapter: str = ""

    @property
    def grade_id(self) -> str:
        """The name of the answer's cell in the metadata of nbgrader.

        >>> from raftkit.course import exercise
        >>> exercise("2.3").grade_id
        'ex-2-3'
        """
        return f"ex-{self.id.replace('.', '-')}"

    @property
    def is_rule(self) -> bool:
        """Whether the answer is a rule, which servers can use instead of the reference's rule."""
        return self.answer in RULE_NAMES

    @property
    def has_demonstration(self) -> bool:
        """Whether the play cell calls a demonstration of the exercise, instead of a cluster."""
        return getattr(self.checks, "demonstration", None) is not None

    @property
    def points(self) -> int:
        """The sum of the points of its cases; for a rule, two more for the cluster and the search.

        >>> from raftkit.course import exercise
        >>> exercise("2.1").points
        6
        """
        from_cases: int = sum(case.points for case in self.checks.cases)
        return from_cases + (RUNGS * RUNG_POINTS if self.is_rule else 0)

    @property
    def checks(self) -> Any:
        """Its checks, from the cases of its chapter. Raises LookupError if there are none yet."""
        found = cases_of_chapter(self.chapter).get(self.id)
        if found is None:
            raise LookupError(
                f"{self.id} is among the exercises, and no CHECKS have its cases in "
                f"raftkit/course/chapters/{self.chapter}/cases/"
            )
        return found


def module_of_chapter(chapter: str, part: str) -> Any:
    """Import and return the module or package called `part` in a chapter's folder."""
    return import_module(f"raftkit.course.chapters.{chapter}.{part}")


def modules_of_chapter(chapter: str, part: str) -> list[Any]:
    """The package called `part` in a chapter's folder and all modules in it, sorted by name."""
    package = module_of_chapter(chapter, part)
    inside = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [package, *(import_module(name) for name in sorted(each.name for each in inside))]


@cache
def cases_of_chapter(chapter: str) -> Mapping[str, Any]:
    """The `Checks` or `ServerChecks` of a chapter by number, from every `CHECKS` in its `cases`.

    Raises LookupError if two modules have cases for one exercise.
    """
    found: dict[str, Any] = {}
    for module in modules_of_chapter(chapter, "cases"):
        for id, checks in getattr(module, "CHECKS", {}).items():
            if id in found:
                raise LookupError(f"{module.__name__} is the second module with cases of {id}")
            found[id] = checks
    return found
