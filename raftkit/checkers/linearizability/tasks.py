"""Tasks: the operations that a search puts in order, with what their answers must be.

A task is an operation with its instants and the answer it must have. A search for the reason of a
violation loosens tasks: it allows any answer, no return, or any time. This module knows no model
and no search.
"""

from dataclasses import dataclass, replace
from math import inf
from typing import Final

from raftkit.checkers.linearizability.operations import Operation, Value


class _Open:
    """The type of `OPEN`."""

    def __repr__(self) -> str:
        return "OPEN"


OPEN: Final = _Open()  # Any answer will do.


@dataclass(frozen=True, slots=True)
class Task:
    """An operation as the search sees it; `number` identifies it.

    `returned` is the instant by which it must have happened: infinite if it may happen, with its
    own answer, but need not; None if its outcome is unknown. `looks` says that it changes nothing,
    wherever it stands.
    """

    number: int
    operation: Operation
    called: float
    returned: float | None
    answer: Value
    looks: bool

    @property
    def deadline(self) -> float:
        """The instant by which it must have happened; infinite if it need not."""
        return inf if self.returned is None else self.returned

    @property
    def pending(self) -> "Task":
        """The task before its return: it may have happened already, with the same answer."""
        return self if self.returned is None else replace(self, returned=inf)

    @property
    def unanswered(self) -> "Task":
        """The task before its return, with any answer."""
        return replace(self.open, returned=None)

    @property
    def open(self) -> "Task":
        """The task with any answer."""
        return replace(self, answer=OPEN, looks=False)

    @property
    def whenever(self) -> "Task":
        """The task at any time, or never, with any answer, so that it excludes no order."""
        return replace(self.unanswered, called=-inf)
