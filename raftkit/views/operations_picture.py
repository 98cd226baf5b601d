"""Operations on a timeline: a lane for each client, a bar from each call to its return.

The order that was found is written into the bars; what clashes is framed, and the
answer that cannot be has a sign of its own. What is linearizable is not known here.
"""

from raftkit.checkers.linearizability import Operation, Verdict
from raftkit.checkers.linearizability.operations import Unit, instant, label, shown, span
from raftkit.views.descriptions import counted
from raftkit.views.operations_layout import SIZE, OperationsSheet, sheet_of
from raftkit.views.palette import ALARM, BLUE, BORDER, FAINT, INK, NO_TERM, PAPER, QUIET
from raftkit.views.picture import Picture
from raftkit.views.svg import (
    circle,
    document,
    group,
    line,
    path,
    rect,
    text,
    width_of,
    wrapped,
)

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
    """The timeline of a verdict: of its first violation, or of how its history begins.

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
    sheet = sheet_of(verdict)
    title = _TITLES[verdict.verdict]
    alt = " ".join([f"{title}. {_size(sheet)}.", *_said(sheet)])
    body, width, height = _body(sheet, title)
    return Picture(document(width, height, body, title, alt), alt, f"{alt}\n\n{_text(sheet)}")


def _size(sheet: OperationsSheet) -> str:
    drawn = counted(len(sheet.operations), "operation")
    clients = counted(len(sheet.clients), "client")
    left_out = f"; {sheet.left_out:,} left out" if sheet.left_out else ""
    return f"{drawn} of {clients}{left_out}"


def _said(sheet: OperationsSheet) -> list[str]:
    return [sheet.violation.detail] if sheet.violation else []


def _text(sheet: OperationsSheet) -> str:
    """A line for each operation: its place in the order, whether it clashes, and what it says."""
    unit = sheet.verdict.unit
    lines = []
    for place, operation in enumerate(sheet.operations):
        number = str(sheet.number.get(place, ""))
        mark = "!" if sheet.is_culprit(operation) else "*" if sheet.clashes(operation) else " "
        lines.append(f"{number:>2} {mark}  {_in_full(operation, unit)}")
    return "\n".join(lines)


# From top to bottom ------------------------------------------------------------------------


def _body(sheet: OperationsSheet, title: str) -> tuple[str, float, float]:
    """Everything on the paper, how wide it is, and how high."""
    names = max((width_of(shown(client), 13) for client in sheet.clients), default=0.0)
    left = _MARGIN + names + 16
    width = max(left + sheet.width + _MARGIN, 560.0)
    bottom = _TOP + _LANE * len(sheet.clients)
    parts = [
        text((_MARGIN, 32), title, 17, bold=True),
        text((_MARGIN, 50), f"{_size(sheet)}.", SIZE, fill=QUIET),
    ]
    parts += [_lane(sheet, client, left) for client in sheet.clients]
    parts.append(_axis(sheet, left, bottom + 6))
    key, below = _key(sheet, bottom + 44, width)
    detail, height = _detail(sheet, below + 14, width)
    return "".join([*parts, key, detail]), width, height


def _lane(sheet: OperationsSheet, client: str, left: float) -> str:
    """A client's name, its line, and its bars."""
    y = _TOP + _LANE * sheet.clients.index(client) + 34
    parts = [
        text((_MARGIN, y + 5), shown(client), 13, bold=True),
        line((left, y), (left + sheet.width, y), stroke=BORDER, stroke_width=1),
    ]
    for place, operation in enumerate(sheet.operations):
        if operation.client == client:
            parts.append(_bar(sheet, place, operation, left, y))
    return "".join(parts)


def _bar(sheet: OperationsSheet, place: int, operation: Operation, left: float, y: float) -> str:
    """One operation: its bar, its words above it, and its number or its sign on it."""
    start, end = left + sheet.left[place], left + sheet.right[place]
    culprit, clashes = sheet.is_culprit(operation), sheet.clashes(operation)
    style: dict[str, str | float | None] = {
        "fill": NO_TERM,
        "stroke": ALARM if clashes or culprit else QUIET,
        "stroke_width": 2.6 if clashes or culprit else 1.2,
    }
    words = text((start, y - _BAR / 2 - 5), label(operation), SIZE, bold=clashes, halo=True)
    sign = ""
    if culprit:
        sign = _sign((start + end) / 2, y, "!", ALARM)
    elif place in sheet.number:
        sign = _number(sheet, place, left, y)
    role = "culprit" if culprit else "clashes" if clashes else "operation"
    outline = _outline(operation, start, end, y, style)
    return group(outline, words, sign, title=_in_full(operation, sheet.verdict.unit), class_=role)


