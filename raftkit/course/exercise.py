"""What an exercise and its notebook are: entries of the catalogue.

Facts only: how an exercise is checked stands in its cases (cases.py), and how
it is shown in tutor.py.
"""

from dataclasses import dataclass, fields

from raftkit.protocol import Rules

RULE_NAMES = frozenset(field.name for field in fields(Rules))


@dataclass(frozen=True)
class Notebook:
    """A graded notebook: `solutions/NAME.ipynb`, released as `exercises/NAME.ipynb`."""

    name: str
    title: str
    section: str
    # What the table of lessons in the README says: what is to be seen in it, and to be written.
    sees: str
    writes: str


@dataclass(frozen=True)
class Exercise:
    """One exercise of the catalogue.

    `answer` is the name of what the student writes: mostly a rule, which is a field of `Rules`.
    `minutes` is what a student may need, `lines` how many a short answer takes. `points` are those
    of the checks: for a rule, one for each of the two rungs above the cases. The three `hints` cost
    none: a question, the line of the paper, and nearly the code, at most 40 words each.
    """

    # As students say it: the notebook's number, a dot, and the place in it.
    id: str
    notebook: str
    title: str
    answer: str
    section: str
    points: int
    minutes: int
    lines: int
    hints: tuple[str, str, str]

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
