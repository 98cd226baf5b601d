"""Why there is no order: the first answer that no order explains, and what it clashes with.

Every prefix of a linearizable history is linearizable, so there is a first return after which the
history is not: that operation is the culprit, and all before it is the longest linearizable prefix.
The explanation is then made as short as possible: an operation is left out if there is still no
order without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from raftkit.checkers.linearizability.models import Model
from raftkit.checkers.linearizability.operations import Operation, Value
from raftkit.checkers.linearizability.search import End, Search
from raftkit.checkers.linearizability.tasks import OPEN, Task

# The last so many operations are looked at one by one. Those that were over before them are
# replaced by the states to which they can have led.
WINDOW: Final = 30
_TRIAL_BUDGET: Final = 20_000


@dataclass(frozen=True, slots=True)
class Violation:
    """An answer of an object that no order explains.

    `operation` is the culprit: everything that returned before it has an `order` (the longest
    linearizable prefix), and with its own return nothing has. `possible` are the results that it
    could have had, () if finding them takes too long. `needed` are the operations that clash, with
    the culprit: what others did since the instant `since`, and when, makes no difference; the
    culprit alone if finding them takes too long. `is_cut_short` says that the budget was spent
    before the shortest explanation was found. `detail` is the violation in words.
    """

    key: Value
    operation: Operation
    possible: tuple[Value, ...]
    order: tuple[Operation, ...]
    needed: tuple[Operation, ...]
    since: float
    is_cut_short: bool = False
    detail: str = ""


@dataclass(slots=True)
class Effort:
    """The steps that are left for all the searches of an explanation."""

    left: int

    def has_order(self, search: Search) -> bool | None:
        """Return whether there is an order; None if the steps left do not suffice."""
        if self.left <= 0:
            return None
        search.budget = min(search.budget, self.left)
        found = search.run()
        self._pay(search)
        return found

    def ends(self, search: Search) -> list[End] | None:
        """Return every end of an order; None if the steps left do not suffice."""
        if self.left <= 0:
            return None
        search.budget = min(search.budget, self.left)
        found = search.ends()
        self._pay(search)
        return found

    def _pay(self, search: Search) -> None:
        # Sorting the tasks takes time as well.
        self.left -= search.steps + search.size


def explain(model: Model, tasks: Sequence[Task], furthest: Task, effort: Effort) -> Violation:
    """Return the violation in `tasks`, which have no order; all before `furthest` have one.

    It takes no more steps than are left; then the explanation may be longer than needed.
    """
    returns = sorted(
        (task for task in tasks if task.returned is not None),
        key=_end,
    )
    passed = max(furthest, _got_past(model, tasks, effort) or furthest, key=_end)
    position = _first_unexplained(model, tasks, returns, passed, effort)
    culprit = returns[position]
    # Without the culprit's return there is an order.
    order = Search(model, _prefix(tasks, returns, position - 1, culprit))
    effort.has_order(order)
    story = _Excerpt(model, _prefix(tasks, returns, position, culprit), culprit, effort)
    possible, needed = story.possible(), story.needed()
    return Violation(
        culprit.operation.key,
        culprit.operation,
        tuple(possible),
        tuple(task.operation for task in order.path),
        tuple(task.operation for task in needed),
        story.since,
        effort.left <= 0,
    )


def _end(task: Task) -> tuple[float, int]:
    """The order of returns."""
    return task.deadline, task.number


def _got_past(model: Model, tasks: Sequence[Task], effort: Effort) -> Task | None:
    """Return the first return that a search without lookahead does not get past.

    Lookahead gives up early because of answers that come much later.
    """
    blind = replace(model, lookahead=lambda tasks, state: None)
    search = Search(blind, tasks, _TRIAL_BUDGET + 4 * len(tasks))
    effort.has_order(search)
    return search.furthest


def _prefix(tasks: Sequence[Task], returns: Sequence[Task], position: int, end: Task) -> list[Task]:
    """Return the history up to the return at `position`, with all calls before `end` returned.

    The outcome of operations that had not returned by then is unknown.
    """
    returned = {task.number for task in returns[: position + 1]}
    return [
        task if task.number in returned else task.unanswered
        for task in tasks
        if task.called <= end.deadline
    ]


def _first_unexplained(
    model: Model, tasks: Sequence[Task], returns: Sequence[Task], furthest: Task, effort: Effort
) -> int:
    """Return the position of the first return that no order gets past."""
    passed = next(n for n, task in enumerate(returns) if task.number == furthest.number)
    low, high = passed - 1, len(returns) - 1
    stride = 1
    while high - low > 1:
        # In growing strides while there is an order, because it is mostly near; then by halves.
        middle = min(low + stride, high - 1) if stride else (low + high) // 2
        prefix = _prefix(tasks, returns, middle, returns[middle])
        if effort.has_order(Search(model, prefix)) is False:
            high, stride = middle, 0
        else:
            low, stride = middle, 2 * stride
    return high


class _Excerpt:
    """The end of a history, up to the culprit, with all the states in which it can begin."""

    def __init__(self, model: Model, tasks: Sequence[Task], culprit: Task, effort: Effort) -> None:
        self._model = model
        self._culprit = culprit
        self._effort = effort
        self.since = min(task.called for task in tasks)
        self._starts = [End(model.initial, frozenset())]
        self._tasks = list(tasks)
        calls = sorted(task.called for task in tasks)
        if len(calls) > WINDOW:
            self._begin_at(min(calls[-WINDOW], culprit.called))

    def _begin_at(self, since: float) -> None:
        """Begin the excerpt at an instant, if all states at its beginning can be found."""
        earlier = [
            task if task.deadline < since else task.pending
            for task in self._tasks
            if task.called < since
        ]
        starts = self._effort.ends(Search(self._model, earlier))
        if starts is not None:
            self.since, self._starts = since, starts
            self._tasks = [task for task in self._tasks if task.deadline >= since]

    def needed(self) -> list[Task]:
        """Return the fewest tasks that clash, in the order of their calls."""
        # Tasks that led to one of the states at the beginning cannot be left out.
        fixed = {self._culprit.number}.union(*(start.done for start in self._starts))
        free = [task for task in self._tasks if task.number not in fixed]
        needless: set[int] = set()
        # Reads are left out first: writes explain better why a read is wrong.
        for looks in (True, False):
            self._spare([task for task in free if task.looks is looks], needless)
        if self._effort.left <= 0:
            return [self._culprit]
        return [task for task in self._tasks if task.number not in needless]

    def _spare(self, tasks: Sequence[Task], needless: set[int]) -> None:
        """Add to `needless` those tasks that are not needed, all at once or by halves."""
        if not tasks or self._effort.left <= 0:
            return
        more = needless.union(task.number for task in tasks)
        if self._clashes(self._loosened(more)):
            needless |= more
        elif len(tasks) > 1:
            middle = len(tasks) // 2
            self._spare(tasks[:middle], needless)
            self._spare(tasks[middle:], needless)

    def _loosened(self, needless: set[int]) -> list[Task]:
        """Return the excerpt, where the needless tasks may happen at any time, or never."""
        kept = [task for task in self._tasks if not (task.looks and task.number in needless)]
        return [task.whenever if task.number in needless else task for task in kept]

    def _clashes(self, tasks: Sequence[Task]) -> bool:
        """Return whether certainly no order explains `tasks`, in whichever state they begin."""
        return all(self._has_no_order(_left(tasks, start), start) for start in self._starts)

    def _has_no_order(self, tasks: Sequence[Task], start: End) -> bool:
        """Return whether that is certain within the steps left."""
        search = Search(self._model, tasks, _TRIAL_BUDGET, start.state)
        return self._effort.has_order(search) is False

    def possible(self) -> list[Value]:
        """Return the answers that would give the culprit an order; [] if that takes too long."""
        model = _remembering(self._model, self._culprit.operation)
        tasks = [task.open if task is self._culprit else task for task in self._tasks]
        answers: dict[Value, None] = {}
        for start in self._starts:
            search = Search(model, _left(tasks, start), _TRIAL_BUDGET, (start.state, OPEN))
            ends = self._effort.ends(search)
            if ends is None or self._effort.left <= 0:
                return []
            answers |= {end.state[1]: None for end in ends}
        return list(answers)


def _left(tasks: Sequence[Task], start: End) -> list[Task]:
    """Return the tasks that have not happened before the excerpt begins."""
    return [task for task in tasks if task.number not in start.done]


def _remembering(model: Model, operation: Operation) -> Model:
    """Return the model with a state that also remembers the answer to `operation`."""

    def apply(state: Any, each: Operation) -> tuple[Value, Any]:
        value, answer = state
        result, after = model.apply(value, each)
        return result, (after, result if each is operation else answer)

    return replace(model, apply=apply, lookahead=lambda tasks, state: None)
