"""The messages of a space-time diagram: slanted arrows from lane to lane.

A message that arrives is a whole arrow; one that is lost is cut short with a
cross, and one still under way ends in a ring. Each carries its full text as a title.
"""

from typing import Any

from raftkit.protocol.messages import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    RequestVoteResponse,
)
from raftkit.views.descriptions import message_in_words, milliseconds
from raftkit.views.diagram_layout import Sheet
from raftkit.views.message_flights import REASONS, Flight
from raftkit.views.palette import INK, PAPER
from raftkit.views.svg import Point, circle, group, line, path, text
from raftkit.views.symbols import (
    DOTTED,
    ENTRIES_RESPONSE,
    HEARTBEAT,
    OTHER,
    arrow,
    between,
    cross,
    entry_box,
    kind_of,
    shaft,
    verdict,
)

_RUN = 44.0  # how far to the right a message under way is heading


def draw_flights(sheet: Sheet) -> str:
    """All arrows, the quiet ones below the others."""
    # In SVG what is written later lies on top: an election must not hide behind heartbeats.
    quiet: list[Flight] = []
    loud: list[Flight] = []
    for flight in sheet.flights:
        (quiet if kind_of(flight.message) in (HEARTBEAT, ENTRIES_RESPONSE) else loud).append(flight)
    return "".join(_flight(sheet, flight) for flight in quiet + loud)


def title_of(sheet: Sheet, flight: Flight) -> str:
    """The whole message in words, with when it left and what became of it."""
    records = sheet.history.records
    words = f"{message_in_words(flight.message)}. Sent at {milliseconds(records[flight.left].time)}"
    if flight.fate == "arrived" and flight.landed is not None:
        words += f", arrived at {milliseconds(records[flight.landed].time)}"
    else:
        words += f", {_fate_in_words(flight)}"
    return words + (" (a copy)" if flight.copy else "")


def _fate_in_words(flight: Flight) -> str:
    """What became of a message that did not arrive, for the end of its title."""
    if flight.fate == "lost":
        return REASONS.get(flight.reason, f"lost: {flight.reason}")
    return flight.reason or "still under way"


def _flight(sheet: Sheet, flight: Flight) -> str:
    """One message: its arrow, cargo, fate and wait, in a group whose title tells it all."""
    message, kind = flight.message, kind_of(flight.message)
    start, end, whole = _ends(sheet, flight)
    if whole and message.source == message.target:
        drawn = _loop(start, end)
    elif whole:
        drawn = arrow(start, end, kind)
    else:
        drawn = shaft(start, end, kind)
    parts = [
        _waiting(sheet, flight),
        drawn,
        _cargo(message, start, end, whole),
        _fate(flight, end, whole),
    ]
    return group(*parts, title=title_of(sheet, flight), class_=f"message {_css(flight)}")


def _css(flight: Flight) -> str:
    """The fate as a class name, by which tests and style sheets find arrows."""
    return flight.fate.replace(" ", "-")


def _ends(sheet: Sheet, flight: Flight) -> tuple[Point, Point, bool]:
    """Where the arrow starts and ends, and whether it gets to its target within the picture."""
    message = flight.message
    high, low = sheet.y(message.source), sheet.y(message.target)
    # Arrows begin and end at the edge of the lane, not in its middle: up on the way up.
    side = 1 if low >= high else -1
    start = (sheet.x(flight.left), high + side * 4)
    if flight.left < sheet.visible.first:
        # Sent before the window opens: it comes in over the left edge, half-way down its slant.
        start = (sheet.left, (high + low) / 2)
    if flight.end is not None and sheet.holds(flight.end):
        target = (sheet.x(flight.end), low - side * 4)
        return start, target, flight.fate == "arrived"
    # The farther the target the flatter, so that messages sent together fan out.
    lanes = abs(low - high) / sheet.pitch
    if flight.fate in ("lost", "never left"):
        # Short of the next lane, and of the wall that may stand before it.
        reach = 16 + 20 * (lanes - 1)
        return start, (start[0] + reach, start[1] + side * 0.33 * sheet.pitch), False
    aim = (start[0] + _RUN * (0.4 + 0.6 * lanes), low - side * 4)
    return start, _towards_edge(start, aim, sheet.right), False


def _towards_edge(start: Point, aim: Point, right: float) -> Point:
    """Part of the way, and not over the edge of the picture."""
    part, run = 0.6, aim[0] - start[0]
    if run > 0 and start[0] + part * run > right:
        part = max((right - start[0]) / run, 0.15)
    return between(start, aim, part)


def _fate(flight: Flight, end: Point, whole: bool) -> str:
    """The sign at the tip of an arrow that does not arrive: a cross if lost, a ring if not yet."""
    if flight.fate in ("lost", "never left"):
        return cross(end, 4.5, 2.2)
    return "" if whole else circle(end, 3, fill=PAPER, stroke=INK, stroke_width=1.3)


def _cargo(message: Any, start: Point, end: Point, whole: bool) -> str:
    """What an arrow carries that must be seen at a glance: entries, a yes, a no, a name."""
    if isinstance(message, RequestVoteResponse):
        return verdict(_beside_lane(start, end), message.vote_granted)
    if isinstance(message, AppendEntriesResponse) and not message.success:
        return verdict(_beside_lane(start, end), False)
    if isinstance(message, AppendEntriesRequest) and message.entries:
        return _boxes(message, between(start, end, 0.4 if whole else 0.55))
    if kind_of(message) is OTHER:
        middle = between(start, end, 0.5)
        return text(middle, type(message).__name__, 11, anchor="middle", halo=True)
    return ""


def _beside_lane(start: Point, end: Point) -> Point:
    """The first point of an arrow that is clear of the sender's badge."""
    return between(start, end, min(15 / max(abs(end[1] - start[1]), 1.0), 0.5))


def _boxes(message: AppendEntriesRequest, at: Point) -> str:
    """The first three entries as boxes along the arrow, and how many more there are."""
    x, y = at
    count = len(message.entries)
    boxes = [
        entry_box((x + 13 * place, y), entry.term)
        for place, entry in enumerate(message.entries[:3])
    ]
    more = text((x + 40, y + 4), f"+{count - 3}", 10.5, bold=True, halo=True) if count > 3 else ""
    return "".join(boxes) + more


def _waiting(sheet: Sheet, flight: Flight) -> str:
    """The time that a message waits for a slow disk, beside the lane."""
    if flight.left == flight.step or not sheet.holds(flight.left):
        return ""
    y = sheet.y(flight.message.source) + 8.5
    start, end = (sheet.x(flight.step), y), (sheet.x(flight.left), y)
    wait = line(start, end, stroke=INK, stroke_width=2.2, stroke_dasharray=DOTTED)
    return group(wait, title="waits until the disk has written")


def _loop(start: Point, end: Point) -> str:
    """A message to oneself."""
    return path("M", start[0], start[1] - 8, "Q", (start[0] + end[0]) / 2, start[1] - 34,
                end[0], end[1] - 8, stroke=INK, stroke_width=1.2, fill="none")  # fmt: skip
