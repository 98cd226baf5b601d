"""Tasks: what a search has to put in order, and what of it may be loosened.

A task is an operation with its instants and what its answer must be. A search
for the reason of a violation loosens tasks: it opens an answer, forgives a
return, or lets a task happen whenever it likes. Knows no model and no search.
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
    """An operation as the search sees it; `number` tells it from every other.

    `returned` is the instant by which it has to have happened: infinite if it may happen, with
    its own answer, but need not; None if its outcome is unknown. `looks` says that it changes
    nothing, wherever it stands.
    """

    number: int
    operation: Operation
    called: float
    returned: float | None
    answer: Value
    looks: bool

    @property
    def deadline(self) -> float:
        """The instant by which it has to have happened; infinite if it need not."""
        return inf if self.returned is None else self.returned

    @property
    def pending(self) -> "Task":
        """The same before it has returned, as it did later: it may have happened already."""
        return self if self.returned is None else replace(self, returned=inf)

    @property
    def unanswered(self) -> "Task":
        """The same before it has returned, and nobody knows how it will."""
        return replace(self.open, returned=None)

    @property
    def open(self) -> "Task":
        """The same, whatever it was answered."""
        return replace(self, answer=OPEN, looks=False)

    @property
    def whenever(self) -> "Task":
        """The same at any time, or never, with any answer: it stands in nothing's way."""
        return replace(self.unanswered, called=-inf)
