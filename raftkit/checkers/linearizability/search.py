"""The search for an order: Wing and Gong's algorithm, with Lowe's memory of states seen.

Any operation that is called before the first return may happen next: it is taken out of the list of
calls and returns, and the rest of the list is the same problem again. When no operation fits, the
last one is put back. Sources: Wing and Gong (1993), Lowe (2017), Horn and Kroening (2015).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from math import inf
from operator import itemgetter
from typing import Final

from raftkit.checkers.linearizability.models import Model, State
from raftkit.checkers.linearizability.tasks import OPEN, Task
from raftkit.checkers.linearizability.time_list import TimeList

BUDGET: Final = 1_000_000  # steps, which take a few seconds
_NOWHERE: Final = -1
_LAST: Final = -1  # The place of a return that never comes.
_RETURN: Final = itemgetter(0)

Choice = tuple[int, int, State]  # The place of a task's return, the task, and the state after it.
Place = tuple[int, int, State]  # Which tasks have happened, and the state.
Mark = tuple[int, int, int, int, State]  # A task that happened, and where the search was before.


@dataclass(frozen=True, slots=True)
class End:
    """The end of an order: the state, and which of the optional tasks have happened."""

    state: State
    done: frozenset[int]


class Search:
    """Looks for an order of `tasks` that `model` allows and that agrees with real time.

    A step is one answer of the model. Which tasks have happened is kept as a number below which all
    have (`_low`) and a bit for each task from there on, so that a step in a long history costs no
    more than in a short one. Tasks of unknown outcome have separate bits.
    """

    def __init__(
        self, model: Model, tasks: Sequence[Task], budget: int = BUDGET, state: State = OPEN
    ) -> None:
        in_order = sorted(tasks, key=lambda task: task.called)
        answered = [task for task in in_order if task.returned is not None]
        unknown = [task for task in in_order if task.returned is None]
        self.budget = budget
        self.steps = 0
        self.is_spent = False
        self.path: tuple[Task, ...] = ()
        self.size = len(in_order)
        self._tasks = answered + unknown
        self._answered = len(answered)
        self._list = TimeList(answered)
        self._apply = model.apply
        self._state = model.initial if state is OPEN else state
        self._lookahead = model.lookahead(self._tasks, self._state)
        self._low = self._window = self._used = 0
        self._twins = _twins(unknown, self._answered)
        self._twins_of = {number: n for n, same in enumerate(self._twins) for number in same}
        self._twins_happened = [0] * len(self._twins)
        self._seen: dict[Place, tuple[int, ...]] = {}
        self._marks: list[Mark] = []
        # The first return in the list: no task that is called after it may happen now.
        self._gate = _NOWHERE
        self._furthest = 0

    def run(self) -> bool | None:
        """Return whether there is an order, which is then `path`; None if the budget is spent."""
        for _ in self._walk():
            self.path = tuple(self._tasks[number] for number, *_ in self._marks)
            return True
        return None if self.is_spent else False

    def ends(self) -> list[End] | None:
        """Return the different ends of all orders; None if the budget is spent."""
        ends: dict[End, None] = {}
        free = [number for number, task in enumerate(self._tasks) if task.deadline == inf]
        for _ in self._walk():
            happened = (self._tasks[number].number for number in free if self._has_happened(number))
            ends[End(self._state, frozenset(happened))] = None
            self.steps += len(free)
        return None if self.is_spent else list(ends)

    @property
    def furthest(self) -> Task | None:
        """A task before whose return all could be put in order; None if nothing is left."""
        return self._task_at(self._furthest)

    def _walk(self) -> Iterator[None]:
        """Walk through all choices, depth first, and stop at each complete order."""
        # A stack in a list, because recursion would end at a thousand operations.
        open_choices = [iter(self._choices())]
        if self._is_through():
            yield
        while open_choices:
            if self.steps > self.budget:
                self.is_spent = True
                return
            choice = next(open_choices[-1], None)
            if choice is None:
                open_choices.pop()
                if open_choices:
                    self._back()
            elif self._enter(choice):
                open_choices.append(iter(self._choices()))
                if self._is_through():
                    yield

    def _choices(self) -> Iterable[Choice]:
        """Return what may happen next, and the state after: all calls before the first return."""
        state, apply, tasks = self._state, self._apply, self._tasks
        following, owner, returns = self._list.following, self._list.owner, self._list.returns
        choices: list[Choice] = []
        waiting: list[int] = []
        entry = following[0]
        while (number := owner[entry]) >= 0:
            task = tasks[number]
            answer, after = apply(state, task.operation)
            waiting.append(number)
            expected = task.answer
            if expected is OPEN or answer == expected:
                if task.looks:
                    # It fits here and changes nothing, so no other place need be tried: an order
                    # in which it comes later is also an order with it here.
                    self._gate = _NOWHERE
                    self.steps += len(waiting)
                    return [(returns[number], number, after)]
                choices.append((returns[number], number, after))
            entry = following[entry]
        self.steps += len(waiting)
        self._gate = entry
        if entry > self._furthest:
            self._furthest = entry
        if self._lookahead is not None and not self._lookahead.may_succeed(state, waiting):
            return []
        # The task that has to happen soonest is tried first.
        choices.sort(key=_RETURN)
        return chain(choices, self._unanswered()) if self._twins else choices

    def _unanswered(self) -> Iterator[Choice]:
        """The tasks of unknown outcome that may take effect now; few do, so they come last."""
        gate = self._task_at(self._gate)
        return self._called_by(inf if gate is None else gate.deadline)

    def _called_by(self, deadline: float) -> Iterator[Choice]:
        """Those that were called by then and change the state, computed one by one."""
        for twins, happened in zip(self._twins, self._twins_happened, strict=True):
            if happened == len(twins) or self._tasks[twins[happened]].called > deadline:
                continue
            number = twins[happened]
            self.steps += 1
            _, after = self._apply(self._state, self._tasks[number].operation)
            if after != self._state:
                yield _LAST, number, after

    # Forward and back -----------------------------------------------------------------

    def _enter(self, choice: Choice) -> bool:
        """Let a task happen, if that leads to a new place and an order is still possible."""
        _, number, after = choice
        low, window, used = self._low, self._window, self._used
        is_answered = number < self._answered
        if is_answered:
            window |= 1 << (number - low)
            if window & 1:
                # Each trailing one of the number is a further task that is done without a gap.
                ones = (~window & (window + 1)).bit_length() - 1
                low += ones
                window >>= ones
        else:
            used |= 1 << (number - self._answered)
        # Most choices lead to a place that is not new, so the list is changed only after this.
        if not self._is_new((low, window, after), used):
            return False
        before = self._state
        self._marks.append((number, self._low, self._window, self._used, before))
        self._low, self._window, self._used, self._state = low, window, used, after
        if is_answered:
            self._list.lift(number)
        else:
            self._twins_happened[self._twins_of[number]] += 1
        if self._lookahead is None or self._lookahead.happened(number, before, after):
            return True
        self._back()
        return False

    def _back(self) -> None:
        """Take back what happened last."""
        number, self._low, self._window, self._used, self._state = self._marks.pop()
        if number >= self._answered:
            self._twins_happened[self._twins_of[number]] -= 1
        else:
            self._list.lower(number)
        if self._lookahead is not None:
            self._lookahead.taken_back(number)

    def _is_new(self, place: Place, used: int) -> bool:
        """Return whether the search has not been in this place, nor in one that is as good.

        With the same tasks done and the same state, it is better to have used fewer tasks of
        unknown outcome: whatever can follow here can follow there too.
        """
        known = self._seen.get(place)
        if known is None:
            self._seen[place] = (used,)
            return True
        for other in known:
            if not other & ~used:
                return False
        self._seen[place] = (*(other for other in known if used & ~other), used)
        return True

    def _has_happened(self, number: int) -> bool:
        """Return whether a task is done at this point of the search."""
        if number >= self._answered:
            return bool(self._used >> (number - self._answered) & 1)
        return number < self._low or bool(self._window >> (number - self._low) & 1)

    def _is_through(self) -> bool:
        """Return whether everything that has to happen has happened."""
        if self._gate == _NOWHERE:
            return False
        gate = self._task_at(self._gate)
        return gate is None or gate.deadline == inf

    def _task_at(self, entry: int) -> Task | None:
        """Return the task whose return an entry of the list is; None for the list's end."""
        number = ~self._list.owner[entry]
        return self._tasks[number] if number < self._answered else None


def _twins(unknown: Sequence[Task], first: int) -> list[list[int]]:
    """Return the tasks of unknown outcome in groups that ask for the same, in order of calls.

    They cannot be told apart, so the one that was called first may always happen first.
    """
    groups: dict[tuple[object, ...], list[int]] = {}
    for number, task in enumerate(unknown, start=first):
        operation = task.operation
        same = (operation.kind, operation.key, operation.argument)
        groups.setdefault(same, []).append(number)
    return list(groups.values())
