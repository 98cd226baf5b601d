"""The frame of a space-time diagram: actions, partitions, folds, the axis, a broken property.

It draws everything that concerns several lanes: labels of actions above them, partitions as
walls between them, the axis, strips for folded messages, and outlines around the servers that
broke a property. It does not know what happens on a lane.
"""

from itertools import pairwise
from typing import Any

from raftkit.simulator.by_hand import ByHand, Deliver, Lose
from raftkit.simulator.faults import Heal, Partition, Timeout
from raftkit.simulator.raft_system import Ask, Propose
from raftkit.simulator.records import Acted, InvariantViolation
from raftkit.views.descriptions import action_in_words, milliseconds
from raftkit.views.diagram_layout import MARGIN, DiagramLayout, rows_for
from raftkit.views.palette import ALARM, FAINT, INK, ON_ALARM, PAPER, QUIET
from raftkit.views.svg import circle, group, line, path, rect, shortened, text, width_of
from raftkit.views.time_scale import Stretch, lane_of

ACTION_ROW = 17.0
ACTION_SIZE = 12.0
WALL_DASH = "9 3 2 3"

# Actions -------------------------------------------------------------------------------


def actions_of(layout: DiagramLayout) -> list[tuple[int, Any]]:
    """The actions in the window that have a label, with their positions."""
    # An action is recorded just before the step that it causes, hence the record before each mark.
    marked = {
        mark.position - 1 for lifeline in layout.lifelines.values() for mark in lifeline.marks
    }
    # The step that a request causes has its own sign, so the request needs no label. Neither do
    # actions by hand, whose messages and timeouts are drawn like any others.
    by_hand = any(isinstance(asked.action, ByHand) for asked in layout.history.inputs)
    signed = Ask | Propose | Timeout if by_hand else Ask | Propose
    return [
        (position, record.action)
        for position, record in enumerate(layout.history.records)
        if isinstance(record, Acted)
        and layout.holds(position)
        and not isinstance(record.action, ByHand | Deliver | Lose)
        and not (isinstance(record.action, signed) and position in marked)
    ]


def action_rows(layout: DiagramLayout) -> list[tuple[float, str, str, int]]:
    """The label of each action: its left end, its words, its text anchor's name, and its row."""
    labels = []
    for position, action in actions_of(layout):
        words = shortened(action_in_words(action), 44)
        x, width = layout.x(position), width_of(words, ACTION_SIZE, bold=True) + 10
        # A label that would cross the right edge moves left; its line does not.
        left = max(min(x, layout.right + MARGIN - width), MARGIN)
        labels.append((left, width, words))
    rows = rows_for((left, left + width) for left, width, _ in labels)
    return [(left, words, "start", row) for (left, _, words), row in zip(labels, rows, strict=True)]


def draw_action_lines(layout: DiagramLayout, first_row: float) -> str:
    """A line from each action's label down to the lane that it concerns, and the walls."""
    parts = []
    labels = action_rows(layout)
    for (position, action), (_, _, _, row) in zip(actions_of(layout), labels, strict=True):
        # The line of an action on one process is dotted and ends on its lane; that of an action
        # on the network crosses all lanes.
        name = lane_of(Acted(0, action))
        foot = layout.bottom + 16 if name not in layout.lifelines else layout.y(str(name))
        x, head = layout.x(position), first_row - row * ACTION_ROW + 4
        dash = None if name is None else "2 3"
        parts.append(line((x, head), (x, foot), stroke=FAINT, stroke_width=1.1,
                          stroke_dasharray=dash))  # fmt: skip
    return "".join(parts) + draw_walls(layout)


def draw_action_labels(layout: DiagramLayout, first_row: float) -> str:
    """The labels of the actions, above the lanes."""
    parts = []
    for (position, _), (left, words, _, row) in zip(
        actions_of(layout), action_rows(layout), strict=True
    ):
        time = milliseconds(layout.history.records[position].time)
        label = text(
            (left - 2, first_row - row * ACTION_ROW), words, ACTION_SIZE, bold=True, halo=True
        )
        parts.append(group(label, title=f"{time}: {words}"))
    return "".join(parts)


def draw_walls(layout: DiagramLayout) -> str:
    """The walls of all partitions: lines between neighbouring lanes of different groups."""
    parts = []
    # From the first record on, because a partition may have begun before the window. Partitions
    # add up until the network is healed, and so do their walls.
    standing: list[tuple[int, Partition]] = []
    for position, record in enumerate(layout.history.records[: layout.visible.last]):
        match record:
            case Acted(_, Partition() as partition):
                standing.append((position, partition))
            case Acted(_, Heal()):
                right = layout.x(position)
                parts += [_wall(layout, each, layout.x(began), right) for began, each in standing]
                standing.clear()
    parts += [_wall(layout, each, layout.x(began), layout.right) for began, each in standing]
    return "".join(parts)


