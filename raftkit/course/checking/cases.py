"""What an answer is held against: named cases, each of one call or several.

A case asks one question of the paper. Most questions have one right answer (`Call`);
where many are right, a judge tells what is wrong with one (`Judged`).
It does not know exercises, notebooks or points won.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

from raftkit.checkers import Cluster, Trial
from raftkit.course.errors import StudentError
from raftkit.simulator import Timeout
from raftkit.views import Picture

_SHOWN = 1_000  # characters of a value


@dataclass(frozen=True)
class Flaw:
    """What is wrong with an answer: `lines`, each a label ("Returned", "Why") and a text."""

    lines: tuple[tuple[str, str], ...]
    picture: Picture | None = None


class Asked(Protocol):
    """One call of the student's function, and how to judge what comes back."""

    @property
    def arguments(self) -> dict[str, Any]:
        """What the function is called with, by the names of its parameters."""

    @property
    def why(self) -> str:
        """What the paper says about this call; "" where only a judge can say."""

    def flaw_in(self, returned: Any) -> Flaw | None:
        """What is wrong with an answer, or None. Raises `StudentError` if it cannot be read."""


@dataclass(frozen=True)
class Look:
    """The part of an answer that a case judges: `of` takes it out, `label` names it."""

    label: str
    of: Callable[[Any], Any]

    def at(self, returned: Any) -> Any:
        """The part of this answer. Raises `StudentError` if it cannot be read."""
        try:
            return self.of(returned)
        except Exception as error:
            # An answer of the right type may still hold anything at all in its parts.
            text = f"{self.label} cannot be read from the answer: {error}."
            raise StudentError("wrong type", text) from None


def _cut(text: str) -> str:
    """A value as Python writes it, as far as anybody would read it."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."


@dataclass(frozen=True)
class Call:
    """A call with one right answer: `why` explains `expected` in the paper's words.

    With `look`, only that part of the answer is compared with `expected`.
    """

    arguments: dict[str, Any]
    expected: Any
    why: str
    look: Look | None = None
    picture: Callable[[], Picture] | None = None

    def flaw_in(self, returned: Any) -> Flaw | None:
        """The answer and the right one, if they differ."""
        shown = returned if self.look is None else self.look.at(returned)
        if shown == self.expected:
            return None
        text = f"{_cut(repr(shown))}, expected {self.expected!r}."
        if self.look is not None:
            text = f"{self.look.label} = {text}"
        lines = (("Returned", text), ("Why", self.why))
        return Flaw(lines, self.picture() if self.picture else None)


@dataclass(frozen=True)
class Judged:
    """A call with many right answers: `judge` says what is wrong with one, or None.

    `why` is said of an answer that cannot be judged, because there is an error in its place.
    """

    arguments: dict[str, Any]
    judge: Callable[[Any], Flaw | None]
    why: str = ""

    def flaw_in(self, returned: Any) -> Flaw | None:
        """What the judge says."""
        return self.judge(returned)


@dataclass(frozen=True)
class Case:
    """A named case. `calls` draws its calls from a random source, so a grader's differ from the
    notebook's; whatever is drawn, the case asks the same question. A generator may make its next
    call from the answer to the last one."""

    name: str
    points: int
    calls: Callable[[Random], Iterable[Asked]]


def election(cluster: Cluster) -> None:
    """The story of two candidates of one term, for whom an answer about elections is at work."""
    cluster.do(Timeout("S1"), Timeout("S3"))
    cluster.run(ms=20)


@dataclass(frozen=True)
class Checks:
    """What checks one exercise, besides the cluster and the search that every rule goes through.

    `returns` is the type of a right answer, or the Literal of its words; `picture` draws the
    situation for the prompt. `story` lets three servers show a right rule at work, under the
    heading `at_work`. `schedules` are those of faults that the search tries before it draws its
    own.

    Where the answer is no rule, `reference` is the kit's own, and `demonstration` makes the picture
    of the play cell, from the student's function and what stands behind it in `try_out`; what it
    raises as `StudentError` is shown in its place. `shows` draws what an answer without parameters
    comes to, as a reward for a right one.
    """

    returns: Any
    cases: tuple[Case, ...]
    picture: Callable[[], Picture]
    story: Callable[[Cluster], None] = election
    at_work: str = "An election"
    reference: Callable[..., Any] | None = None
    schedules: tuple[Trial, ...] = ()
    demonstration: Callable[..., Any] | None = None
    shows: Callable[[Any], Picture] | None = None
