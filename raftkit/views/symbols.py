"""The symbols of all pictures: how a role, a message and a mark are drawn.

A role is a letter and an outline (thin, double, thick); a kind of message is a dash and an
arrowhead; everything else is a small sign. A colour only repeats what a shape or a label says.
It does not know layouts.
"""

from dataclasses import dataclass
from math import hypot
from typing import Any, Final

from raftkit.protocol.look import Look, Outline
from raftkit.protocol.messages import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    ClientResponse,
    RequestVoteRequest,
    RequestVoteResponse,
)
from raftkit.protocol.roles import Role
from raftkit.views.palette import ALARM, ELECTION_BLUE, FAINT, INK, PAPER, term_colour, text_on
from raftkit.views.svg import Point, circle, group, line, path, polygon, rect, text, width_of

LETTERS: Final[dict[Role, str]] = {"follower": "F", "candidate": "C", "leader": "L"}

DASHED: Final = "6 4"
DOTTED: Final = "2 3.5"
ENTRY_BOX: Final = 13.0


@dataclass(frozen=True, slots=True)
class ArrowStyle:
    """How one kind of message is drawn: `head` is "chevron", "triangle" or "diamond"."""

    name: str
    colour: str
    width: float
    head: str
    dash: str | None = None


# Requests are solid, responses dashed. A chevron as arrowhead means an election, a triangle the
# log, a diamond a client.
VOTE_REQUEST: Final = ArrowStyle("asks for a vote", ELECTION_BLUE, 1.6, "chevron")
VOTE_RESPONSE: Final = ArrowStyle("answers with a vote", ELECTION_BLUE, 1.4, "chevron", DASHED)
ENTRIES: Final = ArrowStyle("sends entries", INK, 1.8, "triangle")
HEARTBEAT: Final = ArrowStyle("heartbeat", FAINT, 1.2, "triangle")
ENTRIES_RESPONSE: Final = ArrowStyle("answers the leader", FAINT, 1.1, "triangle", DASHED)
CLIENT_REQUEST: Final = ArrowStyle("client asks", INK, 1.4, "diamond")
CLIENT_RESPONSE: Final = ArrowStyle("client is answered", INK, 1.3, "diamond", DASHED)
OTHER: Final = ArrowStyle("message", INK, 1.4, "triangle")

_ARROW_STYLES: Final[dict[type, ArrowStyle]] = {
    RequestVoteRequest: VOTE_REQUEST,
    RequestVoteResponse: VOTE_RESPONSE,
    AppendEntriesRequest: ENTRIES,
    AppendEntriesResponse: ENTRIES_RESPONSE,
    ClientRequest: CLIENT_REQUEST,
    ClientResponse: CLIENT_RESPONSE,
}


def arrow_style_of(message: Any) -> ArrowStyle:
    """How `message` is drawn; a message of another protocol has a plain arrow."""
    if isinstance(message, AppendEntriesRequest) and not message.entries:
        return HEARTBEAT
    return _ARROW_STYLES.get(type(message), OTHER)


# Roles and terms -----------------------------------------------------------------------


def badge_width(look: Look) -> float:
    """The width of the badge."""
    return width_of(look.badge, 12, bold=not look.label) + 14


def badge(left: float, middle: float, look: Look) -> str:
    """A box with role and term, centred on the height `middle`; its outline means the role too."""
    width, colour = badge_width(look), term_colour(look.term)
    thick = 2.6 if look.outline == "thick" else 1.1
    shapes = [
        rect(left, middle - 9.5, width, 19, rx=5, fill=colour, stroke=INK, stroke_width=thick)
    ]
    if look.outline == "double":
        shapes.append(
            rect(left + 2.4, middle - 7.1, width - 4.8, 14.2, rx=3,
                 fill="none", stroke=INK, stroke_width=0.9)
        )  # fmt: skip
    label = text(
        (left + width / 2, middle + 4.3), look.badge, 12,
        anchor="middle", bold=True, fill=text_on(colour),
    )  # fmt: skip
    return group(*shapes, label, title=look.in_words.replace(" of term", ", term"))


def lane(left: float, right: float, middle: float, outline: Outline, term: int) -> str:
    """A part of a lane: thin for a follower, double for a candidate, thick for a leader."""
    colour, length = term_colour(term), max(right - left, 0)

    def bar(top: float, height: float, stroke: float) -> str:
        return rect(left, top, length, height, fill=colour, stroke=INK, stroke_width=stroke)

    if outline == "thick":
        return bar(middle - 5.5, 11, 1.4)
    if outline == "double":
        return bar(middle - 5.2, 3.6, 0.8) + bar(middle + 1.6, 3.6, 0.8)
    return bar(middle - 2, 4, 0.8)


def hatched(left: float, right: float, middle: float) -> str:
    """A part of a lane in which the server is paused: a bar with slanted strokes."""
    body = rect(
        left, middle - 6, max(right - left, 0), 12, fill=PAPER, stroke=INK, stroke_width=0.9
    )
    strokes: list[str | float] = []
    x = left + 3
    while x + 6 <= right:
        strokes += ["M", x, middle + 5.5, "l", 5, -11]
        x += 7
    return body + (path(*strokes, stroke=INK, stroke_width=0.9, fill="none") if strokes else "")


