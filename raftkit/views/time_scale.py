"""The axis of time of a space-time diagram: the x coordinate of each record.

Causes are to the left of their effects, and records close together are moved apart until they
can be distinguished, so the scale is not even. It never decreases, its ticks are right, and a
stretch without records that is shortened is marked. It draws nothing.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import Final

from raftkit.simulator.history import History
from raftkit.simulator.process import Started
from raftkit.simulator.records import Acted, Lost, Step
from raftkit.views.role_spans import Lifeline
from raftkit.views.symbols import badge_width
from raftkit.views.visible_records import VisibleRecords

WIDTH_MIN: Final = 780.0
SILENCE: Final = 60_000  # µs; a longer time without a record is shortened
_RUN: Final = 20.0  # the least distance that an arrow covers from left to right,
_RUN_EACH: Final = 5.0  # and how much more for each lane that it crosses
_BADGES: Final = 48.0  # the width of the badges at the left edge
_TICK_ROOM: Final = 46.0
_STEPS_MS: Final = (1000, 500, 200, 100, 50, 20, 10, 5, 2, 1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the axis between two neighbouring records; `folded` messages are left out in it."""

    start: int
    end: int
    left: float
    right: float
    folded: int

    @property
    def shortened(self) -> bool:
        """Whether it takes less room than its time would."""
        return bool(self.folded) or self.end - self.start > SILENCE


