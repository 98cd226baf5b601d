"""`draw_operations`: a timeline with a lane for each client, and a bar for each operation.

A bar begins at the call and ends at the return. The numbers on bars are the order that was
found; conflicting operations are framed, and the impossible result has a sign. It does not
know what is linearizable.
"""

from raftkit.checkers.linearizability import Operation, Verdict
from raftkit.checkers.linearizability.operations import Unit, instant, label, shown, span
from raftkit.views.descriptions import counted
from raftkit.views.operations_layout import SIZE, OperationsLayout, layout_of
from raftkit.views.palette import ALARM, BLUE, BORDER, FAINT, INK, NO_TERM, ON_ALARM, PAPER, QUIET
from raftkit.views.picture import Picture
from raftkit.views.svg import (
    circle,
    group,
    line,
    path,
    rect,
    shortened,
    text,
    width_of,
    wrapped,
)
from raftkit.views.titled_picture import titled_picture

_MARGIN = 20.0
_TOP = 62.0
_LANE = 52.0
_BAR = 18.0
_TITLES = {
    "linearizable": "Linearizable",
    "violated": "Not linearizable",
    "unknown": "Unknown: the budget is spent",
}


def draw_operations(verdict: Verdict) -> Picture:
    """Draw the first violation of a verdict, or the beginning of its history if there is none.

    >>> from raftkit.checkers.linearizability import Operation, check_linearizable
    >>> write = Operation("C1", "write", "x", argument=1, called=0, returned=10)
    >>> stale = Operation("C2", "read", "x", called=20, returned=30)
    >>> print(draw_operations(check_linearizable([write, stale], "register")))
    Not linearizable. 2 operations of 2 clients. C2’s read of x returned null (20 to 30 ms), but \
it could only have returned 1. It cannot stand beside C1’s write of 1 to x (0 to 10 ms).
    <BLANKLINE>
     1 *  C1: write x 1 (0 to 10 ms)
       !  C2: read x → null (20 to 30 ms)
    """
    layout = layout_of(verdict)
    title = _TITLES[verdict.verdict]
    alt = " ".join([f"{title}. {_size(layout)}.", *_violation_in_words(layout)])
    body, width, height = _body(layout)
    return Picture(
        titled_picture(width, height, body, title, alt, _size(layout)),
        alt,
        f"{alt}\n\n{_text(layout)}",
    )


def _size(layout: OperationsLayout) -> str:
    drawn = counted(len(layout.operations), "operation")
    clients = counted(len(layout.clients), "client")
    left_out = f"; {layout.left_out:,} left out" if layout.left_out else ""
    return f"{drawn} of {clients}{left_out}"


def _violation_in_words(layout: OperationsLayout) -> list[str]:
    return [layout.violation.detail] if layout.violation else []


def _text(layout: OperationsLayout) -> str:
    """A line for each operation: its place in the order, its sign, and its description."""
    unit = layout.verdict.unit
    lines = []
    for place, operation in enumerate(layout.operations):
        number = str(layout.number.get(place, ""))
        mark = "!" if layout.is_culprit(operation) else "*" if layout.clashes(operation) else " "
        lines.append(f"{number:>2} {mark}  {_in_full(operation, unit)}")
    return "\n".join(lines)


# From top to bottom ------------------------------------------------------------------------


def _body(layout: OperationsLayout) -> tuple[str, float, float]:
    """The whole drawing, its width and its height."""
    names = max((width_of(_name(client), 13, bold=True) for client in layout.clients), default=0.0)
    left = _MARGIN + names + 16
    width = max(left + layout.width + _MARGIN, 560.0)
    bottom = _TOP + _LANE * len(layout.clients)
    parts = []
    parts += [_lane(layout, client, left) for client in layout.clients]
    parts.append(_axis(layout, left, bottom + 6))
    key, below = _key(layout, bottom + 44, width)
    detail, height = _detail(layout, below + 14, width)
    return "".join([*parts, key, detail]), width, height


def _lane(layout: OperationsLayout, client: str, left: float) -> str:
    """A client's name, its line, and its bars."""
    y = _TOP + _LANE * layout.clients.index(client) + 34
    parts = [
        text((_MARGIN, y + 5), _name(client), 13, bold=True),
        line((left, y), (left + layout.width, y), stroke=BORDER, stroke_width=1),
    ]
    for place, operation in enumerate(layout.operations):
        if operation.client == client:
            parts.append(_bar(layout, place, operation, left, y))
    return "".join(parts)


def _name(client: str) -> str:
    """A client's name as its lane has it."""
    return shortened(shown(client), 16)


