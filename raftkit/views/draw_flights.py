"""The messages of a space-time diagram: slanted arrows from lane to lane.

A message that arrives is a whole arrow. The arrow of a lost message is short and ends in a
cross; that of a message under way ends in a ring. Each has its full text as a title. It does
not choose which messages are drawn.
"""

from typing import Any

from raftkit.protocol.messages import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    RequestVoteResponse,
)
from raftkit.views.descriptions import message_in_words, milliseconds
from raftkit.views.diagram_layout import MARGIN, DiagramLayout
from raftkit.views.message_flights import REASONS, Flight
from raftkit.views.palette import INK, PAPER
from raftkit.views.svg import Point, circle, group, line, path, text, width_of
from raftkit.views.symbols import (
    DOTTED,
    ENTRIES_RESPONSE,
    HEARTBEAT,
    OTHER,
    arrow,
    arrow_style_of,
    between,
    cross,
    entry_box,
    entry_box_width,
    shaft,
    verdict,
)

_RUN = 44.0  # how far to the right the arrow of a message under way points
_PARTS = tuple(part / 20 for part in range(2, 19))  # where on an arrow signs may be
_BEYOND = 8.0  # how far arrows reach beyond the ends of lanes


def draw_flights(layout: DiagramLayout) -> str:
    """All arrows, those of heartbeats and their answers below the others, and then their signs."""
    # In SVG a later element covers an earlier one, and heartbeats must not cover an election.
    quiet: list[Flight] = []
    loud: list[Flight] = []
    for flight in layout.flights:
        (quiet if arrow_style_of(flight.message) in (HEARTBEAT, ENTRIES_RESPONSE) else loud).append(
            flight
        )
    arrows = [_flight(layout, flight) for flight in quiet + loud]
    for flight in layout.flights:
        _take_place_of_end_sign(layout, flight)
    # No arrow is drawn over the signs of another.
    return "".join([*arrows, *(_signs(layout, flight) for flight in quiet + loud)])


def title_of(layout: DiagramLayout, flight: Flight) -> str:
    """The whole message in words, with when it was sent and its outcome."""
    records = layout.history.records
    words = f"{message_in_words(flight.message)}. Sent at {milliseconds(records[flight.left].time)}"
    if flight.outcome == "arrived" and flight.landed is not None:
        words += f", arrived at {milliseconds(records[flight.landed].time)}"
    else:
        words += f", {_outcome_in_words(flight)}"
    return words + (" (a copy)" if flight.copy else "")


def _outcome_in_words(flight: Flight) -> str:
    """The outcome of a message that did not arrive, for the end of its title."""
    if flight.outcome == "lost":
        return REASONS.get(flight.reason, f"lost: {flight.reason}")
    return flight.reason or "still under way"


def _flight(layout: DiagramLayout, flight: Flight) -> str:
    """One message: its arrow and signs, in a group whose title has the whole message."""
    message, style = flight.message, arrow_style_of(flight.message)
    start, end, whole = _ends(layout, flight)
    if whole and message.source == message.target:
        drawn = _loop(start, end)
    elif whole:
        drawn = arrow(start, end, style)
    else:
        drawn = shaft(start, end, style)
    sign = _end_sign(flight, end, whole or goes_on(layout, flight))
    parts = [_waiting(layout, flight), drawn, sign]
    return group(*parts, title=title_of(layout, flight), class_=f"message {_css(flight)}")


def _signs(layout: DiagramLayout, flight: Flight) -> str:
    """The signs on the arrow of a message, if it has any and there is room for them."""
    if continued(layout, flight):  # They are in the row before.
        return ""
    drawn = _contents(layout, flight.message, *_ends(layout, flight))
    return group(drawn, title=title_of(layout, flight)) if drawn else ""


def continued(layout: DiagramLayout, flight: Flight) -> bool:
    """Whether a message left in an earlier row."""
    return flight.left < layout.visible.first and layout.visible.continues


def goes_on(layout: DiagramLayout, flight: Flight) -> bool:
    """Whether a message arrives in a later row."""
    return flight.end is not None and flight.end >= layout.visible.last and layout.visible.goes_on


def _css(flight: Flight) -> str:
    """The outcome as a name of a class, by which tests and style sheets find arrows."""
    return flight.outcome.replace(" ", "-")


def _ends(layout: DiagramLayout, flight: Flight) -> tuple[Point, Point, bool]:
    """Where the arrow starts and ends, and whether it reaches its target in the picture."""
    message = flight.message
    high, low = layout.y(message.source), layout.y(message.target)
    # Arrows start and end at the edge of a lane that is nearer to the other lane.
    side = 1 if low >= high else -1
    start = (layout.x(flight.left), high + side * 4)
    if flight.left < layout.visible.first:
        # It was sent before the window begins, so its arrow starts at the left edge, half-way.
        start = (layout.left, (high + low) / 2)
    if flight.end is not None and layout.holds(flight.end):
        target = (layout.x(flight.end), low - side * 4)
        return start, target, flight.outcome == "arrived"
    if goes_on(layout, flight):
        return start, (layout.right, (high + low) / 2), False
    # An arrow to a farther lane is flatter, so that messages sent together do not overlap.
    lanes = abs(low - high) / layout.pitch
    if flight.outcome in ("lost", "never left"):
        # It ends before the next lane, and before a wall of a partition.
        reach = 16 + 20 * (lanes - 1)
        x = min(start[0] + reach, layout.right + _BEYOND)
        return start, (x, start[1] + side * 0.33 * layout.pitch), False
    aim = (start[0] + _RUN * (0.4 + 0.6 * lanes), low - side * 4)
    return start, _towards_edge(start, aim, layout.right), False


