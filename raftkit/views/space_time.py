"""`space_time`: a history as a diagram of lanes with messages as arrows between them.

It chooses the records to show, makes the layout, and puts the parts together that the other
modules draw. The form of the diagram is Lamport's (1978); the signs are in symbols.py.
"""

from itertools import chain

from raftkit.simulator.history import History
from raftkit.simulator.records import InvariantViolation
from raftkit.views.descriptions import action_in_words, counted, listed, milliseconds
from raftkit.views.diagram_layout import MARGIN, DiagramLayout, pitch_for
from raftkit.views.draw_flights import draw_flights
from raftkit.views.draw_frame import (
    ACTION_ROW,
    ACTION_SIZE,
    action_rows,
    actions_of,
    draw_action_labels,
    draw_action_lines,
    draw_axis,
    draw_breaking_step,
    draw_culprits,
    draw_folds,
)
from raftkit.views.draw_key import KEY_ROW, draw_key, key_rows
from raftkit.views.draw_lanes import draw_lanes, draw_marks
from raftkit.views.message_flights import flights_of
from raftkit.views.palette import ALARM, QUIET
from raftkit.views.picture import Picture
from raftkit.views.role_spans import lifelines_of
from raftkit.views.svg import document, rect, text, width_of, wrapped
from raftkit.views.text_alternative import history_in_words
from raftkit.views.time_scale import scale_of
from raftkit.views.visible_records import FLIGHTS_LAST, visible_records

_TITLE = 17.0
_WIDTH_MOST = 1_600.0  # a wider picture would be too small to read on a page


def space_time(
    history: History,
    first_ms: float | None = None,
    last_ms: float | None = None,
    violation: InvariantViolation | None = None,
    title: str | None = None,
) -> Picture:
    """Draw a history, or its part from `first_ms` to `last_ms` (milliseconds).

    A `violation` is marked at its step, where the picture ends unless `last_ms` is given, and the
    lanes of the servers that broke the property are outlined. Of a long history a part is left
    out, and the picture says so.

    >>> from raftkit import Cluster
    >>> cluster = Cluster(servers=3, seed=7)
    >>> cluster.run(ms=400)
    >>> space_time(cluster.history, title="An election").alt.partition(";")[0]
    'An election: S1, S2 and S3 from 0 ms to 400 ms'
    """
    layout = _layout(history, first_ms, last_ms, violation)
    title = title or _default_title(layout, violation)
    alt = _alt(layout, title, violation)
    lines = [
        *layout.visible.notices,
        history_in_words(history, layout.visible, dict(layout.lifelines), layout.flights),
    ]
    return Picture(_svg(layout, title, alt, violation), alt, "\n".join([alt, "", *lines]))


def _layout(
    history: History,
    first_ms: float | None,
    last_ms: float | None,
    violation: InvariantViolation | None,
) -> DiagramLayout:
    """The layout of the visible records, with fewer messages until it fits a page.

    It is made twice, because the number of rows of labels depends on the labels' places.
    """
    lifelines, flights = lifelines_of(history), flights_of(history)
    step = None if violation is None else violation.step
    for most in (FLIGHTS_LAST, 100, 80, 50, 30):
        visible = visible_records(history, flights, lifelines, first_ms, last_ms, step, most)
        scale = scale_of(history, visible, lifelines)
        if scale.width <= _WIDTH_MOST:
            break
    left = MARGIN + max(26.0, *(width_of(name[:12], 15, bold=True) + 8 for name in lifelines))
    flat = DiagramLayout(history, visible, lifelines, scale, left, 0.0, pitch_for(len(lifelines)))
    rows = 1 + max((row for *_, row in action_rows(flat)), default=-1)
    top = MARGIN + _TITLE + 14 + rows * ACTION_ROW + 26
    return DiagramLayout(history, visible, lifelines, scale, left, top, flat.pitch)


def _svg(layout: DiagramLayout, title: str, alt: str, violation: InvariantViolation | None) -> str:
    """The image: outlines, lanes and arrows, and over them signs and labels."""
    width = _width(layout, title, violation)
    axis = layout.bottom + 34
    rows = key_rows(layout)
    key = axis + 42
    foot = key + (len(rows) - 1) * KEY_ROW + 22
    notes, height = _notes(layout, foot, width, violation)
    action_row = layout.top - 36
    body = (
        text((MARGIN, MARGIN + _TITLE - 3), title, _TITLE, bold=True),
        draw_culprits(layout, violation) if violation else "",
        draw_action_lines(layout, action_row),
        draw_lanes(layout),
        draw_flights(layout),
        draw_folds(layout),
        draw_marks(layout),
        draw_action_labels(layout, action_row),
        draw_breaking_step(layout, violation) if violation else "",
        draw_axis(layout, axis),
        draw_key(rows, key),
        notes,
    )
    return document(width, height, "".join(body), title, alt)


