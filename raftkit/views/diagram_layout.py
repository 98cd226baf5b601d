"""The sheet that a space-time diagram is drawn on: sizes, and who stands where.

It owns the geometry shared by lanes, arrows and frame, and `Shelf`, which keeps
labels from being written over each other. It knows no Raft.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from raftkit.simulator.history import History
from raftkit.views.message_flights import Flight
from raftkit.views.role_spans import Lifeline
from raftkit.views.time_scale import TimeScale
from raftkit.views.visible_records import VisibleRecords

MARGIN: Final = 18.0
TEXT_SIZE: Final = 12.0


class Shelf:
    """Intervals already written on, so that the next label finds a free place."""

    def __init__(self) -> None:
        self._taken: list[tuple[float, float]] = []

    def fits(self, left: float, right: float) -> bool:
        """Whether the interval is free; if so it is taken."""
        if any(
            left < taken_right and taken_left < right for taken_left, taken_right in self._taken
        ):
            return False
        self._taken.append((left, right))
        return True


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that is drawn, and the geometry: `left` and `right` bound the lanes."""

    history: History
    visible: VisibleRecords
    lifelines: Mapping[str, Lifeline]
    scale: TimeScale
    left: float
    top: float
    pitch: float

    @property
    def right(self) -> float:
        """Where the lanes end."""
        return self.left + self.scale.width

    @property
    def bottom(self) -> float:
        """The height of the last lane."""
        return self.y(list(self.lifelines)[-1])

    @property
    def flights(self) -> list[Flight]:
        """The messages that are drawn."""
        return self.visible.flights

    def x(self, position: int) -> float:
        """The place of a record."""
        return self.left + self.scale.x(position)

    def y(self, process: str) -> float:
        """The height of a lane."""
        # Lanes stand in the order of lifelines, the servers first.
        return self.top + list(self.lifelines).index(process) * self.pitch

    def holds(self, position: int) -> bool:
        """Whether a record lies in the window."""
        return self.visible.first <= position < self.visible.last


def pitch_for(lanes: int) -> float:
    """The distance between lanes: closer when there are many.

    >>> pitch_for(3), pitch_for(5), pitch_for(9)
    (74.0, 66.0, 54.0)
    """
    return 74.0 if lanes <= 3 else 66.0 if lanes <= 5 else 54.0


def rows_for(spans: Iterable[tuple[float, float]]) -> list[int]:
    """A row for each interval, so that no two in one row touch.

    >>> rows_for([(0, 10), (5, 15), (12, 20)])
    [0, 1, 0]
    """
    shelves: list[Shelf] = []
    rows = []
    for left, right in spans:
        row = next((n for n, shelf in enumerate(shelves) if shelf.fits(left, right)), len(shelves))
        if row == len(shelves):
            shelves.append(Shelf())
            shelves[row].fits(left, right)
        rows.append(row)
    return rows
