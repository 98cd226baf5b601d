"""The layout of a space-time diagram: sizes, and the place of each lane and record.

It owns the geometry shared by lanes, arrows and frame, and keeps what is taken by signs and labels,
so that none is over another. It does not know Raft.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from raftkit.simulator.history import History
from raftkit.views.message_flights import Flight
from raftkit.views.role_spans import Lifeline
from raftkit.views.time_scale import TimeScale
from raftkit.views.visible_records import VisibleRecords

MARGIN: Final = 18.0
TEXT_SIZE: Final = 12.0

Rectangle = tuple[float, float, float, float]  # left, top, right, bottom


class LabelRow:
    """A row of labels: the intervals that are taken, so that labels do not overlap."""

    def __init__(self) -> None:
        self._taken: list[tuple[float, float]] = []

    def fits(self, left: float, right: float) -> bool:
        """Whether the interval is free; if it is, it is taken from now on."""
        if any(
            left < taken_right and taken_left < right for taken_left, taken_right in self._taken
        ):
            return False
        self._taken.append((left, right))
        return True


class TakenPlaces:
    """The rectangles in a picture that signs and labels take, so that no other covers them."""

    def __init__(self) -> None:
        self._taken: list[Rectangle] = []

    def take(self, rectangle: Rectangle) -> None:
        """Take a rectangle, whether it is free or not."""
        self._taken.append(rectangle)

    def fits(self, rectangle: Rectangle) -> bool:
        """Whether a rectangle is free; if it is, it is taken from now on."""
        left, top, right, bottom = rectangle
        for other_left, other_top, other_right, other_bottom in self._taken:
            beside = right <= other_left or other_right <= left
            if not (beside or bottom <= other_top or other_bottom <= top):
                return False
        self._taken.append(rectangle)
        return True


@dataclass(frozen=True, slots=True)
class DiagramLayout:
    """Everything that is drawn, and its geometry; lanes run from `left` to `right`."""

    history: History
    visible: VisibleRecords
    lifelines: Mapping[str, Lifeline]
    scale: TimeScale
    left: float
    top: float
    pitch: float
    taken: TakenPlaces = field(default_factory=TakenPlaces)

    @property
    def right(self) -> float:
        """The right end of the lanes."""
        return self.left + self.scale.width

    @property
    def bottom(self) -> float:
        """The y coordinate of the last lane."""
        return self.y(list(self.lifelines)[-1])

    @property
    def flights(self) -> list[Flight]:
        """The messages that are drawn."""
        return self.visible.flights

    def x(self, position: int) -> float:
        """The x coordinate of a record."""
        return self.left + self.scale.x(position)

    def y(self, process: str) -> float:
        """The y coordinate of a lane."""
        # Lanes are in the order of lifelines, servers first.
        return self.top + list(self.lifelines).index(process) * self.pitch

    def holds(self, position: int) -> bool:
        """Whether a record is in the window."""
        return self.visible.first <= position < self.visible.last


def pitch_for(lanes: int) -> float:
    """The distance between lanes, smaller if there are many.

    >>> pitch_for(3), pitch_for(5), pitch_for(9)
    (74.0, 66.0, 54.0)
    """
    return 74.0 if lanes <= 3 else 66.0 if lanes <= 5 else 54.0


def rows_for(spans: Iterable[tuple[float, float]]) -> list[int]:
    """The number of a row for each interval, so that no two in one row overlap.

    >>> rows_for([(0, 10), (5, 15), (12, 20)])
    [0, 1, 0]
    """
    label_rows: list[LabelRow] = []
    rows = []
    for left, right in spans:
        row = next(
            (n for n, label_row in enumerate(label_rows) if label_row.fits(left, right)),
            len(label_rows),
        )
        if row == len(label_rows):
            label_rows.append(LabelRow())
            label_rows[row].fits(left, right)
        rows.append(row)
    return rows
