"""The verdict on a history: linearizable, violated, or unknown when the budget is spent.

Each key is checked alone, keys with few operations first, and all share one budget of steps. The
history is violated if one key is, and orders of all keys make an order of the whole (Herlihy and
Wing, 1990, theorem 1).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import merge
from math import inf
from typing import Any, Final, Literal

from raftkit.checkers.linearizability.explanation import Effort, Violation, explain
from raftkit.checkers.linearizability.models import Model, model_named
from raftkit.checkers.linearizability.operations import MS, Operation, Unit
from raftkit.checkers.linearizability.search import BUDGET, Search
from raftkit.checkers.linearizability.violation_text import in_words

VerdictName = Literal["linearizable", "violated", "unknown"]

LINEARIZABLE: Final = "linearizable"
VIOLATED: Final = "violated"
UNKNOWN: Final = "unknown"

Bar = Callable[[Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a history after `steps` steps, each of them one answer of the model.

    The steps are those of the search and of explaining what it found.

    `order` is a witness: the operations in the order in which one client could have called them;
    empty unless linearizable. `violations` are in the order of time, at most one for each key.
    """

    verdict: VerdictName
    model: Model
    operations: tuple[Operation, ...]
    steps: int
    order: tuple[Operation, ...] = ()
    violations: tuple[Violation, ...] = ()
    unit: Unit = MS

    @property
    def is_linearizable(self) -> bool:
        """Whether an order was found; False too if the budget was spent."""
        return self.verdict == LINEARIZABLE

    def __str__(self) -> str:
        return "\n".join([self.verdict, *(violation.detail for violation in self.violations)])


def check_linearizable(
    operations: Iterable[Operation],
    model: Model | str = "kv",
    budget: int = BUDGET,
    unit: Unit = MS,
    progress: Bar = iter,
) -> Verdict:
    """Return whether each operation can have taken effect at one instant between call and return.

    `budget` is the number of steps after which the verdict is "unknown". Explaining the violations
    takes steps of the same budget, and an explanation for which it did not suffice says so.
    Raises ValueError for operations that the model does not know, or that return before they are
    called.

    >>> write = Operation("C1", "write", "x", argument=1, called=0, returned=10)
    >>> stale = Operation("C2", "read", "x", result=None, called=20, returned=30)
    >>> print(check_linearizable([write, stale], "register"))
    violated
    C2’s read of x returned null (20 to 30 ms), but it could only have returned 1. \
It cannot stand beside C1’s write of 1 to x (0 to 10 ms).
    """
    known = model_named(model) if isinstance(model, str) else model
    history = tuple(operations)
    for operation in history:
        known.check(operation)
    parts = sorted(_partition(known, history), key=len)
    steps, spent = 0, False
    orders: list[Sequence[Operation]] = []
    violations: list[Violation] = []
    for done, part in enumerate(progress(parts)):
        # The steps that small parts leave are shared among the larger ones.
        tasks = known.tasks(part)
        search = Search(known, tasks, (budget - steps) // (len(parts) - done))
        found = search.run()
        steps += search.steps
        left = search.budget - search.steps
        if found:
            orders.append([task.operation for task in search.path])
        elif found is False and search.furthest is not None:
            effort = Effort(left)
            violation = explain(known, tasks, search.furthest, effort)
            steps += left - effort.left
            detail = in_words(violation, unit)
            violations.append(replace(violation, detail=detail))
        spent = spent or found is None
    violations.sort(key=lambda violation: violation.operation.returned or 0)
    verdict: VerdictName = VIOLATED if violations else UNKNOWN if spent else LINEARIZABLE
    order = _merged(orders) if verdict == LINEARIZABLE else ()
    return Verdict(verdict, known, history, steps, order, tuple(violations), unit)


def _partition(model: Model, history: Sequence[Operation]) -> list[list[Operation]]:
    """Return the operations of each key, in the order in which keys appear."""
    if not model.by_key:
        return [list(history)]
    parts: dict[object, list[Operation]] = {}
    for operation in history:
        parts.setdefault(operation.key, []).append(operation)
    return list(parts.values())


def _merged(orders: Sequence[Sequence[Operation]]) -> tuple[Operation, ...]:
    """Return one order of all keys: each operation as early as the order of its key allows."""
    timed = []
    for order in orders:
        now, instants = -inf, []
        for operation in order:
            now = max(now, operation.called)
            instants.append((now, operation))
        timed.append(instants)
    return tuple(operation for _, operation in merge(*timed, key=lambda pair: pair[0]))
