"""The kinds of answers, a function or a class of servers, and what is asked of each kind.

The one place that tells them apart. What is done to a function stands in function_answers.py,
and to a class in class_answers.py, which is loaded for the first exercise that asks for one.
"""

from collections.abc import Callable
from typing import Any, Protocol

from raftkit.course.checking.cases import Checks
from raftkit.course.checking.checks import checks_of
from raftkit.course.checking.function_answers import FunctionAnswers
from raftkit.course.checking.result import Result
from raftkit.course.exercise import Exercise


class AnswerKind(Protocol):
    """What is done to an answer of one kind.

    `word` is what students call it, and `seconds` of CPU time are what a check may take.
    """

    word: str
    seconds: float
    is_class: bool

    def examine(self, exercise: Exercise, answer: Any, seed: int) -> Result:
        """Check an answer that is guarded or behind a pipe."""

    def guard(self, answer: Any) -> Any:
        """A student's answer in this process, to be called without risk."""

    def refuse(self, exercise: Exercise, answer: Any) -> None:
        """Raise `KitError` for what cannot be the answer."""

    def source(self, exercise: Exercise) -> str:
        """The reference's answer, to be read."""

    def parts(self, *answers: Callable[..., Any]) -> dict[str, Any]:
        """What a cluster needs for its servers to decide with the answers."""


def kind_of(exercise: Exercise) -> AnswerKind:
    """The kind of an exercise's answer."""
    if isinstance(checks_of(exercise), Checks):
        return FunctionAnswers()
    # Whole servers bring along all scenarios and searches.
    from raftkit.course.checking.class_answers import ClassAnswers

    return ClassAnswers()


def examine(exercise: Exercise, answer: Any, seed: int = 0) -> Result:
    """Check an answer; other seeds ask the same with other numbers and schedules.

    Whatever the answer does is in the result; nothing is raised for it.

    >>> from raftkit.course import exercise
    >>> from raftkit.protocol import has_majority
    >>> examine(exercise("2.1"), has_majority).score
    '6 of 6 points'
    """
    return kind_of(exercise).examine(exercise, answer, seed)
