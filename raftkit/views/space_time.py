"""`space_time`: a history as a diagram of lanes with messages as arrows between them.

It chooses the records to show and puts the rows together from the parts that the other modules
draw. The form of the diagram is Lamport's (1978); the signs are in symbols.py.
"""

from dataclasses import replace

from raftkit.simulator.history import History
from raftkit.simulator.records import InvariantViolation
from raftkit.views.descriptions import action_in_words, counted, listed, milliseconds
from raftkit.views.diagram_layout import MARGIN, DiagramLayout
from raftkit.views.diagram_rows import fits, rows_of
from raftkit.views.draw_flights import draw_flights
from raftkit.views.draw_frame import (
    ACTION_SIZE,
    action_rows,
    actions_of,
    draw_action_labels,
    draw_action_lines,
    draw_axis,
    draw_breaking_step,
    draw_culprits,
    draw_folds,
    take_place_of_breaking_step,
    take_places_of_folds,
)
from raftkit.views.draw_key import KEY_ROW, draw_key, key_rows
from raftkit.views.draw_lanes import draw_lanes, draw_marks, take_places_of_marks
from raftkit.views.message_flights import flights_of
from raftkit.views.palette import ALARM, QUIET
from raftkit.views.picture import Picture
from raftkit.views.role_spans import lifelines_of
from raftkit.views.svg import rect, text, width_of, wrapped
from raftkit.views.text_alternative import history_in_words
from raftkit.views.titled_picture import WIDEST, titled_picture
from raftkit.views.visible_records import FLIGHTS_LAST, VisibleRecords, visible_records

_LEFT_OUT = "the first {:,} messages are left out"
_FOLDED = "{:,} messages that change nothing, heartbeats above all, are folded away."


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
    visible, rows = _rows(history, first_ms, last_ms, violation)
    layout = replace(rows[0], visible=visible)  # the words are about all rows
    by_default = title is None and violation is None
    title = title or _default_title(layout, violation)
    alt = _alt(layout, title, violation)
    lines = [
        *_notices(visible),
        history_in_words(history, visible, dict(layout.lifelines), layout.flights),
    ]
    note = _omission(history, visible, in_title=by_default)
    svg = _svg(visible, rows, title, alt, note, violation)
    return Picture(svg, alt, "\n".join([alt, "", *lines]))


def _rows(
    history: History,
    first_ms: float | None,
    last_ms: float | None,
    violation: InvariantViolation | None,
) -> tuple[VisibleRecords, list[DiagramLayout]]:
    """The visible records, fewer until they fit a page, and the rows that they fill."""
    lifelines, flights = lifelines_of(history), flights_of(history)
    step = None if violation is None else violation.step
    for most in (FLIGHTS_LAST, 100, 80, 50, 30, 15):
        visible = visible_records(history, flights, lifelines, first_ms, last_ms, step, most)
        rows = rows_of(history, visible, lifelines)
        if fits(rows):
            break
    return visible, rows


def _svg(
    visible: VisibleRecords,
    rows: list[DiagramLayout],
    title: str,
    alt: str,
    note: str,
    violation: InvariantViolation | None,
) -> str:
    """The image: rows of lanes one below the other, the key, and notes."""
    width = _width(rows, violation)
    samples = key_rows(rows)
    key = rows[-1].bottom + 76
    foot = key + (len(samples) - 1) * KEY_ROW + 22
    notes, height = _notes(visible, foot, width, violation)
    body = [*(_row(row, violation) for row in rows), draw_key(samples, key), notes]
    return titled_picture(width, height, "".join(body), title, alt, note)


def _row(layout: DiagramLayout, violation: InvariantViolation | None) -> str:
    """One row: outlines, lanes and arrows, and over them signs and labels."""
    action_row = layout.top - 36
    take_places_of_marks(layout)
    take_places_of_folds(layout)
    if violation is not None:
        take_place_of_breaking_step(layout, violation)
    body = (
        draw_culprits(layout, violation) if violation else "",
        draw_action_lines(layout, action_row),
        draw_lanes(layout),
        draw_flights(layout),
        draw_folds(layout),
        draw_marks(layout),
        draw_action_labels(layout, action_row),
        draw_breaking_step(layout, violation) if violation else "",
        draw_axis(layout, layout.bottom + 34),
    )
    return "".join(body)


def _width(rows: list[DiagramLayout], violation: InvariantViolation | None) -> float:
    """The width of the image: that of the lanes, or more if the words need it."""
    words = [(label, ACTION_SIZE) for row in rows for _, label, *_ in action_rows(row)]
    words += [(_headline(violation), 14)] if violation else []
    widest = max((width_of(text, size, bold=True) for text, size in words), default=0.0)
    lanes = max(row.right + MARGIN for row in rows)
    return max(lanes, min(widest + 2 * MARGIN + 14, WIDEST))


def _omission(history: History, visible: VisibleRecords, in_title: bool) -> str:
    """What the picture leaves out of the history, beside a title that may have its times."""
    parts = []
    if visible.start > 0 or visible.end < history.end:
        span = f"{milliseconds(visible.start)} to {milliseconds(visible.end)} "
        parts.append(f"{'' if in_title else span}of {milliseconds(history.end)}")
    if visible.left_out:
        parts.append(f"{_LEFT_OUT.format(visible.left_out)} (first_ms, last_ms)")
    return "; ".join(parts)


def _notices(visible: VisibleRecords) -> list[str]:
    """What is left out and folded away, in sentences."""
    notices = []
    if visible.left_out:
        notices.append(f"T{_LEFT_OUT.format(visible.left_out)[1:]}; see first_ms and last_ms.")
    if visible.folded:
        notices.append(_FOLDED.format(visible.folded))
    return notices


def _notes(
    visible: VisibleRecords, top: float, width: float, violation: InvariantViolation | None
) -> tuple[str, float]:
    """The folds and the violation in words below the picture, and the height at which they end."""
    parts, y = [], top
    folded = _FOLDED.format(visible.folded) if visible.folded else ""
    for notice in wrapped(folded, 12, width - 2 * MARGIN):
        parts.append(text((MARGIN, y + 8), notice, 12, fill=QUIET))
        y += 20
    if violation is not None:
        room = width - 2 * MARGIN - 14
        headline = wrapped(_headline(violation), 14 * 1.15, room)
        lines = [*headline, *wrapped(violation.detail, 14, room)]
        parts.append(rect(MARGIN, y, 4, len(lines) * 20, fill=ALARM))
        for number, line in enumerate(lines):
            bold = number < len(headline)
            parts.append(text((MARGIN + 14, y + 15), line, 14, bold=bold))
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
