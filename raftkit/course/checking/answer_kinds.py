"""The two kinds of answers, functions and classes of servers, and what the kit does with each.

Only this module tells the kinds apart. What is done with functions is in function_answers.py;
class_answers.py, for classes, is loaded for the first exercise that asks for one.
"""

from collections.abc import Callable
from typing import Any, Protocol

from raftkit.course.checking.cases import Checks
from raftkit.course.checking.checks import checks_of
from raftkit.course.checking.function_answers import FunctionAnswers
from raftkit.course.checking.result import Result
from raftkit.course.exercise import Exercise


class AnswerKind(Protocol):
    """What the kit does with answers of one kind.

    `word` is what students call such an answer; a check may take `seconds` of CPU time.
    """

    word: str
    seconds: float
    is_class: bool

    def examine(
        self, exercise: Exercise, answer: Any, seed: int, watch: Callable[[Result], None]
    ) -> Result:
        """Check an answer that is guarded, or in another process.

        If that takes long, `watch` is told of the result so far.
        """

    def guard(self, answer: Any) -> Any:
        """A student's answer, guarded so that calling it in this process is safe."""

    def refuse(self, exercise: Exercise, answer: Any) -> None:
        """Raise `KitError` for a value that cannot be the answer."""

    def source(self, exercise: Exercise) -> str:
        """The source code of the reference's answer."""

    def cluster_arguments(self, *answers: Callable[..., Any]) -> dict[str, Any]:
        """The keyword arguments of a `Cluster` whose servers obey the answers."""


def answer_kind_of(exercise: Exercise) -> AnswerKind:
    """The kind of an exercise's answer."""
    if isinstance(checks_of(exercise), Checks):
        return FunctionAnswers()
    # Imported here because the checks of whole servers load all scenarios and searches.
    from raftkit.course.checking.class_answers import ClassAnswers

    return ClassAnswers()


def examine(exercise: Exercise, answer: Any, seed: int = 0) -> Result:
    """Check an answer; another seed asks the same questions with other numbers and schedules.

    Whatever the answer does is in the result; no error of it is raised.

    >>> from raftkit.course import exercise
    >>> from raftkit.protocol import has_majority
    >>> examine(exercise("2.1"), has_majority).score
    '6 of 6 points'
    """
    return answer_kind_of(exercise).examine(exercise, answer, seed, lambda result: None)