def _width(layout: DiagramLayout, title: str, violation: InvariantViolation | None) -> float:
    """The width of the image: that of the lanes, or more if the words need it."""
    words = [(title, _TITLE), *((label, ACTION_SIZE) for _, label, *_ in action_rows(layout))]
    words += [(_headline(violation), 14)] if violation else []
    widest = max(width_of(text, size, bold=True) for text, size in words)
    return max(layout.right + MARGIN, widest + 2 * MARGIN + 14)


def _notes(
    layout: DiagramLayout, top: float, width: float, violation: InvariantViolation | None
) -> tuple[str, float]:
    """The notices and the violation below the picture, and the height at which they end."""
    parts, y = [], top
    notices = (wrapped(each, 12, width - 2 * MARGIN) for each in layout.visible.notices)
    for notice in chain.from_iterable(notices):
        parts.append(text((MARGIN, y + 8), notice, 12, fill=QUIET))
        y += 20
    if violation is not None:
        headline = _headline(violation)
        detail = wrapped(violation.detail, 14, width - 2 * MARGIN - 14)
        parts.append(rect(MARGIN, y, 4, (1 + len(detail)) * 20, fill=ALARM))
        for number, line in enumerate([headline, *detail]):
            parts.append(text((MARGIN + 14, y + 15), line, 14, bold=number == 0))
            y += 20
        y += 6
    return "".join(parts), y + 6


def _headline(violation: InvariantViolation) -> str:
    return f"{violation.property} is broken ({violation.section})"


def _verdict(violation: InvariantViolation) -> str:
    """The broken property in one sentence."""
    return f"{_headline(violation)}: {violation.detail}"


# In words ------------------------------------------------------------------------------


def _default_title(layout: DiagramLayout, violation: InvariantViolation | None) -> str:
    """The default title: the broken property, or else the number of servers and the time."""
    if violation is not None:
        return f"{violation.property} is broken"
    servers = sum(lifeline.is_server for lifeline in layout.lifelines.values())
    who = (
        counted(servers, "server")
        if servers
        else counted(len(layout.lifelines), "process", "processes")
    )
    return f"{who}, {milliseconds(layout.visible.start)} to {milliseconds(layout.visible.end)}"


def _alt(layout: DiagramLayout, title: str, violation: InvariantViolation | None) -> str:
    """A summary of the picture: processes, time, number of messages, and the first few events.

    It is short, because a screen reader reads all of it at once; `text` has everything.
    """
    span = f"from {milliseconds(layout.visible.start)} to {milliseconds(layout.visible.end)}"
    lost = sum(flight.outcome == "lost" for flight in layout.flights)
    messages = counted(len(layout.flights) + sum(layout.visible.folds.values()), "message")
    facts = [f"{title}: {listed(layout.lifelines)} {span}; {messages}, {lost} lost."]
    facts += _leaders(layout)[:4] + _actions(layout)[:4]
    if violation is not None:
        facts.append(_verdict(violation))
    return " ".join(facts)


def _leaders(layout: DiagramLayout) -> list[str]:
    """A sentence for each leader that is elected in the window."""
    records = layout.history.records
    elected: dict[tuple[str, str], int] = {}
    for lifeline in layout.lifelines.values():
        for span in lifeline.spans:
            if span.look is not None and span.look.outline == "thick":
                # Only its first span, because a leader stays leader after a pause.
                elected.setdefault((lifeline.name, span.look.in_words), span.start)
    return [
        f"{name} becomes {words} at {milliseconds(records[position].time)}."
        for (name, words), position in sorted(elected.items(), key=lambda item: item[1])
        if layout.holds(position)
    ]


def _actions(layout: DiagramLayout) -> list[str]:
    """A sentence for each action from outside in the window."""
    records = layout.history.records
    return [
        f"At {milliseconds(records[position].time)}: {action_in_words(action)}."
        for position, action in actions_of(layout)
    ]