def _wall(layout: DiagramLayout, partition: Partition, left: float, right: float) -> str:
    """The walls of one partition: a dashed line between neighbouring lanes that it separates.

    Servers that no group names form one more group, number 0, as in the simulator.
    """
    group_of = {name: n for n, names in enumerate(partition.groups, 1) for name in names}
    servers = [name for name, lifeline in layout.lifelines.items() if lifeline.is_server]
    parts = []
    for upper, lower in pairwise(servers):
        if group_of.get(upper, 0) != group_of.get(lower, 0) and right > left:
            y = (layout.y(upper) + layout.y(lower)) / 2
            parts.append(line((left, y), (right, y), stroke=ALARM, stroke_width=2.2,
                              stroke_dasharray=WALL_DASH))  # fmt: skip
    return group(*parts, title=action_in_words(partition)) if parts else ""


# The axis ------------------------------------------------------------------------------


def draw_folds(layout: DiagramLayout) -> str:
    """A blank strip over the lanes wherever messages are folded away."""
    return "".join(_fold(layout, stretch) for stretch in layout.scale.stretches if stretch.folded)


def take_places_of_folds(layout: DiagramLayout) -> None:
    """Take the places of the strips, under which nothing could be seen."""
    for stretch in layout.scale.stretches:
        if stretch.folded:
            middle = layout.left + (stretch.left + stretch.right) / 2
            layout.taken.take((middle - 14, layout.top - 22, middle + 14, layout.bottom + 20))


def _fold(layout: DiagramLayout, stretch: Stretch) -> str:
    """A blank strip across all lanes, with the number of messages that are not drawn."""
    middle = layout.left + (stretch.left + stretch.right) / 2
    top, bottom = layout.top - 22, layout.bottom + 20
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


def draw_axis(layout: DiagramLayout, y: float) -> str:
    """The axis of milliseconds, with a mark where a stretch without records is shortened."""
    parts = [line((layout.left, y), (layout.right, y), stroke=INK, stroke_width=1.1)]
    for x, ms in layout.scale.ticks():
        at = layout.left + x
        parts.append(line((at, y), (at, y + 5), stroke=INK, stroke_width=1.1))
        # The last number is moved to stay on the paper.
        middle = min(at, layout.right + MARGIN - 2 - width_of(f"{ms:,}", 11.5) / 2)
        parts.append(text((middle, y + 18), f"{ms:,}", 11.5, anchor="middle", fill=QUIET))
    parts += [_shortening(layout, s, y) for s in layout.scale.stretches if s.shortened]
    parts.append(text((MARGIN, y + 4), "ms", 11.5, fill=QUIET))
    return "".join(parts)


def _shortening(layout: DiagramLayout, stretch: Stretch, y: float) -> str:
    """Two slanted strokes through the axis, which mean that the scale is broken there."""
    x = layout.left + (stretch.left + stretch.right) / 2
    gap = rect(x - 4, y - 2, 8, 4, fill=PAPER)
    strokes = path("M", x - 7, y + 5, "l", 6, -10, "M", x + 1, y + 5, "l", 6, -10,
                   stroke=INK, stroke_width=1.2, fill="none")  # fmt: skip
    words = milliseconds(stretch.end - stretch.start)
    return group(gap, strokes, title=f"{words}, drawn shorter than they last")


# A broken property ---------------------------------------------------------------------


def draw_culprits(layout: DiagramLayout, violation: InvariantViolation) -> str:
    """Outlines around the lanes of the servers that broke the property."""
    half = _half_lane(layout)
    return "".join(
        rect(MARGIN - 8, layout.y(name) - half, layout.right - MARGIN + 16, 2 * half, rx=9,
             fill="none", stroke=ALARM, stroke_width=2.6)
        for name in violation.servers
        if name in layout.lifelines
    )  # fmt: skip


def take_place_of_breaking_step(layout: DiagramLayout, violation: InvariantViolation) -> None:
    """Take the place of the exclamation mark."""
    place = _breaking_step(layout, violation)
    if place is not None:
        x, _, top = place
        layout.taken.take((x - 11, top - 11, x + 11, top + 11))


def _breaking_step(
    layout: DiagramLayout, violation: InvariantViolation
) -> tuple[float, float, float] | None:
    """The x coordinate of the step that broke the property, that of its lane, and its outline's."""
    if not layout.holds(violation.step):
        return None
    name = lane_of(layout.history.records[violation.step])
    if name is None or name not in layout.lifelines:
        return None
    y = layout.y(name)
    return layout.x(violation.step), y, y - _half_lane(layout)


def draw_breaking_step(layout: DiagramLayout, violation: InvariantViolation) -> str:
    """An exclamation mark at the step that broke the property."""
    place = _breaking_step(layout, violation)
    if place is None:
        return ""
    x, y, top = place
    stem = line((x, top), (x, y), stroke=ALARM, stroke_width=2.6)
    flag = circle((x, top), 10, fill=ALARM, stroke=INK, stroke_width=1.2)
    point = text((x, top + 5), "!", 14, anchor="middle", bold=True, fill=ON_ALARM)
    return group(stem, flag, point, title=f"{violation.property} is broken here")


def _half_lane(layout: DiagramLayout) -> float:
    """Half the height of an outlined lane."""
    return min(layout.pitch / 2 - 3, 25)