# Arrows --------------------------------------------------------------------------------


def between(start: Point, end: Point, part: float) -> Point:
    """The point that is `part` of the way from `start` to `end`."""
    return (start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part)


def towards(start: Point, end: Point, distance: float) -> Point:
    """The point `distance` away from `start` in the direction of `end`."""
    length = hypot(end[0] - start[0], end[1] - start[1])
    return between(start, end, distance / length) if length else start


def arrow(start: Point, end: Point, style: ArrowStyle) -> str:
    """A message from `start` to `end`."""
    stop = towards(end, start, 5) if style.head != "chevron" else end
    return shaft(start, stop, style) + arrowhead(start, end, style.head, style.colour, style.width)


def shaft(start: Point, end: Point, style: ArrowStyle) -> str:
    """The line of an arrow without its head."""
    return line(
        start, end, stroke=style.colour, stroke_width=style.width, stroke_dasharray=style.dash
    )


def arrowhead(start: Point, end: Point, head: str, colour: str, width: float = 1.4) -> str:
    """The head of an arrow that comes from `start` and touches `end`."""
    base, back = towards(end, start, 9), towards(end, start, 11)
    # A vector of length 4, perpendicular to the shaft.
    across = ((end[1] - base[1]) * 4 / 9, (base[0] - end[0]) * 4 / 9)
    left = (base[0] + across[0], base[1] + across[1])
    right = (base[0] - across[0], base[1] - across[1])
    if head == "chevron":
        return path("M", *left, "L", *end, "L", *right, fill="none", stroke=colour,
                    stroke_width=width + 0.4, stroke_linejoin="round")  # fmt: skip
    if head == "diamond":
        middle = towards(end, start, 5.5)
        left = (middle[0] + across[0], middle[1] + across[1])
        right = (middle[0] - across[0], middle[1] - across[1])
        return polygon((end, left, back, right), fill=colour)
    return polygon((end, left, right), fill=colour)


# Marks ---------------------------------------------------------------------------------


def cross(at: Point, size: float = 5, width: float = 2.4, colour: str = ALARM) -> str:
    """A cross for a loss or a crash; a white rim keeps it visible over lines."""
    x, y = at
    strokes = ("M", x - size, y - size, "l", 2 * size, 2 * size,
               "M", x + size, y - size, "l", -2 * size, 2 * size)  # fmt: skip
    rim = path(*strokes, stroke=PAPER, stroke_width=width + 2.4, fill="none")
    return rim + path(*strokes, stroke=colour, stroke_width=width, fill="none")


def verdict(at: Point, yes: bool, r: float = 6.5) -> str:
    """A filled disc with a tick for yes, an empty one with a cross for no."""
    x, y = at
    u = r / 6.5
    if yes:
        tick = path("M", x - 3 * u, y + 0.3 * u, "l", 2.1 * u, 2.4 * u, "l", 4 * u, -5.2 * u,
                    stroke=PAPER, stroke_width=1.8 * u, fill="none")  # fmt: skip
        return circle(at, r, fill=ELECTION_BLUE, stroke=INK, stroke_width=0.9) + tick
    no = cross(at, 2.4 * u, 1.7 * u, INK)
    return circle(at, r, fill=PAPER, stroke=INK, stroke_width=1.2) + no


def clock(at: Point) -> str:
    """A clock, for a timer that ran out."""
    x, y = at
    hands = path("M", x, y - 3.6, "V", y, "H", x + 2.8, stroke=INK, stroke_width=1.3, fill="none")
    return circle(at, 6, fill=PAPER, stroke=INK, stroke_width=1.3) + hands


def diamond(at: Point, size: float = 6) -> str:
    """A diamond, for a commit index that advanced."""
    x, y = at
    corners = ((x, y - size), (x + size, y), (x, y + size), (x - size, y))
    return polygon(corners, fill=INK, stroke=PAPER, stroke_width=1.2)


def pause_bars(at: Point, r: float = 8) -> str:
    """A pause button, for a server that is paused."""
    x, y = at
    bars = [rect(x + shift * r, y - r / 2, r * 0.3, r, fill=INK) for shift in (-0.42, 0.12)]
    return circle(at, r, fill=PAPER, stroke=INK, stroke_width=1.3) + "".join(bars)


def start_triangle(at: Point) -> str:
    """A triangle, for a server that starts or is resumed."""
    x, y = at
    return polygon(((x - 4, y - 7), (x + 8, y), (x - 4, y + 7)), fill=INK, stroke=PAPER,
                   stroke_width=1.2)  # fmt: skip


def entry_box_width(term: int) -> float:
    """The width of the box; a square, if its term has one digit."""
    return max(ENTRY_BOX, width_of(str(term), 10.5, bold=True) + 3)


def entry_box(at: Point, term: int) -> str:
    """A small box for a log entry in a message, around `at`: its term on the term's colour."""
    (x, y), width = at, entry_box_width(term)
    colour = term_colour(term)
    box = rect(x - width / 2, y - ENTRY_BOX / 2, width, ENTRY_BOX, fill=colour, stroke=INK,
               stroke_width=1)  # fmt: skip
    return box + text(
        (x, y + 3.8), str(term), 10.5, anchor="middle", bold=True, fill=text_on(colour)
    )