@dataclass(slots=True)
class TimeScale:
    """The x coordinate of each record, from 0 to `width`."""

    width: float = 0.0
    places: dict[int, float] = field(default_factory=dict)
    stretches: list[Stretch] = field(default_factory=list)
    first: int = 0

    def x(self, position: int) -> float:
        """The x coordinate of record `position`; that of the nearer edge if it is outside."""
        if position in self.places:
            return self.places[position]
        if position < self.first:
            return 0.0
        # Places are added from left to right, so their keys are sorted.
        later = bisect_left(known := list(self.places), position)
        return self.places[known[later]] if later < len(known) else self.width

    def ticks(self) -> list[tuple[float, int]]:
        """The x coordinates and milliseconds of the ticks: round numbers with room between."""
        chosen: dict[float, int] = {}
        if self.stretches and self.stretches[0].start % 1000 == 0:
            chosen[0.0] = self.stretches[0].start // 1000
        # The roundest numbers first, so that the axis has 100 and 200 before 140.
        for step in _STEPS_MS:
            for stretch in self.stretches:
                if not stretch.shortened:
                    self._add_ticks(chosen, stretch, step)
        return sorted(chosen.items())

    def _add_ticks(self, chosen: dict[float, int], stretch: Stretch, step: int) -> None:
        """Add those multiples of `step` ms in a stretch that keep their distance from others."""
        each = step * 1000
        # Numbers that are not round only if the round ones leave a wide gap.
        room = _TICK_ROOM if step >= 10 else 2 * _TICK_ROOM
        for time in range(-(-stretch.start // each) * each, stretch.end + 1, each):
            span = max(stretch.end - stretch.start, 1)
            x = stretch.left + (stretch.right - stretch.left) * (time - stretch.start) / span
            # Several records of one instant may be far apart; the instant has one tick.
            if time // 1000 not in chosen.values() and all(abs(x - at) >= room for at in chosen):
                chosen[x] = time // 1000


def scale_of(
    history: History, visible: VisibleRecords, lifelines: Mapping[str, Lifeline], widest: float
) -> TimeScale:
    """A scale for the visible records, no wider than `widest` if possible."""
    # A smaller `pull` makes it narrower; causality and the room for signs stay.
    for pull in (1.0, 0.8, 0.6, 0.45):
        scale = _Placing(history, visible, lifelines, pull).scale
        if scale.width <= widest:
            break
    return _widened(scale, min(WIDTH_MIN / scale.width, 2.4)) if scale.width < WIDTH_MIN else scale


class _Placing:
    """Places one record after another, each as far left as its causes and neighbours allow."""

    def __init__(
        self,
        history: History,
        visible: VisibleRecords,
        lifelines: Mapping[str, Lifeline],
        pull: float,
    ) -> None:
        self.scale = TimeScale(first=visible.first)
        self._records = history.records
        self._lifelines = lifelines
        # The factor of the distance that a time makes; 1.0 in a picture with few records.
        self._pull = pull
        self._x = 0.0
        self._time = visible.start
        self._senders = _senders(visible)
        self._room = _room_for_signs(visible, lifelines)
        # Each lane begins with the badge of the server's look at that time.
        self._free = {
            name: max(_BADGES, _first_badge(lifeline, visible.first) + 16)
            for name, lifeline in lifelines.items()
        }
        for position in visible.positions:
            self._place(position, visible.folds[position])
        self._close(visible)

    def _place(self, position: int, folded: int) -> None:
        record = self._records[position]
        lane = lane_of(record)
        # What happens at the first instant of the window is on the edge, but not under its badge.
        at_edge = record.time == self._time and self._x == 0
        if (
            at_edge
            and not isinstance(record, Acted)
            and (position not in self._room or _starts(record))
        ):
            self.scale.places[position] = 0.0
            return
        x = self._x + self._gap(record.time - self._time, folded)
        x = max(x, self._free.get(lane or "", 0.0))
        for sender in self._senders.get(position, ()):
            run = _RUN + _RUN_EACH * self._lanes_between(sender, lane)
            x = max(x, self.scale.places.get(sender, 0.0) + run)
        if lane in self._free:
            self._free[lane] = x + self._room.get(position, 6.0)
        self._advance(record.time, x, folded)
        self.scale.places[position] = x

    def _lanes_between(self, sender: int, lane: str | None) -> int:
        """The number of lanes that an arrow crosses; 1 if an end is on no lane."""
        order = list(self._lifelines)
        other = lane_of(self._records[sender])
        if lane is None or other is None or not {lane, other} <= self._lifelines.keys():
            return 1
        return abs(order.index(lane) - order.index(other))

    def _close(self, visible: VisibleRecords) -> None:
        """End the axis, with room for the last record's sign and for messages under way."""
        folded = visible.folds[visible.last]
        x = self._x + max(self._gap(visible.end - self._time, folded), _RUN + 20)
        self._advance(visible.end, max(x, *self._free.values(), 60.0), folded)
        self.scale.width = self._x

    def _gap(self, microseconds: int, folded: int) -> float:
        """The distance for a time: linear at first, then a square root."""
        ms = min(microseconds, SILENCE) / 1000
        gap = (5 * ms if ms < 8 else 40 * sqrt(ms / 8)) * self._pull
        # At the beginning, the strip is beside the badges.
        strip = 64.0 if self._x else 2 * _BADGES + 34
        return max(gap, strip) if folded else gap

    def _advance(self, time: int, x: float, folded: int) -> None:
        if x > self._x or folded:
            self.scale.stretches.append(Stretch(self._time, time, self._x, x, folded))
        self._time, self._x = time, x


def _first_badge(lifeline: Lifeline, first: int) -> float:
    """The width of the badge with which a lane begins."""
    span = lifeline.span_at(first + 1)
    return badge_width(span.look) if span and span.look else 0.0


def _starts(record: object) -> bool:
    """Whether a process starts, and so has no badge before."""
    return isinstance(record, Step) and isinstance(record.event, Started)


def lane_of(record: object) -> str | None:
    """The process on whose lane a record is drawn; None if it concerns several."""
    if isinstance(record, Lost):
        return str(record.message.target)
    if isinstance(record, Acted):
        return getattr(record.action, "server", None) or getattr(record.action, "client", None)
    return getattr(record, "process", None)


def _senders(visible: VisibleRecords) -> dict[int, list[int]]:
    """For each record, the departures of the messages that arrive there."""
    senders: dict[int, list[int]] = defaultdict(list)
    for flight in visible.flights:
        if flight.end is not None and flight.left >= visible.first:
            senders[flight.end].append(flight.left)
    return senders


def _room_for_signs(visible: VisibleRecords, lifelines: Mapping[str, Lifeline]) -> dict[int, float]:
    """The width of each record's sign to the right on its lane."""
    room: dict[int, float] = {}
    for lifeline in lifelines.values():
        for mark in lifeline.marks:
            room[mark.position] = 16.0
        for span in lifeline.spans:
            if span.look is not None:
                room[span.start] = badge_width(span.look) + 12
    return room


def _widened(scale: TimeScale, factor: float) -> TimeScale:
    """The same scale, `factor` times as wide."""
    stretches = [
        Stretch(s.start, s.end, s.left * factor, s.right * factor, s.folded)
        for s in scale.stretches
    ]
    places = {position: x * factor for position, x in scale.places.items()}
    return TimeScale(scale.width * factor, places, stretches, scale.first)
