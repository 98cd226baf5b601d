"""Answers that are classes of servers: how one is checked, guarded, and put into a cluster.

What is asked of them is in the stages of each exercise (server_stages.py).
"""

import inspect
from collections.abc import Callable
from typing import Any

from raftkit.course.checking.checks import server_checks_of
from raftkit.course.checking.examine_server import Watch, examine_server
from raftkit.course.checking.guarded_server import METHODS, GuardedServers, guarded_server
from raftkit.course.checking.result import Result
from raftkit.course.errors import KitError
from raftkit.course.exercise import Exercise


class ClassAnswers:
    """What the kit does with an answer that is a class of servers."""

    word = "class"
    seconds = 120.0  # a check of a right server takes some seconds
    is_class = True

    def examine(self, exercise: Exercise, answer: Any, seed: int, watch: Watch) -> Result:
        """Check a class that is guarded, or in another process."""
        checks = server_checks_of(exercise)
        return examine_server(exercise, checks, self.guard(answer), seed, watch)

    def guard(self, answer: Any) -> GuardedServers:
        """The servers of a student's class, guarded so that calling them is safe."""
        return answer if isinstance(answer, GuardedServers) else guarded_server(answer)

    def refuse(self, exercise: Exercise, answer: Any) -> None:
        """Raise `KitError` unless `answer` is a class with the methods of the contract."""
        if not isinstance(answer, type):
            raise KitError(
                f'check("{exercise.id}", {exercise.answer}) wants the class itself, by its name '
                f"and without parentheses, not {answer!r}."
            )
        missing = [name for name in METHODS if not callable(getattr(answer, name, None))]
        if missing:
            raise KitError(f"Your class {answer.__name__} has no {missing[0]}: did you rename it?")

    def source(self, exercise: Exercise) -> str:
        """The files of the reference, each with its first line, and the server's source code."""
        checks = server_checks_of(exercise)
        files = [
            f"raftkit/{'/'.join(part.__name__.split('.')[1:])}.py".ljust(40)
            + (inspect.getdoc(part) or "").partition("\n")[0]
            for part in checks.parts
        ]
        return "\n".join([*files, "", inspect.getsource(checks.reference)])

    def cluster_arguments(self, *answers: Callable[..., Any]) -> dict[str, Any]:
        """The `make_server` of a cluster: the one answer, guarded."""
        (answer,) = answers
        return {"make_server": self.guard(answer)}
