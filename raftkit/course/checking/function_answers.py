"""Answers that are functions: how one is checked, guarded, and put into a cluster's servers.

What is asked of them is in the cases of each exercise.
"""

import inspect
from collections.abc import Callable
from typing import Any

from raftkit.course.checking.checks import reference_of
from raftkit.course.checking.examine_function import examine_function
from raftkit.course.checking.guard import SECONDS_A_CHECK, guarded
from raftkit.course.checking.parameters import refuse_other_parameters
from raftkit.course.checking.result import Result
from raftkit.course.checking.rules_with import rules_with
from raftkit.course.errors import KitError
from raftkit.course.exercise import Exercise


class FunctionAnswers:
    """What the kit does with an answer that is a function."""

    word = "function"
    seconds = SECONDS_A_CHECK
    is_class = False

    def examine(
        self, exercise: Exercise, answer: Any, seed: int, watch: Callable[[Result], None]
    ) -> Result:
        """Check a function that is guarded, or in another process; that takes a moment only."""
        try:
            self.refuse(exercise, answer)
        except KitError as error:
            return Result(exercise, "error", message=str(error))
        return examine_function(exercise, answer, seed)

    def guard(self, answer: Any) -> Callable[..., Any]:
        """A student's function, guarded so that calling it is safe."""
        return guarded(answer)

    def refuse(self, exercise: Exercise, answer: Any) -> None:
        """Raise `KitError` if the parameters are others than the reference's."""
        refuse_other_parameters(exercise, answer)

    def source(self, exercise: Exercise) -> str:
        """The source code of the rule that servers obey; no copy of it could go stale."""
        return inspect.getsource(reference_of(exercise))

    def cluster_arguments(self, *answers: Callable[..., Any]) -> dict[str, Any]:
        """The `rules` of a cluster: the reference's, with the answers in their place."""
        return {"rules": rules_with(*answers)}