def _outline(
    operation: Operation, start: float, end: float, y: float, style: dict[str, str | float | None]
) -> str:
    """The bar itself; open to the right if nobody knows when it took effect, if it did."""
    top, bottom = y - _BAR / 2, y + _BAR / 2
    if operation.returned is not None:
        return rect(start, top, end - start, _BAR, rx=3, **style)
    corners = ("M", end, top, "L", start, top, "L", start, bottom, "L", end, bottom)
    return path(*corners, stroke_dasharray="5 3", **style)


def _number(sheet: OperationsSheet, place: int, left: float, y: float) -> str:
    """The place in the order, at an instant of the bar, or below what its client did by then."""
    x, end = left + sheet.points[place], left + sheet.right[place]
    if x <= end - 10:
        return _sign(x, y, str(sheet.number[place]), BLUE)
    below = y + _BAR
    way = path("M", end - 4, y + _BAR / 2, "L", end - 4, below, "L", x, below, fill="none",
               stroke=QUIET, stroke_width=1.2, stroke_dasharray="5 3")  # fmt: skip
    return way + _sign(x, below, str(sheet.number[place]), BLUE)


def _in_full(operation: Operation, unit: Unit) -> str:
    return f"{shown(operation.client)}: {label(operation)} ({span(operation, unit)})"


def _sign(x: float, y: float, words: str, ground: str) -> str:
    disc = circle((x, y), 8.5, fill=ground, stroke=PAPER, stroke_width=1)
    return disc + text((x, y + 4), words, 11, anchor="middle", bold=True, fill=PAPER)


def _axis(sheet: OperationsSheet, left: float, y: float) -> str:
    """The instants of calls and returns, as many as there is room for."""
    marks = [(sheet.left[place], each.called) for place, each in enumerate(sheet.operations)]
    marks += [
        (sheet.right[place], each.returned)
        for place, each in enumerate(sheet.operations)
        if each.returned is not None
    ]
    parts = [line((left, y), (left + sheet.width, y), stroke=INK, stroke_width=1)]
    free = 0.0
    for x, when in sorted(marks):
        words = instant(when, sheet.verdict.unit)
        if x < free:
            continue
        parts.append(line((left + x, y), (left + x, y + 5), stroke=FAINT, stroke_width=1))
        parts.append(text((left + x, y + 18), words, 10.5, fill=QUIET))
        free = x + width_of(words, 10.5) + 12
    return "".join(parts)


def _key(sheet: OperationsSheet, y: float, width: float) -> tuple[str, float]:
    """What the signs mean, those that are there, and where the next thing may stand."""
    order = "a possible order" + (" of what returned before" if sheet.violation else "")
    entries = [(_sign(0, 0, "1", BLUE), order)] if sheet.number else []
    if sheet.violation is not None:
        frame = rect(-8, -7, 16, 14, rx=3, fill=NO_TERM, stroke=ALARM, stroke_width=2.6)
        if len(sheet.violation.needed) > 1:
            entries.append((frame, "cannot stand beside each other"))
        entries.append((_sign(0, 0, "!", ALARM), "an answer that cannot be"))
    if any(each.returned is None for each in sheet.operations):
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


def _detail(sheet: OperationsSheet, y: float, width: float) -> tuple[str, float]:
    """The violation in words, and where the paper ends."""
    lines = wrapped(" ".join(_said(sheet)), 13, width - 2 * _MARGIN - 20)
    if not lines:
        return "", y + 6
    height = 20.0 * len(lines)
    bar = rect(_MARGIN, y, 4, height + 4, fill=ALARM)
    words = [
        text((_MARGIN + 14, y + 16 + 20 * number), said, 13) for number, said in enumerate(lines)
    ]
    return bar + "".join(words), y + height + 22
