"""The lanes of a space-time diagram: each process's lifeline from left to right.

It draws roles, terms, deaths and pauses, and the signs of what a process did.
Messages between lanes are drawn elsewhere.
"""

from collections.abc import Iterator

from raftkit.protocol.look import Look
from raftkit.views.descriptions import milliseconds
from raftkit.views.diagram_layout import MARGIN, Sheet, Shelf
from raftkit.views.palette import FAINT, INK, QUIET
from raftkit.views.role_spans import Lifeline, Mark, Span, same_look
from raftkit.views.svg import Point, group, line, shortened, text, width_of
from raftkit.views.symbols import (
    DOTTED,
    badge,
    badge_width,
    clock,
    cross,
    diamond,
    hatched,
    lane,
    pause_bars,
    start_triangle,
)

_LABEL = 11.0


def draw_lanes(sheet: Sheet) -> str:
    """All lanes with their names."""
    return "".join(
        text((MARGIN, sheet.y(name) + 5), shortened(name, 12), 15, bold=lifeline.is_server)
        + _spans(sheet, lifeline)
        for name, lifeline in sheet.lifelines.items()
    )


def draw_marks(sheet: Sheet) -> str:
    """The badges and signs, which lie on top of the arrows."""
    parts = []
    for name, lifeline in sheet.lifelines.items():
        # One shelf on each side of the lane: commit indexes stand below, everything else above.
        above, below = Shelf(), Shelf()
        for left, look in _badges_of(sheet, lifeline):
            right = left + badge_width(look)
            above.fits(left, right)
            below.fits(left, right)
            parts.append(badge(left, sheet.y(name), look))
        marks = [mark for mark in lifeline.marks if sheet.holds(mark.position)]
        parts += [_mark(sheet, sheet.y(name), mark, above, below) for mark in marks]
    return "".join(parts)


def _stretches(sheet: Sheet, lifeline: Lifeline) -> Iterator[tuple[Span, float, float]]:
    """The spans in the window, with their ends on paper."""
    ends = [span.start for span in lifeline.spans[1:]] + [sheet.visible.last]
    for span, end in zip(lifeline.spans, ends, strict=False):
        if end >= sheet.visible.first and span.start < sheet.visible.last:
            yield span, sheet.x(span.start), sheet.right if end == ends[-1] else sheet.x(end)


def _spans(sheet: Sheet, lifeline: Lifeline) -> str:
    """One lane from edge to edge, piece by piece."""
    y = sheet.y(lifeline.name)
    if not lifeline.spans:  # A process of which nothing but its messages is known.
        return line((sheet.left, y), (sheet.right, y), stroke=QUIET, stroke_width=1.8)
    return "".join(_span(span, left, right, y) for span, left, right in _stretches(sheet, lifeline))


def _span(span: Span, left: float, right: float, y: float) -> str:
    """One piece of a lane: dotted while down, hatched while paused, else the role's outline."""
    if span.condition == "down":
        return line((left, y), (right, y), stroke=FAINT, stroke_width=1.6, stroke_dasharray=DOTTED)
    if span.condition == "paused":
        return hatched(left, right, y)
    if span.look is None:
        return line((left, y), (right, y), stroke=QUIET, stroke_width=1.8)
    return lane(left, right, y, span.look.outline, span.look.term)


def _badges_of(sheet: Sheet, lifeline: Lifeline) -> Iterator[tuple[float, Look]]:
    """The left end of each badge, and what it is for: one at each change, one at the edge."""
    shown = None
    for span, left, _ in _stretches(sheet, lifeline):
        look = span.look
        if look is not None and span.condition == "running" and not same_look(look, shown):
            yield (left if left <= sheet.left else left + 4), look
        # A pause keeps the look, a crash does not.
        shown = look


def _mark(sheet: Sheet, y: float, mark: Mark, above: Shelf, below: Shelf) -> str:
    """The sign for something a process did, with the instant and the whole phrase as its title."""
    x = sheet.x(mark.position)
    at = (x, y)
    time = milliseconds(sheet.history.records[mark.position].time)
    title = f"{time}: {mark.words}"
    match mark.kind:
        case "timeout":
            return group(clock((x, y - 1)), title=title)
        case "crash":
            return group(cross(at, 7, 3.2), title=title)
        case "restart":
            return group(start_triangle(at), title=title)
        case "pause" | "resume":
            sign = pause_bars(at) if mark.kind == "pause" else start_triangle(at)
            return group(sign, title=title)
        case "commit":
            return group(diamond(at), _label((x, y + 19), mark.label, below), title=title)
    dot = line((x, y), (x, y - 11), stroke=INK, stroke_width=1.4)
    # Beside the stem, on the side where this process's arrow is not.
    side = "start" if mark.kind == "answer" else "end"
    words = _label((x, y - 13), shortened(mark.label, 14), above, side)
    return group(dot, words, title=title)


def _label(at: Point, words: str, shelf: Shelf, anchor: str = "middle") -> str:
    """A small label, left out where another one is; the title still says it."""
    width = width_of(words, _LABEL)
    left = at[0] - width * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
    if not shelf.fits(left, left + width):
        return ""
    shift = {"start": -2.0, "middle": 0.0, "end": 2.0}[anchor]
    return text((at[0] + shift, at[1]), words, _LABEL, anchor=anchor, bold=True, halo=True)
