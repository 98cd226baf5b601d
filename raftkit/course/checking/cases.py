"""`Checks`: the named cases of an exercise whose answer is a function, each of some calls.

A case asks one question about the paper. Most calls have one right answer (`Call`); where
many answers are right, a judge says what is wrong with one (`JudgedCall`). Cases are run
in examine_function.py.
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
    """What is wrong with an answer: `lines`, each a label ("Returned", "Why") and a text.

    `error` says why the answer gave no value that could be judged.
    """

    lines: tuple[tuple[str, str], ...]
    picture: Picture | None = None
    error: StudentError | None = None


def wrong_value(returned: str, why: str, picture: Picture | None = None) -> Flaw:
    """The flaw of an answer that returned a wrong value; `why` is the rule of the paper."""
    return Flaw((("Returned", returned), ("Why", why)), picture)


class CaseCall(Protocol):
    """One call of the student's function, and how to judge what comes back."""

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments by the names of the function's parameters, in order."""

    @property
    def why(self) -> str:
        """What the paper says about this call; "" if only a judge can say."""

    def flaw_in(self, returned: Any) -> Flaw | None:
        """What is wrong with an answer, or None. Raises `StudentError` if it cannot be read."""


@dataclass(frozen=True)
class AnswerPart:
    """The part of an answer that a case judges: `of` returns it, `label` is its name, or "".

    With `sees_call`, `of` also takes the arguments of the call. So it can return the same for all
    answers that are right, mostly `InWords`.
    """

    label: str
    of: Callable[..., Any]
    sees_call: bool = False

    def at(self, returned: Any, arguments: tuple[Any, ...] = ()) -> Any:
        """The part of the answer to a call. Raises `StudentError` if it cannot be read."""
        try:
            return self.of(returned, *(arguments if self.sees_call else ()))
        except Exception as error:
            # The fields of an answer of the right type may still hold anything.
            text = f"{self.label} cannot be read from the answer: {error}."
            raise StudentError("wrong type", text) from None


class InWords(str):
    """What right answers have in common, shown without quotes.

    >>> InWords("20 µs or more")
    20 µs or more
    """

    __slots__ = ()
    __repr__ = str.__str__


def cut(text: str) -> str:
    """A text, cut to a length that somebody would read."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."


def difference(
    returned: Any, right: Any, part: AnswerPart | None, arguments: tuple[Any, ...] = ()
) -> str:
    """What came back and what was expected, or "" if the two are the same in this part."""
    if part is not None:
        returned, right = part.at(returned, arguments), part.at(right, arguments)
    return "" if returned == right else _compared(returned, right, part)


def _compared(returned: Any, right: Any, part: AnswerPart | None) -> str:
    label = f"{part.label} = " if part is not None and part.label else ""
    return f"{label}{cut(repr(returned))}, expected {right!r}."


@dataclass(frozen=True)
class Call:
    """A call with one right answer: `why` explains `expected` in the paper's words.

    With `part`, only that part of the answer is compared with `expected`.
    """

    arguments: dict[str, Any]
    expected: Any
    why: str
    part: AnswerPart | None = None
    picture: Callable[[], Picture] | None = None

    def flaw_in(self, returned: Any) -> Flaw | None:
        """The answer and the right one, if they differ."""
        shown = returned if self.part is None else self.part.at(returned)
        if shown == self.expected:
            return None
        text = _compared(shown, self.expected, self.part)
        return wrong_value(text, self.why, self.picture() if self.picture else None)


@dataclass(frozen=True)
class JudgedCall:
    """A call with many right answers: `judge` returns what is wrong with one, or None.

    `why` explains a call that raised an error, which no judge sees.
    """

    arguments: dict[str, Any]
    judge: Callable[[Any], Flaw | None]
    why: str = ""

    def flaw_in(self, returned: Any) -> Flaw | None:
        """The judge's verdict."""
        return self.judge(returned)


@dataclass(frozen=True)
class Case:
    """A named case: one question, whatever numbers its calls have.

    `calls` draws them from a random source, so that the grading asks with other numbers than the
    notebook. If it is a generator, a call may depend on the answer to the one before.
    """

    name: str
    points: int
    calls: Callable[[Random], Iterable[CaseCall]]


def election(cluster: Cluster) -> None:
    """A story that shows a rule about elections at work: two candidates of one term."""
    cluster.do(Timeout("S1"), Timeout("S3"))
    cluster.run(ms=20)


@dataclass(frozen=True)
class Checks:
    """The checks of one exercise; a rule is also checked by the cluster and the search.

    `returns` is the type of a right answer, or a Literal of words. `picture` draws the situation
    for the prompt. `story` runs a cluster of three servers that obey a right rule, which is drawn
    under the title `at_work`. The search tries `schedules` before it draws its own.

    If the answer is no rule, `reference` is the kit's own answer, and `demonstration` makes the
    picture of the play cell from the student's function and the further arguments of `try_out`; a
    `StudentError` that it raises is shown instead. `shows` draws the result of a right answer that
    has no parameters.
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
