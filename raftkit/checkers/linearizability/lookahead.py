"""Lookahead: noticing early that an order cannot be completed.

A wrong choice may show only hundreds of operations later, when the search has made hundreds more.
But the answers still to come are known: a value that a later read returns must not be overwritten
for good. Lookahead saves steps and decides nothing; a search without it gives the same answers
after more steps.
"""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from itertools import islice
from math import inf
from typing import Any, Final, Protocol

from raftkit.checkers.linearizability.operations import Value
from raftkit.checkers.linearizability.tasks import OPEN, Task

_NOTHING: Final = object()


class Lookahead(Protocol):
    """Is told of every step of a search, forward and back; tasks are known by their numbers."""

    def happened(self, number: int, before: Any, after: Any) -> bool:
        """Note that a task happened; return whether an order is still possible."""

    def taken_back(self, number: int) -> None:
        """Note that the task that happened last is taken back."""

    def may_succeed(self, state: Any, waiting: Iterable[int]) -> bool:
        """Return whether the tasks called so far can still be answered as they were."""


# A value -------------------------------------------------------------------------------


class ValueLookahead:
    """Lookahead for an object that holds one value: a register, or one key of a store.

    A task *needs* a value if its answer tells which one it found, and *gives* one if it sets it
    whatever was there before. Where there are appends, a text can also grow into another. A needed
    value must be there, be given later, or grow out of what is there. A task that may never have
    happened is only worth trying if some task notices: if it gives a needed value or removes one.
    """

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._is_free = [task.returned is None for task in tasks]
        # A task that need not happen needs no value.
        self._needs = [_NOTHING if task.deadline == inf else _found_by(task) for task in tasks]
        self._minds = [_told_apart_by(task) for task in tasks]
        self._minded = _Values(self._minds)
        self._gives = [_given_by(task) for task in tasks]
        self._needed = dict(Counter(self._needs))
        self._given = dict(Counter(self._gives))
        self._grows = any(task.operation.kind == "append" for task in tasks)
        self._beginnings: dict[Value, list[Value]] = {}

    def happened(self, number: int, before: Value, after: Value) -> bool:
        """Return False if a needed value is gone for good.

        Return False also if no task can notice that this one happened: an order without it is as
        good.
        """
        self._needed[self._needs[number]] -= 1
        self._given[self._gives[number]] -= 1
        self._minded.change(self._minds[number], -1)
        if self._is_free[number] and not self._is_noticed(before, after):
            return False
        return self._needed.get(before, 0) <= 0 or self._can_become(after, before)

    def taken_back(self, number: int) -> None:
        """Note that the task needs its value again, and can give its own again."""
        self._needed[self._needs[number]] += 1
        self._given[self._gives[number]] += 1
        self._minded.change(self._minds[number], 1)

    def _is_noticed(self, before: Value, after: Value) -> bool:
        """Return whether some task may yet tell one value from the other."""
        if self._grows:
            return self._minded.grows_from(before) or self._minded.grows_from(after)
        return self._minded.has(before) or self._minded.has(after)

    def may_succeed(self, state: Value, waiting: Iterable[int]) -> bool:
        """Return whether each waiting task's value is there or can still come."""
        for number in waiting:
            need = self._needs[number]
            if need is not _NOTHING and not self._can_become(state, need):
                return False
        return True

    def _can_become(self, state: Value, need: Value) -> bool:
        """Return whether a value is there, grows out of what is there, or is given later."""
        if not self._grows or not isinstance(need, str):
            return bool(state == need) or self._given.get(need, 0) > 0
        return need.startswith(state or "") or any(
            self._given[start] > 0 for start in self._given_beginnings(need)
        )

    def _given_beginnings(self, need: str) -> list[Value]:
        """The values that some task gives and that can grow into `need`.

        They are kept, because a text has thousands of beginnings of which few are ever given.
        """
        if need not in self._beginnings:
            self._beginnings[need] = [
                value
                for value in self._given
                if value is None or (isinstance(value, str) and need.startswith(value))
            ]
        return self._beginnings[need]


def value_lookahead(tasks: Sequence[Task], state: Value) -> Lookahead | None:
    """Return lookahead for registers and keys; None where numbers grow into texts."""
    grows = any(task.operation.kind == "append" for task in tasks)
    values = [state, *(gift for task in tasks if (gift := _given_by(task)) is not _NOTHING)]
    if grows and not all(value is None or isinstance(value, str) for value in values):
        return None
    return ValueLookahead(tasks)


def _found_by(task: Task) -> Value:
    """Return the value that a task found, if its answer tells which."""
    operation, answer = task.operation, task.answer
    if answer is OPEN:
        return _NOTHING
    match operation.kind:
        case "read" | "get":
            return answer
        case "cas" if answer:
            return operation.argument[0]
        case "append" if isinstance(answer, str):
            # The answer does not show whether an empty text was null before.
            return answer[: len(answer) - len(operation.argument)] or _NOTHING
    return _NOTHING


