"""What surrounds the lanes of a space-time diagram: acts on top, the axis, the key, a verdict.

It draws what concerns the whole cluster: partitions as walls between lanes,
folded stretches, and the broken property with its culprits.
"""

from itertools import pairwise
from typing import Any

from raftkit.simulator.by_hand import ByHand, Deliver, Lose
from raftkit.simulator.faults import Heal, Partition, Timeout
from raftkit.simulator.raft_system import Ask, Propose
from raftkit.simulator.records import Acted, InvariantViolation
from raftkit.views.descriptions import act_in_words, milliseconds
from raftkit.views.diagram_layout import MARGIN, Sheet, rows_for
from raftkit.views.palette import ALARM, BLACK, FAINT, INK, PAPER, QUIET
from raftkit.views.svg import circle, group, line, path, rect, shortened, text, width_of
from raftkit.views.time_scale import Stretch, lane_of

ACT_ROW = 17.0
_ACT_SIZE = 12.0
WALL_DASH = "9 3 2 3"

# Acts ----------------------------------------------------------------------------------


def acts_of(sheet: Sheet) -> list[tuple[int, Any]]:
    """The acts in the window with their positions."""
    # An act is recorded just before the step that it causes, hence the record before each mark.
    marked = {mark.position - 1 for lifeline in sheet.lifelines.values() for mark in lifeline.marks}
    # The step that a request causes follows at once, and has a sign of its own; what is let
    # happen by hand looks as if it happened by itself.
    by_hand = any(isinstance(asked.action, ByHand) for asked in sheet.history.inputs)
    signed = Ask | Propose | Timeout if by_hand else Ask | Propose
    return [
        (position, record.action)
        for position, record in enumerate(sheet.history.records)
        if isinstance(record, Acted)
        and sheet.holds(position)
        and not isinstance(record.action, ByHand | Deliver | Lose)
        and not (isinstance(record.action, signed) and position in marked)
    ]


def act_rows(sheet: Sheet) -> list[tuple[float, str, str, int]]:
    """Each act's label: its left end, its words, its text anchor's name, and its row."""
    labels = []
    for position, action in acts_of(sheet):
        words = shortened(act_in_words(action), 44)
        x, width = sheet.x(position), width_of(words, _ACT_SIZE) + 10
        # A label near the right edge moves left rather than off the paper; its line stays in
        # place.
        left = min(x, sheet.right + MARGIN - width)
        labels.append((left, width, words))
    rows = rows_for((left, left + width) for left, width, _ in labels)
    return [(left, words, "start", row) for (left, _, words), row in zip(labels, rows, strict=True)]


def draw_act_lines(sheet: Sheet, first_row: float) -> str:
    """A line from each act's label down to whom it concerns."""
    parts = []
    labels = act_rows(sheet)
    for (position, action), (_, _, _, row) in zip(acts_of(sheet), labels, strict=True):
        # An act on one process has a dotted line that ends on its lane; one on the network
        # crosses all.
        name = lane_of(Acted(0, action))
        foot = sheet.bottom + 16 if name not in sheet.lifelines else sheet.y(str(name))
        x, head = sheet.x(position), first_row - row * ACT_ROW + 4
        dash = None if name is None else "2 3"
        parts.append(line((x, head), (x, foot), stroke=FAINT, stroke_width=1.1,
                          stroke_dasharray=dash))  # fmt: skip
    return "".join(parts) + draw_walls(sheet)


def draw_act_labels(sheet: Sheet, first_row: float) -> str:
    """The labels of the acts, above the lanes."""
    parts = []
    for (position, _), (left, words, _, row) in zip(acts_of(sheet), act_rows(sheet), strict=True):
        time = milliseconds(sheet.history.records[position].time)
        label = text((left - 2, first_row - row * ACT_ROW), words, _ACT_SIZE, bold=True, halo=True)
        parts.append(group(label, title=f"{time}: {words}"))
    return "".join(parts)


def draw_walls(sheet: Sheet) -> str:
    """While a partition lasts, a wall between neighbouring lanes of different groups."""
    parts = []
    # From the first record on: a wall may have stood since long before the window. The cuts of
    # several partitions add up until they are healed, and so do their walls.
    standing: list[tuple[int, Partition]] = []
    for position, record in enumerate(sheet.history.records[: sheet.visible.last]):
        match record:
            case Acted(_, Partition() as partition):
                standing.append((position, partition))
            case Acted(_, Heal()):
                right = sheet.x(position)
                parts += [_wall(sheet, each, sheet.x(began), right) for began, each in standing]
                standing.clear()
    parts += [_wall(sheet, each, sheet.x(began), sheet.right) for began, each in standing]
    return "".join(parts)


