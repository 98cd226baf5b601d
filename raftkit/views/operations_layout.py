"""The layout of a timeline of operations: which ones are drawn, and where.

Instants keep their order but not their distances, so that every label has room and no stretch
is empty. Of a long history only the operations near the violation are drawn. It draws nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Final

from raftkit.checkers.linearizability import Operation, Verdict, Violation
from raftkit.checkers.linearizability.operations import label
from raftkit.views.svg import width_of

SIZE: Final = 11.5
MOST: Final = 24  # operations that are drawn
_FEWER: Final = (16, 12, 8, 5)  # if their labels need more room than a page has
WIDEST: Final = 850.0
_STEP: Final = 16.0  # between an instant and the next
_DIGITS: Final = 9  # a longer number in a name is sorted by its first digits
_NARROWEST: Final = 440.0
_SHORTEST: Final = 34.0  # the shortest bar, with room for its number


@dataclass
class OperationsLayout:
    """The drawn `operations`, in the order of their calls, out of `count`.

    `left` and `right` hold the ends of each bar, `number` the number of an operation in the order
    that was found, and `points` the x coordinate of that number, by the operation's place.
    """

    verdict: Verdict
    violation: Violation | None
    operations: tuple[Operation, ...]
    left: list[float] = field(default_factory=list)
    right: list[float] = field(default_factory=list)
    number: dict[int, int] = field(default_factory=dict)
    points: dict[int, float] = field(default_factory=dict)
    width: float = 0.0

    @property
    def clients(self) -> tuple[str, ...]:
        """The clients by name, with C2 before C10."""
        return tuple(sorted({operation.client for operation in self.operations}, key=_by_name))

    @property
    def left_out(self) -> int:
        """How many operations of the history are not drawn."""
        return len(self.verdict.operations) - len(self.operations)

    def is_culprit(self, operation: Operation) -> bool:
        """Whether this is the operation that has no place in any order."""
        return self.violation is not None and operation is self.violation.operation

    def clashes(self, operation: Operation) -> bool:
        """Whether this is one of the operations that conflict."""
        return self.violation is not None and any(
            operation is each for each in self.violation.needed
        )


def _by_name(client: str) -> tuple[list[tuple[int, str]], str]:
    """A key that sorts numbers within names as numbers.

    >>> sorted(["C10", "C2", "B"], key=_by_name)
    ['B', 'C2', 'C10']
    """
    parts = re.split("([0-9]+)", client)
    return [(int(part[:_DIGITS]) if part.isdecimal() else -1, part) for part in parts], client


def layout_of(verdict: Verdict) -> OperationsLayout:
    """The layout of the first violation of a verdict, or of the beginning of its history."""
    violation = verdict.violations[0] if verdict.violations else None
    for most in (MOST, *_FEWER):
        layout = OperationsLayout(verdict, violation, _worth_drawing(verdict, violation, most))
        _place_bars(layout)
        if layout.width <= WIDEST:
            break
    _number(layout, violation.order if violation else verdict.order)
    return layout


def _worth_drawing(
    verdict: Verdict, violation: Violation | None, most: int
) -> tuple[Operation, ...]:
    """The conflicting operations, and the latest of the others before or beside them."""
    if violation is None:
        return tuple(sorted(verdict.operations, key=lambda each: each.called)[:most])
    end = violation.operation.returned or inf
    others = [
        each
        for each in verdict.operations
        if each.key == violation.key
        and each.called <= end
        and not any(each is needed for needed in violation.needed)
    ]
    # The latest first, because they explain more than those of long ago.
    others.sort(key=lambda each: each.called, reverse=True)
    needed = sorted(violation.needed, key=lambda each: each.called)
    needed = [violation.operation, *(e for e in needed[::-1] if e is not violation.operation)]
    chosen = (needed + others)[:most]
    return tuple(sorted(chosen, key=lambda each: each.called))


def _place_bars(layout: OperationsLayout) -> None:
    """Give each call and each return a place to the right of all earlier ones."""
    operations = layout.operations
    instants = sorted(
        [(each.called, 0, place) for place, each in enumerate(operations)]
        + [
            (each.returned, 1, place)
            for place, each in enumerate(operations)
            if each.returned is not None
        ]
    )
    layout.left = [0.0] * len(operations)
    layout.right = [inf] * len(operations)
    free = dict.fromkeys(layout.clients, 0.0)
    x = -_STEP
    for _, is_return, place in instants:
        operation = operations[place]
        x += _STEP
        if is_return:
            layout.right[place] = x = max(x, layout.left[place] + _SHORTEST)
            continue
        layout.left[place] = x = max(x, free[operation.client])
        free[operation.client] = x + width_of(label(operation), SIZE, bold=True) + 14
    layout.width = max([_NARROWEST, x + 2 * _STEP, *free.values()])
    for place, operation in enumerate(operations):
        if operation.returned is None:
            # The bar is open to the right, up to the client's next call if there is one.
            later = [
                layout.left[other] - 8
                for other, each in enumerate(operations)
                if each.client == operation.client and layout.left[other] > layout.left[place]
            ]
            layout.right[place] = min([*later, layout.width])


def _number(layout: OperationsLayout, order: Sequence[Operation]) -> None:
    """Number the drawn operations in the order, and place each number on its bar."""
    places = {id(operation): place for place, operation in enumerate(layout.operations)}
    now = 0.0
    for operation in order:
        place = places.get(id(operation))
        if place is None or layout.is_culprit(operation):
            continue
        layout.number[place] = len(layout.number) + 1
        now = max(now, layout.left[place])
        # An operation without a return may take effect long after its client's next call.
        end = layout.width if operation.returned is None else layout.right[place]
        layout.points[place] = min(now + 10, end - 10)
