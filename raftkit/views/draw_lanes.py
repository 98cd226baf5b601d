"""The lanes of a space-time diagram: each process's lifeline from left to right.

It draws roles, terms, crashes and pauses, and the marks of what a process did. It does not
draw messages between lanes (draw_flights.py).
"""

from collections.abc import Iterator

from raftkit.protocol.look import Look
from raftkit.views.descriptions import milliseconds
from raftkit.views.diagram_layout import MARGIN, DiagramLayout
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
_MARK = 7.0  # half the size of a mark


def draw_lanes(layout: DiagramLayout) -> str:
    """All lanes with their names."""
    return "".join(
        text((MARGIN, layout.y(name) + 5), shortened(name, 12), 15, bold=lifeline.is_server)
        + _spans(layout, lifeline)
        for name, lifeline in layout.lifelines.items()
    )


def take_places_of_marks(layout: DiagramLayout) -> None:
    """Take the places of badges and marks, before what can move aside is placed."""
    for name, lifeline in layout.lifelines.items():
        y = layout.y(name)
        for left, look in _badges_of(layout, lifeline):
            layout.taken.take((left, y - 10, left + badge_width(look), y + 10))
        for mark in _marks_of(layout, lifeline):
            x = layout.x(mark.position)
            layout.taken.take((x - _MARK, y - _MARK, x + _MARK, y + _MARK))


def draw_marks(layout: DiagramLayout) -> str:
    """The badges and marks, which are drawn over the arrows."""
    parts = []
    for name, lifeline in layout.lifelines.items():
        y = layout.y(name)
        parts += [badge(left, y, look) for left, look in _badges_of(layout, lifeline)]
        parts += [_mark(layout, y, mark) for mark in _marks_of(layout, lifeline)]
    return "".join(parts)


def _marks_of(layout: DiagramLayout, lifeline: Lifeline) -> list[Mark]:
    """The marks in the window."""
    return [mark for mark in lifeline.marks if layout.holds(mark.position)]


def _visible_spans(
    layout: DiagramLayout, lifeline: Lifeline
) -> Iterator[tuple[Span, float, float]]:
    """The spans in the window, with the x coordinates of their ends."""
    ends = [span.start for span in lifeline.spans[1:]] + [layout.visible.last]
    for span, end in zip(lifeline.spans, ends, strict=False):
        if end >= layout.visible.first and span.start < layout.visible.last:
            yield span, layout.x(span.start), layout.right if end == ends[-1] else layout.x(end)


def _spans(layout: DiagramLayout, lifeline: Lifeline) -> str:
    """One lane from edge to edge, span by span."""
    y = layout.y(lifeline.name)
    if not lifeline.spans:  # Only the messages of this process are known.
        return line((layout.left, y), (layout.right, y), stroke=QUIET, stroke_width=1.8)
    return "".join(
        _span(span, left, right, y) for span, left, right in _visible_spans(layout, lifeline)
    )


def _span(span: Span, left: float, right: float, y: float) -> str:
    """One span of a lane: dotted while down, hatched while paused, else the role's outline."""
    if span.condition == "down":
        return line((left, y), (right, y), stroke=FAINT, stroke_width=1.6, stroke_dasharray=DOTTED)
    if span.condition == "paused":
        return hatched(left, right, y)
    if span.look is None:
        return line((left, y), (right, y), stroke=QUIET, stroke_width=1.8)
    return lane(left, right, y, span.look.outline, span.look.term)


def _badges_of(layout: DiagramLayout, lifeline: Lifeline) -> Iterator[tuple[float, Look]]:
    """The left end and look of each badge: one at each change of look, one at the left edge."""
    shown = None
    for span, left, _ in _visible_spans(layout, lifeline):
        look = span.look
        if look is not None and span.condition == "running" and not same_look(look, shown):
            yield (left if left <= layout.left else left + 4), look
        # After a pause the look is the same, after a crash a badge is drawn again.
        shown = look


def _mark(layout: DiagramLayout, y: float, mark: Mark) -> str:
    """The sign of a mark; its title is the time and the whole phrase."""
    x = layout.x(mark.position)
    at = (x, y)
    time = milliseconds(layout.history.records[mark.position].time)
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
            return group(diamond(at), _label(layout, (x, y + 19), mark.label), title=title)
    dot = line((x, y), (x, y - 11), stroke=INK, stroke_width=1.4)
    # The label is beside the stem, on the side where this process has no arrow.
    side = "start" if mark.kind == "answer" else "end"
    words = _label(layout, (x, y - 13), shortened(mark.label, 14), side)
    return group(dot, words, title=title)


def _label(layout: DiagramLayout, at: Point, words: str, anchor: str = "middle") -> str:
    """A small label, left out if it would overlap another; the title still has its text."""
    width = width_of(words, _LABEL, bold=True)
    left = at[0] - width * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
    left += {"start": -2.0, "middle": 0.0, "end": 2.0}[anchor]
    # A label near the edge of the paper moves.
    left = max(min(left, layout.right + MARGIN - 2 - width), 2.0)
    if not layout.taken.fits((left, at[1] - 8, left + width, at[1] + 1)):
        return ""
    middle = (left + width / 2, at[1])
    return text(middle, words, _LABEL, anchor="middle", bold=True, halo=True)