def _wall(sheet: Sheet, partition: Partition, left: float, right: float) -> str:
    """One partition's walls: a dashed line between each two neighbouring lanes that it parts.

    Servers that no group names form a group of their own, the 0, as in the simulator.
    """
    group_of = {name: n for n, names in enumerate(partition.groups, 1) for name in names}
    servers = [name for name, lifeline in sheet.lifelines.items() if lifeline.is_server]
    parts = []
    for upper, lower in pairwise(servers):
        if group_of.get(upper, 0) != group_of.get(lower, 0) and right > left:
            y = (sheet.y(upper) + sheet.y(lower)) / 2
            parts.append(line((left, y), (right, y), stroke=ALARM, stroke_width=2.2,
                              stroke_dasharray=WALL_DASH))  # fmt: skip
    return group(*parts, title=act_in_words(partition)) if parts else ""


# The axis ------------------------------------------------------------------------------


def draw_folds(sheet: Sheet) -> str:
    """A strip of paper over the lanes where messages are folded away."""
    return "".join(_fold(sheet, stretch) for stretch in sheet.scale.stretches if stretch.folded)


def _fold(sheet: Sheet, stretch: Stretch) -> str:
    """A strip of paper across all lanes, as if the sheet were creased there, with the count."""
    middle = sheet.left + (stretch.left + stretch.right) / 2
    top, bottom = sheet.top - 22, sheet.bottom + 20
    strip = rect(middle - 13, top, 26, bottom - top, fill=PAPER)
    edges = [
        line((x, top), (x, bottom), stroke=FAINT, stroke_width=1.2, stroke_dasharray="4 3")
        for x in (middle - 13, middle + 13)
    ]
    words = f"{stretch.folded:,} messages folded"
    height = (top + bottom) / 2
    label = text((middle, height), words, 11.5, anchor="middle", fill=QUIET,
                 transform=f"rotate(-90 {middle:.1f} {height:.1f}) translate(0 4)")  # fmt: skip
    return group(strip, *edges, label, title=f"{words} away, because they change nothing")


def draw_axis(sheet: Sheet, y: float) -> str:
    """The axis of milliseconds, with a mark where a silence is shortened."""
    parts = [line((sheet.left, y), (sheet.right, y), stroke=INK, stroke_width=1.1)]
    for x, ms in sheet.scale.ticks():
        at = sheet.left + x
        parts.append(line((at, y), (at, y + 5), stroke=INK, stroke_width=1.1))
        parts.append(text((at, y + 18), f"{ms:,}", 11.5, anchor="middle", fill=QUIET))
    parts += [_shortening(sheet, s, y) for s in sheet.scale.stretches if s.shortened]
    parts.append(text((MARGIN, y + 4), "ms", 11.5, fill=QUIET))
    return "".join(parts)


def _shortening(sheet: Sheet, stretch: Stretch, y: float) -> str:
    """Two slanted strokes through the axis: the sign for a broken scale."""
    x = sheet.left + (stretch.left + stretch.right) / 2
    gap = rect(x - 4, y - 2, 8, 4, fill=PAPER)
    strokes = path("M", x - 7, y + 5, "l", 6, -10, "M", x + 1, y + 5, "l", 6, -10,
                   stroke=INK, stroke_width=1.2, fill="none")  # fmt: skip
    words = milliseconds(stretch.end - stretch.start)
    return group(gap, strokes, title=f"{words}, drawn shorter than they last")


# A broken property ---------------------------------------------------------------------


def draw_culprits(sheet: Sheet, violation: InvariantViolation) -> str:
    """The lanes of those who broke the property, outlined."""
    half = _half(sheet)
    return "".join(
        rect(MARGIN - 8, sheet.y(name) - half, sheet.right - MARGIN + 16, 2 * half, rx=9,
             fill="none", stroke=ALARM, stroke_width=2.6)
        for name in violation.servers
        if name in sheet.lifelines
    )  # fmt: skip


def draw_breaking_step(sheet: Sheet, violation: InvariantViolation) -> str:
    """An exclamation mark at the step that broke the property."""
    if not sheet.holds(violation.step):
        return ""
    name = lane_of(sheet.history.records[violation.step])
    if name is None or name not in sheet.lifelines:
        return ""
    x, y = sheet.x(violation.step), sheet.y(name)
    top = y - _half(sheet)
    stem = line((x, top), (x, y), stroke=ALARM, stroke_width=2.6)
    flag = circle((x, top), 10, fill=ALARM, stroke=INK, stroke_width=1.2)
    point = text((x, top + 5), "!", 14, anchor="middle", bold=True, fill=BLACK)
    return group(stem, flag, point, title=f"{violation.property} is broken here")


def _half(sheet: Sheet) -> float:
    """Half the height of an outlined lane."""
    return min(sheet.pitch / 2 - 3, 25)
