"""The key below a space-time diagram, which explains its lines and signs.

It lists only the signs that are in the picture, so that a small picture has a small key. It
does not draw the picture.
"""

from collections.abc import Callable

from raftkit.protocol.look import OUTLINES, Look, Outline
from raftkit.protocol.messages import AppendEntriesRequest, AppendEntriesResponse
from raftkit.views.diagram_layout import MARGIN, DiagramLayout
from raftkit.views.draw_frame import WALL_DASH, draw_walls
from raftkit.views.message_flights import Flight
from raftkit.views.palette import ALARM, INK, PAPER, QUIET
from raftkit.views.svg import Point, circle, line, text, width_of
from raftkit.views.symbols import (
    VOTE_RESPONSE,
    ArrowStyle,
    arrow,
    arrow_style_of,
    clock,
    cross,
    diamond,
    entry_box,
    lane,
    verdict,
)

KEY_ROW = 22.0
_KEY_SIZE = 11.5

Sample = tuple[str, Callable[[Point], str]]


def key_rows(rows_of_lanes: list[DiagramLayout]) -> list[list[tuple[float, Sample]]]:
    """The samples of the key, in rows, each with its x coordinate."""
    rows: list[list[tuple[float, Sample]]] = [[]]
    left = x = rows_of_lanes[0].left
    right = max(layout.right for layout in rows_of_lanes)
    # Messages first, then marks, then roles, each once.
    samples = {words: draw for layout in rows_of_lanes for words, draw in _samples(layout)}
    roles = {words: draw for layout in rows_of_lanes for words, draw in _role_samples(layout)}
    for sample in [*samples.items(), *roles.items()]:
        width = 34 + width_of(sample[0], _KEY_SIZE) + 16
        if rows[-1] and x + width > right + MARGIN:
            rows.append([])
            x = left
        rows[-1].append((x, sample))
        x += width
    return rows


def draw_key(rows: list[list[tuple[float, Sample]]], top: float) -> str:
    """Draw the key from its rows."""
    parts = []
    for number, row in enumerate(rows):
        y = top + number * KEY_ROW
        for x, (words, draw) in row:
            parts.append(draw((x, y)))
            parts.append(text((x + 34, y + 4), words, _KEY_SIZE, fill=QUIET))
    return "".join(parts)


def _samples(layout: DiagramLayout) -> list[Sample]:
    """Each sign in a row with its name: messages first, then marks."""
    styles: dict[ArrowStyle, None] = {}
    for flight in layout.flights:
        styles.setdefault(arrow_style_of(flight.message))
    samples: list[Sample] = [(style.name, _arrow_sample(style)) for style in styles]
    marks = {mark.kind for lifeline in layout.lifelines.values() for mark in lifeline.marks
             if layout.holds(mark.position)}  # fmt: skip
    if any(
        isinstance(f.message, AppendEntriesRequest) and f.message.entries for f in layout.flights
    ):
        samples.append(("entry, with its term", lambda at: entry_box((at[0] + 20, at[1]), 1)))
    if VOTE_RESPONSE in styles:
        samples.append(("yes, no", _verdicts))
    if any(
        isinstance(f.message, AppendEntriesResponse) and not f.message.success
        for f in layout.flights
    ):
        samples.append(("refuses entries", lambda at: verdict((at[0] + 16, at[1]), False, 6)))
    if "timeout" in marks:
        samples.append(("election timeout", lambda at: clock((at[0] + 20, at[1]))))
    if "commit" in marks:
        samples.append(("commit_index", lambda at: diamond((at[0] + 20, at[1]))))
    if any(flight.outcome in ("lost", "never left") for flight in layout.flights):
        samples.append(("lost", lambda at: cross((at[0] + 20, at[1]), 4.5, 2.2)))
    if any(_ends_in_a_ring(layout, flight) for flight in layout.flights):
        samples.append(("under way", _ring))
    if draw_walls(layout):
        samples.append(("partition", _wall_sample))
    return samples


def _ends_in_a_ring(layout: DiagramLayout, flight: Flight) -> bool:
    """Whether a message is under way when the picture ends."""
    beyond = flight.end is not None and flight.end >= layout.visible.last
    return flight.outcome == "under way" or (beyond and not layout.visible.goes_on)


def _role_samples(layout: DiagramLayout) -> list[Sample]:
    """A sample of a lane for each role that a server has by the end of the picture."""
    looks = [
        span.look
        for lifeline in layout.lifelines.values()
        for span in lifeline.spans
        if span.look is not None and span.start < layout.visible.last
    ]
    roles = {_role(look): look.outline for look in looks}
    return [
        (role, _lane_sample(roles[role]))
        for role in sorted(roles, key=lambda role: OUTLINES.index(roles[role]))
    ]


def _role(look: Look) -> str:
    """A role in words, after its letter if badges show only that."""
    return f"{look.label[0]} {look.role}" if look.label else look.role


def _lane_sample(outline: Outline) -> Callable[[Point], str]:
    """A piece of lane with this outline, in the grey of term 0."""
    return lambda at: lane(at[0], at[0] + 28, at[1], outline, 0)


def _arrow_sample(style: ArrowStyle) -> Callable[[Point], str]:
    """A horizontal arrow in this style."""
    return lambda at: arrow(at, (at[0] + 29, at[1]), style)


def _verdicts(at: Point) -> str:
    """The signs of both answers to a request, side by side."""
    return verdict((at[0] + 8, at[1]), True, 6) + verdict((at[0] + 23, at[1]), False, 6)


def _wall_sample(at: Point) -> str:
    return line(at, (at[0] + 29, at[1]), stroke=ALARM, stroke_width=2.2, stroke_dasharray=WALL_DASH)


def _ring(at: Point) -> str:
    """The end of the arrow of a message that is under way when the picture ends."""
    x, y = at
    return line((x + 4, y), (x + 20, y), stroke=INK, stroke_width=1.3) + circle(
        (x + 22, y), 3, fill=PAPER, stroke=INK, stroke_width=1.3
    )