def _told_apart_by(task: Task) -> Value:
    """Return the one value that a task can tell from all others, whatever it was answered."""
    operation, answer = task.operation, task.answer
    if operation.kind == "cas":
        return operation.argument[0]
    if operation.kind == "append" and isinstance(answer, str):
        return answer[: len(answer) - len(operation.argument)]
    return _found_by(task)


def _given_by(task: Task) -> Value:
    """Return the value that a task sets, whatever was there before."""
    argument = task.operation.argument
    match task.operation.kind:
        case "write" | "put":
            return argument
        case "cas" if not task.looks:
            return argument[1]
    return _NOTHING


class _Values:
    """Counts how often each value is there; texts are also found by how they begin."""

    def __init__(self, values: Iterable[Value]) -> None:
        self._count: dict[Value, int] = dict(Counter(values))
        self._texts = sorted(value for value in self._count if isinstance(value, str))

    def change(self, value: Value, by: int) -> None:
        """Add `by` to the count of a value."""
        self._count[value] += by

    def has(self, value: Value) -> bool:
        """Return whether the value is there."""
        return self._count.get(value, 0) > 0

    def grows_from(self, start: Value) -> bool:
        """Return whether a value is there that `start` is or begins; null begins every text."""
        if self.has(start):
            return True
        if start is not None and not isinstance(start, str):
            return False
        start = start or ""
        for text in islice(self._texts, bisect_left(self._texts, start), None):
            if not text.startswith(start):
                return False
            if self._count[text]:
                return True
        return False


# A queue -------------------------------------------------------------------------------


class QueueLookahead:
    """Lookahead for a queue: an item that is dequeued early has to be enqueued early.

    Of equal items, the nth that is enqueued is the nth that is dequeued. So the sorted instants of
    the dequeues tell from when on an item can leave the queue, and by when it must.
    """

    def __init__(self, tasks: Sequence[Task], items: tuple[Value, ...]) -> None:
        self._tasks = tasks
        takings = [task for task in tasks if task.operation.kind == "dequeue"]
        anything = sorted(task.called for task in takings if task.answer is OPEN)
        self._from: dict[Value, list[float]] = defaultdict(anything.copy)
        until: dict[Value, list[float]] = defaultdict(list)
        for task in takings:
            if task.answer is not OPEN and not task.looks:
                insort(self._from[task.answer], task.called)
                insort(until[task.answer], task.deadline)
        self._entered: Counter[Value] = Counter()
        # The instant by which each event must happen: an item enters before it leaves, and when a
        # dequeue finds the queue empty, all items have left.
        self._to_come = _Agenda(
            [
                *((instant, (item, nth)) for item, instants in until.items()
                  for nth, instant in enumerate(instants)),
                *((task.deadline, number) for number, task in enumerate(tasks) if task.looks),
            ]
        )  # fmt: skip
        for item in items:
            self._enter(item)

    def happened(self, number: int, before: Any, after: Any) -> bool:
        """Return False if an item enters before one that must leave earlier."""
        task = self._tasks[number]
        if task.operation.kind == "enqueue":
            return self._enter(task.operation.argument)
        self._to_come.leave(number)
        return True

    def taken_back(self, number: int) -> None:
        """Note that an enqueue, or a dequeue from the empty queue, is still to come."""
        task = self._tasks[number]
        if task.operation.kind == "enqueue":
            item = task.operation.argument
            self._entered[item] -= 1
            self._to_come.join((item, self._entered[item]))
        else:
            self._to_come.join(number)

    def may_succeed(self, state: Any, waiting: Iterable[int]) -> bool:
        """Return True: the state shows nothing more about a queue."""
        return True

    def _enter(self, item: Value) -> bool:
        """Note an enqueue; return whether its item can leave in time for all that is to come."""
        nth = self._entered[item]
        self._entered[item] += 1
        self._to_come.leave((item, nth))
        can_leave = self._from[item]
        return (can_leave[nth] if nth < len(can_leave) else inf) <= self._to_come.deadline


class _Agenda:
    """The events that are still to come, the most urgent first."""

    def __init__(self, entries: Iterable[tuple[float, Hashable]]) -> None:
        in_order = sorted(entries, key=lambda entry: entry[0])
        self._deadlines = [deadline for deadline, _ in in_order]
        self._places = {what: place for place, (_, what) in enumerate(in_order)}
        self._gone = [False] * len(in_order)
        self._first = 0

    def leave(self, what: Hashable) -> None:
        """Note that an event has happened, if it was expected."""
        place = self._places.get(what)
        if place is not None:
            self._gone[place] = True

    def join(self, what: Hashable) -> None:
        """Note that an event is expected again, if it was before."""
        place = self._places.get(what)
        if place is not None:
            self._gone[place] = False
            self._first = min(self._first, place)

    @property
    def deadline(self) -> float:
        """The instant by which the most urgent event has to happen; infinite if there is none."""
        gone = self._gone
        while self._first < len(gone) and gone[self._first]:
            self._first += 1
        return self._deadlines[self._first] if self._first < len(gone) else inf
