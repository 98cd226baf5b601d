"""Answers that are functions: how one is checked, guarded, and put into a cluster's servers.

What is asked of them is in the cases of each exercise.
"""

import inspect
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from raftkit.course.checking.checks import reference_of
from raftkit.course.checking.examine_function import examine_function
from raftkit.course.checking.guard import SECONDS_A_CHECK, guarded
from raftkit.course.checking.result import Result
from raftkit.course.checking.rules_with import rules_with
from raftkit.course.errors import KitError
from raftkit.course.exercise import Exercise


class FunctionAnswers:
    """What the kit does with an answer that is a function."""

    word = "function"
    seconds = SECONDS_A_CHECK
    is_class = False

    def examine(self, exercise: Exercise, answer: Any, seed: int) -> Result:
        """Check a function that is guarded, or in another process."""
        return examine_function(exercise, answer, seed)

    def guard(self, answer: Any) -> Callable[..., Any]:
        """A student's function, guarded so that calling it is safe."""
        return guarded(answer)

    def refuse(self, exercise: Exercise, answer: Any) -> None:
        """Raise `KitError` if the parameters are in another order than the reference's."""
        parameters = list(inspect.signature(reference_of(exercise)).parameters)
        with suppress(TypeError, ValueError):  # Not everything that can be called has a signature.
            named = list(inspect.signature(answer).parameters)
            if named != parameters and sorted(named) == sorted(parameters):
                raise KitError(
                    f"Your parameters stand in another order than {exercise.answer} is called "
                    f"with: ({', '.join(parameters)})."
                )

    def source(self, exercise: Exercise) -> str:
        """The source code of the rule that servers obey; no copy of it could go stale."""
        return inspect.getsource(reference_of(exercise))

    def cluster_arguments(self, *answers: Callable[..., Any]) -> dict[str, Any]:
        """The `rules` of a cluster: the reference's, with the answers in their place."""
        return {"rules": rules_with(*answers)}
