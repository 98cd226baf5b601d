"""Models: what one client alone, on one machine, would be answered (Herlihy and Wing, 1990).

A model is the sequential object itself: a first state, and one function from a state and a call to
the answer and the next state. To add a model, write that function and name its kinds of operation.
This module knows no concurrency and no search.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from raftkit.checkers.linearizability.lookahead import Lookahead, QueueLookahead, value_lookahead
from raftkit.checkers.linearizability.operations import Operation, Value, written
from raftkit.checkers.linearizability.tasks import OPEN, Task

State = Any  # Any hashable value.
Apply = Callable[[State, Operation], tuple[Value, State]]


@dataclass(frozen=True, slots=True)
class OperationKind:
    """One kind of operation: how many arguments it takes, and what its answer says.

    An `answer` is a "value", a "truth" (true or false), a "text" (compared if it is given), or
    "done", which says nothing. `looks` returns whether an operation with this answer has certainly
    changed nothing, as a read: then the search need not try it in every place.
    """

    arguments: Literal[0, 1, 2]
    answer: Literal["value", "truth", "text", "done"]
    looks: Callable[[Value], bool] = lambda answer: False


@dataclass(frozen=True, slots=True)
class Model:
    """A sequential object: `apply(state, operation)` gives the answer and the state after it.

    States are hashable values. With `by_key`, objects of different keys are independent and each is
    checked alone, because linearizability is local (Herlihy and Wing, theorem 1). A model needs no
    `lookahead`; with it, long histories take fewer steps.

    >>> REGISTER.apply(1, Operation("C1", "read"))
    (1, 1)
    >>> REGISTER.apply(1, Operation("C1", "write", argument=2))
    (None, 2)
    """

    name: str
    initial: Hashable
    apply: Apply
    kinds: Mapping[str, OperationKind]
    by_key: bool = True
    lookahead: Callable[[Sequence[Task], State], Lookahead | None] = lambda tasks, state: None

    def starting_with(self, initial: Hashable) -> "Model":
        """Return the same model with another first state, such as 0 for a register.

        >>> REGISTER.starting_with(0).initial
        0
        """
        return replace(self, initial=initial)

    def check(self, operation: Operation) -> None:
        """Raise ValueError for an operation that the object lacks or that ends before its call."""
        kind = self.kinds.get(operation.kind)
        argument = operation.argument
        if kind is None:
            raise ValueError(
                f"the model {self.name} has no {operation.kind!r}; it has {', '.join(self.kinds)}"
            )
        if operation.returned is not None and operation.returned < operation.called:
            raise ValueError(f"an operation cannot return before it is called: {operation}")
        if kind.arguments == 2 and not (isinstance(argument, tuple) and len(argument) == 2):
            raise ValueError(f"the argument of a {operation.kind} is (expected, new): {operation}")
        if kind.answer == "text" and not isinstance(argument, str):
            raise ValueError(f"what is appended must be text: {operation}")
        try:
            hash((operation.key, argument, operation.result))
        except TypeError:
            raise ValueError(f"values are texts, numbers, tuples, no lists: {operation}") from None

    def tasks(self, operations: Iterable[Operation]) -> list[Task]:
        """Return a task for each operation that can matter; all must have passed `check`."""
        tasks = [self._task(number, each) for number, each in enumerate(operations)]
        # A read without an answer says nothing about the system.
        return [task for task in tasks if task.returned is not None or not task.looks]

    def _task(self, number: int, operation: Operation) -> Task:
        kind = self.kinds[operation.kind]
        called, returned, answer = operation.called, operation.returned, operation.result
        says_nothing = kind.answer == "done" or (kind.answer == "text" and answer is None)
        if returned is None or says_nothing:
            answer = OPEN
        return Task(number, operation, called, returned, answer, kind.looks(answer))


# The models ----------------------------------------------------------------------------

READ: Final = OperationKind(0, "value", looks=lambda answer: True)
WRITE: Final = OperationKind(1, "done")
# A compare-and-set that failed has found another value and left it there.
CAS: Final = OperationKind(2, "truth", looks=lambda answer: answer is False)
APPEND: Final = OperationKind(1, "text")
DEQUEUE: Final = OperationKind(0, "value", looks=lambda answer: answer is None)


def _register(value: State, operation: Operation) -> tuple[Value, State]:
    """A value that is read and written."""
    return (value, value) if operation.kind == "read" else (None, operation.argument)


def _compare_and_set(value: State, operation: Operation) -> tuple[Value, State]:
    """A register that can also be set on condition."""
    if operation.kind != "cas":
        return _register(value, operation)
    expected, new = operation.argument
    return (True, new) if value == expected else (False, value)


def _key_value(value: State, operation: Operation) -> tuple[Value, State]:
    """One key of a store: null until it is set or appended to."""
    match operation.kind:
        case "get":
            return value, value
        case "put":
            return None, operation.argument
        case "append":
            # A number becomes its text when something is appended to it.
            before = "" if value is None else written(value)
            return before + operation.argument, before + operation.argument
    return _compare_and_set(value, operation)


def _queue(items: State, operation: Operation) -> tuple[Value, State]:
    """First in, first out; an empty queue answers null."""
    if operation.kind == "enqueue":
        return None, (*items, operation.argument)
    return (items[0], items[1:]) if items else (None, items)


REGISTER: Final = Model(
    "register", None, _register, {"read": READ, "write": WRITE}, lookahead=value_lookahead
)
COMPARE_AND_SET: Final = Model(
    "cas",
    None,
    _compare_and_set,
    {"read": READ, "write": WRITE, "cas": CAS},
    lookahead=value_lookahead,
)
KEY_VALUE: Final = Model(
    "kv",
    None,
    _key_value,
    {"get": READ, "put": WRITE, "append": APPEND, "cas": CAS},
    lookahead=value_lookahead,
)
QUEUE: Final = Model(
    "queue", (), _queue, {"enqueue": WRITE, "dequeue": DEQUEUE}, lookahead=QueueLookahead
)

MODELS: Final[Mapping[str, Model]] = {
    model.name: model for model in (REGISTER, COMPARE_AND_SET, KEY_VALUE, QUEUE)
}


def model_named(name: str) -> Model:
    """Return the model of this name. Raises ValueError if there is none.

    >>> model_named("queue").apply((), Operation("C1", "dequeue"))
    (None, ())
    """
    if name not in MODELS:
        raise ValueError(f"there is no model {name!r}; there are {', '.join(MODELS)}")
    return MODELS[name]
