"""The rows of a space-time diagram: a run that is too long for one row goes on in the next.

It chooses where a row ends, which is where few messages are under way, and lays out every row as a
diagram of its own. It draws nothing.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from raftkit.simulator.history import History
from raftkit.views.diagram_layout import MARGIN, DiagramLayout, pitch_for
from raftkit.views.draw_frame import ACTION_ROW, action_rows
from raftkit.views.role_spans import Lifeline
from raftkit.views.svg import width_of
from raftkit.views.time_scale import TimeScale, scale_of
from raftkit.views.titled_picture import WIDEST
from raftkit.views.visible_records import VisibleRecords

_ROWS_MOST: Final = 4
_LANES_MOST: Final = 36  # of all rows together
_TITLE: Final = 38.0  # the height of a title
_AXIS: Final = 62.0  # from a row's last lane to the next row


def rows_of(
    history: History, visible: VisibleRecords, lifelines: dict[str, Lifeline]
) -> list[DiagramLayout]:
    """The rows of a diagram, one below the other; too many if the last is wider than a page."""
    names = max(width_of(name[:12], 15, bold=True) + 8 for name in lifelines)
    left = MARGIN + max(26.0, names)
    room = WIDEST - left - MARGIN
    scale = scale_of(history, visible, lifelines, room)
    parts = [(visible, scale)]
    for count in range(2, rows_most(len(lifelines)) + 1):
        if all(scale.width <= room for _, scale in parts):
            break
        parts = [
            (part, scale_of(history, part, lifelines, room))
            for part in _parts(history, visible, scale, count)
        ]
    rows: list[DiagramLayout] = []
    top = _TITLE
    for part, own in parts:
        rows.append(_row(DiagramLayout(history, part, lifelines, own, left, 0.0,
                                       pitch_for(len(lifelines))), top))  # fmt: skip
        top = rows[-1].bottom + _AXIS
    return rows


def rows_most(lanes: int) -> int:
    """How many rows a picture has at most."""
    return max(1, min(_ROWS_MOST, _LANES_MOST // lanes))


def fits(rows: list[DiagramLayout]) -> bool:
    """Whether no row is wider than a page."""
    return all(row.right + MARGIN <= WIDEST for row in rows)


def _row(flat: DiagramLayout, top: float) -> DiagramLayout:
    """A row that begins at `top`, with room for the labels above its lanes.

    The number of rows of labels depends on the labels' places, and so on a layout without them.
    """
    labels = 1 + max((row for *_, row in action_rows(flat)), default=-1)
    return replace(flat, top=top + 20 + (labels * ACTION_ROW + 14 if labels else 0))


def _parts(
    history: History, visible: VisibleRecords, scale: TimeScale, count: int
) -> Iterator[VisibleRecords]:
    """The visible records in `count` parts of about the same width."""
    places = visible.positions
    ends = sorted({_end(visible, scale, scale.width * part / count) for part in range(1, count)})
    for start, end in pairwise([0, *ends, len(places)]):
        yield _part(history, visible, start, end)


def _end(visible: VisibleRecords, scale: TimeScale, x: float) -> int:
    """The place near `x` at which the fewest messages are under way."""
    places = visible.positions
    reach = scale.width * 0.04
    near = [n for n in range(1, len(places)) if abs(scale.x(places[n]) - x) <= reach] or [
        min(range(1, len(places)), key=lambda n: abs(scale.x(places[n]) - x))
    ]
    return min(near, key=lambda n: (_under_way(visible, places[n]), abs(scale.x(places[n]) - x)))


def _under_way(visible: VisibleRecords, position: int) -> int:
    """How many messages have left before a record, and arrive there or later."""
    return sum(
        flight.end is not None and flight.left < position <= flight.end
        for flight in visible.flights
    )


def _part(history: History, visible: VisibleRecords, start: int, end: int) -> VisibleRecords:
    """The part of the visible records between two places."""
    places = visible.positions
    is_last = end == len(places)
    first = places[start] if start else visible.first
    last = visible.last if is_last else places[end]
    records = history.records
    # A fold at the end of the whole has no record after it.
    own = {*places[start:end], *([visible.last] if is_last else [])}
    return VisibleRecords(
        first,
        last,
        records[places[start - 1]].time if start else visible.start,
        visible.end if is_last else records[places[end - 1]].time,
        [
            flight
            for flight in visible.flights
            if (flight.step < last and flight.end is not None and flight.end >= first)
            or first <= flight.left < last
        ],
        places[start:end],
        Counter({place: count for place, count in visible.folds.items() if place in own}),
        continues=start > 0,
        goes_on=not is_last,
    )