def _towards_edge(start: Point, aim: Point, right: float) -> Point:
    """The point a part of the way from `start` to `aim`, within the picture."""
    x, y = between(start, aim, 0.6)
    return min(x, right + _BEYOND), y


def _end_sign(flight: Flight, end: Point, whole: bool) -> str:
    """The sign at the end of an arrow that does not arrive: a cross if lost, else a ring."""
    if flight.outcome in ("lost", "never left"):
        return cross(end, 4.5, 2.2)
    return "" if whole else circle(end, 3, fill=PAPER, stroke=INK, stroke_width=1.3)


def _take_place_of_end_sign(layout: DiagramLayout, flight: Flight) -> None:
    """Take the place of the cross or ring at the end of an arrow that does not arrive."""
    _, (x, y), whole = _ends(layout, flight)
    if not whole and not goes_on(layout, flight):
        layout.taken.take((x - 5, y - 5, x + 5, y + 5))


def _contents(layout: DiagramLayout, message: Any, start: Point, end: Point, whole: bool) -> str:
    """The signs on an arrow: entries, a yes, a no, or the name of an unknown message."""
    refusal = isinstance(message, AppendEntriesResponse) and not message.success
    if isinstance(message, RequestVoteResponse) or refusal:
        # The first point of an arrow that the sender's badge does not cover.
        first = min(15 / max(abs(end[1] - start[1]), 1.0), 0.5)
        at = _free_place(layout, start, end, first, (15.0, 15.0))
        return verdict(at, not refusal and message.vote_granted) if at else ""
    if isinstance(message, AppendEntriesRequest) and message.entries:
        return _boxes(layout, message, start, end, 0.4 if whole else 0.55)
    if arrow_style_of(message) is OTHER:
        name = type(message).__name__
        at = _free_place(layout, start, end, 0.5, (width_of(name, 11) + 4, 13.0))
        return text((at[0], at[1] + 4), name, 11, anchor="middle", halo=True) if at else ""
    return ""


def _free_place(
    layout: DiagramLayout, start: Point, end: Point, wish: float, size: Point
) -> Point | None:
    """The free point on an arrow nearest to a `wish`, a part of the way; it is then taken.

    None if the arrow has no room for something of this size.
    """
    half_width, half_height = size[0] / 2, size[1] / 2
    for part in sorted((wish, *_PARTS), key=lambda part: abs(part - wish)):
        x, y = between(start, end, part)
        x = min(max(x, layout.left + half_width), layout.right + MARGIN - 3 - half_width)
        if layout.taken.fits((x - half_width, y - half_height, x + half_width, y + half_height)):
            return x, y
    return None


def _boxes(
    layout: DiagramLayout, message: AppendEntriesRequest, start: Point, end: Point, wish: float
) -> str:
    """The first three entries as boxes on the arrow, and the number of others."""
    count = len(message.entries)
    drawn = message.entries[:3]
    more = f"+{count - 3}" if count > 3 else ""
    widths = [entry_box_width(entry.term) for entry in drawn]
    width = sum(widths) + (width_of(more, 10.5, bold=True) + 4 if more else 0)
    at = _free_place(layout, start, end, wish, (width + 1, 14.0))
    if at is None:
        return ""
    x, y = at[0] - width / 2, at[1]
    boxes = []
    for entry, wide in zip(drawn, widths, strict=True):
        boxes.append(entry_box((x + wide / 2, y), entry.term))
        x += wide
    after = text((x + 3, y + 4), more, 10.5, bold=True, halo=True) if more else ""
    return "".join(boxes) + after


def _waiting(layout: DiagramLayout, flight: Flight) -> str:
    """The time that a message waits for a slow disk, beside the lane."""
    if flight.left == flight.step or not layout.holds(flight.left):
        return ""
    y = layout.y(flight.message.source) + 8.5
    start, end = (layout.x(flight.step), y), (layout.x(flight.left), y)
    wait = line(start, end, stroke=INK, stroke_width=2.2, stroke_dasharray=DOTTED)
    return group(wait, title="waits until the disk has written")


def _loop(start: Point, end: Point) -> str:
    """The arrow of a message from a process to itself."""
    return path("M", start[0], start[1] - 8, "Q", (start[0] + end[0]) / 2, start[1] - 34,
                end[0], end[1] - 8, stroke=INK, stroke_width=1.2, fill="none")  # fmt: skip
