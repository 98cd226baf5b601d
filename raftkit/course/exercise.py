"""What an exercise is: an entry of the catalogue, and the cases that check it.

It holds facts about exercises and knows neither how to check nor how to show
them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from raftkit.views import Picture


@dataclass(frozen=True)
class Exercise:
    """One exercise of the catalogue; its rule is a field of `Rules`.

    `minutes` is what a student may need, `lines` how many a short answer takes; the three
    `hints` are a question, the line of the paper, and nearly the code, at most 40 words each.
    """

    # As students say it: the notebook's number, a dot, and the place in it.
    id: str
    notebook: str
    title: str
    rule: str
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


@dataclass(frozen=True)
class Look:
    """The part of an answer that a case judges: `of` takes it out, `label` names it."""

    label: str
    of: Callable[[Any], Any]


@dataclass(frozen=True)
class Call:
    """One call of the rule: `why` explains `expected` in the paper's words.

    With `look`, only that part of the answer is compared with `expected`.
    """

    arguments: dict[str, Any]
    expected: Any
    why: str
    look: Look | None = None
    picture: Callable[[], Picture] | None = None


@dataclass(frozen=True)
class Case:
    """A named case. `calls` draws its calls from a random source, so a grader's differ from the
    notebook's; whatever is drawn, the case asks the same question."""

    name: str
    points: int
    calls: Callable[[Random], Sequence[Call]]


@dataclass(frozen=True)
class Checks:
    """What checks one exercise, besides the cluster and the search that every exercise shares.

    `returns` is the type of a right answer, or the Literal of its words; `picture` draws the
    situation for the prompt.
    """

    returns: Any
    cases: tuple[Case, ...]
    picture: Callable[[], Picture]
