"""What an exercise and its notebook are: entries of the catalogue.

An entry says only what stands nowhere else. Its number is its place in the catalogue, and its
points are those of its cases, which are loaded from its chapter's room when somebody asks.
How it is checked stands in those cases, and how it is shown in tutor/.
"""

from dataclasses import dataclass, fields
from importlib import import_module
from typing import Any

from raftkit.protocol import Rules

RULE_NAMES = frozenset(field.name for field in fields(Rules))
# Above its cases a rule climbs two rungs, the cluster and the search, and earns a point on each.
RUNGS, RUNG_POINTS = 2, 1


@dataclass(frozen=True)
class Notebook:
    """A graded notebook: `solutions/NAME.ipynb`, released as `exercises/NAME.ipynb`."""

    # Its number in the course, an underscore, and a word or two.
    name: str
    title: str
    section: str
    # What the table of lessons in the README says: what is to be seen in it, and to be written.
    sees: str
    writes: str

    @property
    def number(self) -> int:
        """Its place in the course."""
        return int(self.name.partition("_")[0])


@dataclass(frozen=True)
class Exercise:
    """One exercise of the catalogue.

    `answer` is the name of what the student writes: mostly a rule, which is a field of `Rules`.
    `minutes` is what a student may need. The three `hints` cost no points: a question, the line of
    the paper, and nearly the code, at most 40 words each.
    """

    title: str
    answer: str
    section: str
    minutes: int
    hints: tuple[str, str, str]
    # Where it stands, which the registry of the chapters fills in: its number as students say it
    # (the notebook's, a dot, its place there), its notebook's name, and its chapter's folder.
    id: str = ""
    notebook: str = ""
    room: str = ""

    @property
    def grade_id(self) -> str:
        """The name of the answer's cell in nbgrader's metadata.

        >>> from raftkit.course import exercise
        >>> exercise("2.3").grade_id
        'ex-2-3'
        """
        return f"ex-{self.id.replace('.', '-')}"

    @property
    def is_rule(self) -> bool:
        """Whether servers can decide with the answer, in the place of the reference's rule."""
        return self.answer in RULE_NAMES

    @property
    def has_demonstration(self) -> bool:
        """Whether its answer is shown in a way of its own, and not in a cluster's servers."""
        return getattr(self.checks, "demonstration", None) is not None

    @property
    def points(self) -> int:
        """Those of its cases; for a rule, one more for each rung above them.

        >>> from raftkit.course import exercise
        >>> exercise("2.1").points
        6
        """
        of_cases: int = sum(case.points for case in self.checks.cases)
        return of_cases + (RUNGS * RUNG_POINTS if self.is_rule else 0)

    @property
    def checks(self) -> Any:
        """What its room asks of an answer. Raises LookupError if it asks nothing yet."""
        found = part_of_room(self.room, "cases").CHECKS.get(self.id)
        if found is None:
            raise LookupError(
                f"{self.id} stands among the exercises, and no CHECKS have its cases in "
                f"raftkit/course/chapters/{self.room}/cases/"
            )
        return found


def part_of_room(room: str, part: str) -> Any:
    """The module or package called `part` in a chapter's folder, loaded when it is asked for."""
    return import_module(f"raftkit.course.chapters.{room}.{part}")
