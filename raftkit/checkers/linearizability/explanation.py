"""Why there is no order: the first answer that no order explains, and what it clashes with.

Every prefix of a linearizable history is linearizable, so there is a first return
with which a history stops being so: that operation is the culprit, and all before
is the longest linearizable prefix. From then on all is about the shortest true
story: an operation is left out only if still nothing would fit without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from raftkit.checkers.linearizability.models import Model
from raftkit.checkers.linearizability.operations import Operation, Value
from raftkit.checkers.linearizability.search import End, Search
from raftkit.checkers.linearizability.tasks import OPEN, Task

# So many operations are looked at one by one; what was over before them is summed up in the
# ways in which it can have ended.
WINDOW: Final = 30
_TRIAL_BUDGET: Final = 20_000


@dataclass(frozen=True, slots=True)
class Violation:
    """What cannot be, in the operations of one key.

    `operation` is the culprit: everything that returned before it has an `order` (the longest
    linearizable prefix), and with its own return nothing has. `possible` are the results that
    it could have had, () if that takes too long to tell. `needed` are the operations that clash,
    the culprit among them: what any other did since the instant `since`, and when, makes no
    difference; the culprit alone if that takes too long to tell. `is_cut_short` says that the
    budget was spent before the first culprit and all that is needless was found. `detail` says it
    in words.
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
    """What is left of the steps that an explanation may take, in all of its searches."""

    left: int

    def has_order(self, search: Search) -> bool | None:
        """Whether there is one; None if that cannot be told with what is left."""
        search.budget = min(search.budget, max(self.left, 0))
        found = search.run()
        self._pay(search)
        return found

    def ends(self, search: Search) -> list[End] | None:
        """Every way through; None if they cannot be told with what is left."""
        search.budget = min(search.budget, max(self.left, 0))
        found = search.ends()
        self._pay(search)
        return found

    def _pay(self, search: Search) -> None:
        # Putting so many tasks in line is work as well.
        self.left -= search.steps + search.size


def explain(model: Model, tasks: Sequence[Task], furthest: Task, effort: Effort) -> Violation:
    """The violation in `tasks`, which have no order; some order passes all before `furthest`.

    It takes no more than the effort that is left: then the story is longer than it could be.
    """
    returns = sorted(
        (task for task in tasks if task.returned is not None),
        key=_end,
    )
    passed = max(furthest, _got_past(model, tasks, effort) or furthest, key=_end)
    position = _first_unexplained(model, tasks, returns, passed, effort)
    culprit = returns[position]
    # Without the return of the culprit there is an order, and it has no place for it.
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
    """How far the history can be put in order by somebody who does not look ahead.

    Lookahead gives up at once over an answer that is far away.
    """
    blind = replace(model, lookahead=lambda tasks, state: None)
    search = Search(blind, tasks, _TRIAL_BUDGET + 4 * len(tasks))
    effort.has_order(search)
    return search.furthest


def _prefix(tasks: Sequence[Task], returns: Sequence[Task], position: int, end: Task) -> list[Task]:
    """The history up to the return at `position`, with all that was called before `end` returned.

    The outcome of what had not returned by then was unknown.
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
    """The position of the first return that no order gets past."""
    passed = next(n for n, task in enumerate(returns) if task.number == furthest.number)
    low, high = passed - 1, len(returns) - 1
    stride = 1
    while high - low > 1:
        # In growing steps as long as all is well, for it is mostly the next; then by halves.
        middle = min(low + stride, high - 1) if stride else (low + high) // 2
        prefix = _prefix(tasks, returns, middle, returns[middle])
        if effort.has_order(Search(model, prefix)) is False:
            high, stride = middle, 0
        else:
            low, stride = middle, 2 * stride
    return high


class _Excerpt:
    """A history that ends with its culprit; its beginning is summed up in the ways it can end."""

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
        """Begin the story at an instant, if all ways to get there can be found."""
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
        """The fewest of the tasks that clash, in the order of their calls."""
        # What made one of the beginnings cannot be told apart from it any more.
        fixed = {self._culprit.number}.union(*(start.done for start in self._starts))
        free = [task for task in self._tasks if task.number not in fixed]
        needless: set[int] = set()
        # Reads first: writes tell more about why a read is wrong.
        for looks in (True, False):
            self._spare([task for task in free if task.looks is looks], needless)
        if self._effort.left < 0:
            return [self._culprit]
        return [task for task in self._tasks if task.number not in needless]

    def _spare(self, tasks: Sequence[Task], needless: set[int]) -> None:
        """Add to `needless` those tasks that can be done without, all at once or by halves."""
        if not tasks or self._effort.left < 0:
            return
        more = needless.union(task.number for task in tasks)
        if self._clashes(self._loosened(more)):
            needless |= more
        elif len(tasks) > 1:
            middle = len(tasks) // 2
            self._spare(tasks[:middle], needless)
            self._spare(tasks[middle:], needless)

    def _loosened(self, needless: set[int]) -> list[Task]:
        """The story, where what is needless may happen at any time, or never."""
        kept = [task for task in self._tasks if not (task.looks and task.number in needless)]
        return [task.whenever if task.number in needless else task for task in kept]

    def _clashes(self, tasks: Sequence[Task]) -> bool:
        """Whether it is certain that no order explains `tasks`, however the story begins."""
        return all(self._has_no_order(_left(tasks, start), start) for start in self._starts)

    def _has_no_order(self, tasks: Sequence[Task], start: End) -> bool:
        """Whether that is certain within what is left of the budget."""
        search = Search(self._model, tasks, _TRIAL_BUDGET, start.state)
        return self._effort.has_order(search) is False

    def possible(self) -> list[Value]:
        """The answers with which the culprit would have an order; [] if that takes too long."""
        model = _remembering(self._model, self._culprit.operation)
        tasks = [task.open if task is self._culprit else task for task in self._tasks]
        answers: dict[Value, None] = {}
        for start in self._starts:
            search = Search(model, _left(tasks, start), _TRIAL_BUDGET, (start.state, OPEN))
            ends = self._effort.ends(search)
            if ends is None or self._effort.left < 0:
                return []
            answers |= {end.state[1]: None for end in ends}
        return list(answers)


def _left(tasks: Sequence[Task], start: End) -> list[Task]:
    """The tasks that have not happened before the story begins."""
    return [task for task in tasks if task.number not in start.done]


def _remembering(model: Model, operation: Operation) -> Model:
    """The model with a state that also remembers what `operation` was answered."""

    def apply(state: Any, each: Operation) -> tuple[Value, Any]:
        value, answer = state
        result, after = model.apply(value, each)
        return result, (after, result if each is operation else answer)

    return replace(model, apply=apply, lookahead=lambda tasks, state: None)