def _bar(layout: OperationsLayout, place: int, operation: Operation, left: float, y: float) -> str:
    """One operation: its bar, its description above, and its number or sign on the bar."""
    start, end = left + layout.left[place], left + layout.right[place]
    culprit, clashes = layout.is_culprit(operation), layout.clashes(operation)
    style: dict[str, str | float | None] = {
        "fill": NO_TERM,
        "stroke": ALARM if clashes or culprit else QUIET,
        "stroke_width": 2.6 if clashes or culprit else 1.2,
    }
    words = text((start, y - _BAR / 2 - 5), label(operation), SIZE, bold=clashes, halo=True)
    sign = ""
    if culprit:
        sign = _sign((start + end) / 2, y, "!", ALARM)
    elif place in layout.number:
        sign = _number(layout, place, left, y)
    role = "culprit" if culprit else "clashes" if clashes else "operation"
    outline = _outline(operation, start, end, y, style)
    return group(outline, words, sign, title=_in_full(operation, layout.verdict.unit), class_=role)


def _outline(
    operation: Operation, start: float, end: float, y: float, style: dict[str, str | float | None]
) -> str:
    """The bar without signs; it is open to the right if the operation has not returned."""
    top, bottom = y - _BAR / 2, y + _BAR / 2
    if operation.returned is not None:
        return rect(start, top, end - start, _BAR, rx=3, **style)
    corners = ("M", end, top, "L", start, top, "L", start, bottom, "L", end, bottom)
    return path(*corners, stroke_dasharray="5 3", **style)


def _number(layout: OperationsLayout, place: int, left: float, y: float) -> str:
    """The number in the order, on the bar, or below it if it took effect after its right end."""
    x, end = left + layout.points[place], left + layout.right[place]
    if x <= end - 10:
        return _sign(x, y, str(layout.number[place]), BLUE)
    below = y + _BAR
    way = path("M", end - 4, y + _BAR / 2, "L", end - 4, below, "L", x, below, fill="none",
               stroke=QUIET, stroke_width=1.2, stroke_dasharray="5 3")  # fmt: skip
    return way + _sign(x, below, str(layout.number[place]), BLUE)


def _in_full(operation: Operation, unit: Unit) -> str:
    return f"{shown(operation.client)}: {label(operation)} ({span(operation, unit)})"


def _sign(x: float, y: float, words: str, ground: str) -> str:
    disc = circle((x, y), 8.5, fill=ground, stroke=PAPER, stroke_width=1)
    ink = ON_ALARM if ground == ALARM else PAPER
    return disc + text((x, y + 4), words, 11, anchor="middle", bold=True, fill=ink)


def _axis(layout: OperationsLayout, left: float, y: float) -> str:
    """The axis, with as many instants of calls and returns as there is room for."""
    marks = [(layout.left[place], each.called) for place, each in enumerate(layout.operations)]
    marks += [
        (layout.right[place], each.returned)
        for place, each in enumerate(layout.operations)
        if each.returned is not None
    ]
    parts = [line((left, y), (left + layout.width, y), stroke=INK, stroke_width=1)]
    free = 0.0
    for x, when in sorted(marks):
        words = instant(when, layout.verdict.unit)
        if x < free:
            continue
        parts.append(line((left + x, y), (left + x, y + 5), stroke=FAINT, stroke_width=1))
        parts.append(text((left + x, y + 18), words, 10.5, fill=QUIET))
        free = x + width_of(words, 10.5) + 12
    return "".join(parts)


def _key(layout: OperationsLayout, y: float, width: float) -> tuple[str, float]:
    """The meanings of the signs in the picture, and the y coordinate below them."""
    order = "a possible order" + (" of what returned before" if layout.violation else "")
    entries = [(_sign(0, 0, "1", BLUE), order)] if layout.number else []
    if layout.violation is not None:
        frame = rect(-8, -7, 16, 14, rx=3, fill=NO_TERM, stroke=ALARM, stroke_width=2.6)
        if len(layout.violation.needed) > 1:
            entries.append((frame, "cannot stand beside each other"))
        entries.append((_sign(0, 0, "!", ALARM), "an answer that cannot be"))
    if any(each.returned is None for each in layout.operations):
        dashes = line((-9, 0), (9, 0), stroke=QUIET, stroke_width=2, stroke_dasharray="5 3")
        entries.append((dashes, "never answered"))
    parts, x = [], _MARGIN + 9
    for sign, words in entries:
        room = width_of(words, SIZE) + 44
        if x + room > width and x > _MARGIN + 9:
            x, y = _MARGIN + 9, y + 22
        parts.append(group(sign, transform=f"translate({x:.1f} {y:.1f})"))
        parts.append(text((x + 15, y + 4), words, SIZE, fill=QUIET))
        x += room
    return "".join(parts), y + 10


def _detail(layout: OperationsLayout, y: float, width: float) -> tuple[str, float]:
    """The violation in words, and the y coordinate below it."""
    lines = wrapped(" ".join(_violation_in_words(layout)), 13, width - 2 * _MARGIN - 20)
    if not lines:
        return "", y + 6
    height = 20.0 * len(lines)
    bar = rect(_MARGIN, y, 4, height + 4, fill=ALARM)
    words = [
        text((_MARGIN + 14, y + 16 + 20 * number), said, 13) for number, said in enumerate(lines)
    ]
    return bar + "".join(words), y + height + 22
