"""`space_time`: a history as lanes of time with the messages slanting between them.

The assembly: it chooses what to show, lays out the sheet, and stacks what the
other files draw. Figure by Lamport (1978); what a sign means is in `signs`.
"""

from raftkit.simulator.history import History
from raftkit.simulator.records import InvariantViolation
from raftkit.views.descriptions import act_in_words, counted, listed, milliseconds
from raftkit.views.diagram_layout import MARGIN, Sheet, pitch_for
from raftkit.views.draw_flights import draw_flights
from raftkit.views.draw_frame import (
    ACT_ROW,
    act_rows,
    acts_of,
    draw_act_labels,
    draw_act_lines,
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
_WIDTH_MOST = 1_600.0  # wider ones would shrink beyond reading on a page


def space_time(
    history: History,
    first_ms: float | None = None,
    last_ms: float | None = None,
    violation: InvariantViolation | None = None,
    title: str | None = None,
) -> Picture:
    """Draw a history, or its part from `first_ms` to `last_ms` (milliseconds).

    A `violation` is marked at its step, where the picture ends unless `last_ms` says otherwise,
    and the culprits' lanes are outlined. Long histories are
    thinned out, and the picture says what it leaves out.

    >>> from raftkit import Cluster
    >>> cluster = Cluster(servers=3, seed=7)
    >>> cluster.run(ms=400)
    >>> space_time(cluster.history, title="An election").alt.partition(";")[0]
    'An election: S1, S2 and S3 from 0 ms to 400 ms'
    """
    sheet = _sheet(history, first_ms, last_ms, violation)
    title = title or _default_title(sheet, violation)
    alt = _alt(sheet, title, violation)
    told = [
        *sheet.visible.notices,
        history_in_words(history, sheet.visible, dict(sheet.lifelines), sheet.flights),
    ]
    return Picture(_svg(sheet, title, alt, violation), alt, "\n".join([alt, "", *told]))


def _sheet(
    history: History,
    first_ms: float | None,
    last_ms: float | None,
    violation: InvariantViolation | None,
) -> Sheet:
    """Choose what is visible and lay it out, with fewer and fewer messages until it fits a page.

    Laid out twice: how many rows of labels stand on top is only known once each has its place.
    """
    lifelines, flights = lifelines_of(history), flights_of(history)
    step = None if violation is None else violation.step
    for most in (FLIGHTS_LAST, 100, 80, 50, 30):
        visible = visible_records(history, flights, lifelines, first_ms, last_ms, step, most)
        scale = scale_of(history, visible, lifelines)
        if scale.width <= _WIDTH_MOST:
            break
    left = MARGIN + max(26.0, *(width_of(name[:12], 15) + 8 for name in lifelines))
    flat = Sheet(history, visible, lifelines, scale, left, 0.0, pitch_for(len(lifelines)))
    rows = 1 + max((row for *_, row in act_rows(flat)), default=-1)
    top = MARGIN + _TITLE + 14 + rows * ACT_ROW + 26
    return Sheet(history, visible, lifelines, scale, left, top, flat.pitch)


def _svg(sheet: Sheet, title: str, alt: str, violation: InvariantViolation | None) -> str:
    """The image from the ground up: outlines, lanes, arrows, then signs and labels on top."""
    width = sheet.right + MARGIN
    axis = sheet.bottom + 34
    rows = key_rows(sheet)
    key = axis + 42
    foot = key + (len(rows) - 1) * KEY_ROW + 22
    notes, height = _notes(sheet, foot, width, violation)
    act_row = sheet.top - 36
    body = (
        text((MARGIN, MARGIN + _TITLE - 3), title, _TITLE, bold=True),
        draw_culprits(sheet, violation) if violation else "",
        draw_act_lines(sheet, act_row),
        draw_lanes(sheet),
        draw_flights(sheet),
        draw_folds(sheet),
        draw_marks(sheet),
        draw_act_labels(sheet, act_row),
        draw_breaking_step(sheet, violation) if violation else "",
        draw_axis(sheet, axis),
        draw_key(rows, key),
        notes,
    )
    return document(width, height, "".join(body), title, alt)


def _notes(
    sheet: Sheet, top: float, width: float, violation: InvariantViolation | None
) -> tuple[str, float]:
    """What is said below the picture, and the height at which it ends."""
    parts, y = [], top
    for notice in sheet.visible.notices:
        parts.append(text((MARGIN, y + 8), notice, 12, fill=QUIET))
        y += 20
    if violation is not None:
        headline = f"{violation.property} is broken ({violation.section})"
        detail = wrapped(violation.detail, 14, width - 2 * MARGIN - 14)
        parts.append(rect(MARGIN, y, 4, (1 + len(detail)) * 20, fill=ALARM))
        for number, line in enumerate([headline, *detail]):
            parts.append(text((MARGIN + 14, y + 15), line, 14, bold=number == 0))
            y += 20
        y += 6
    return "".join(parts), y + 6


def _verdict(violation: InvariantViolation) -> str:
    """The broken property in one sentence, for those who do not see the red."""
    return f"{violation.property} is broken ({violation.section}): {violation.detail}"


# In words ------------------------------------------------------------------------------


def _default_title(sheet: Sheet, violation: InvariantViolation | None) -> str:
    """A title for a picture that was given none: the finding if there is one, else who and when."""
    if violation is not None:
        return f"{violation.property} is broken"
    servers = sum(lifeline.is_server for lifeline in sheet.lifelines.values())
    who = (
        counted(servers, "server")
        if servers
        else counted(len(sheet.lifelines), "process", "processes")
    )
    return f"{who}, {milliseconds(sheet.visible.start)} to {milliseconds(sheet.visible.end)}"


def _alt(sheet: Sheet, title: str, violation: InvariantViolation | None) -> str:
    """The picture in a few sentences: who, when, how many messages, and the first few events.

    A screen reader speaks it in one breath; whoever wants all of it reads `text`.
    """
    span = f"from {milliseconds(sheet.visible.start)} to {milliseconds(sheet.visible.end)}"
    lost = sum(flight.fate == "lost" for flight in sheet.flights)
    messages = counted(len(sheet.flights) + sum(sheet.visible.folds.values()), "message")
    facts = [f"{title}: {listed(sheet.lifelines)} {span}; {messages}, {lost} lost."]
    facts += _leaders(sheet)[:4] + _acts(sheet)[:4]
    if violation is not None:
        facts.append(_verdict(violation))
    return " ".join(facts)


def _leaders(sheet: Sheet) -> list[str]:
    """Who was elected within the window, and when."""
    records = sheet.history.records
    elected: dict[tuple[str, str], int] = {}
    for lifeline in sheet.lifelines.values():
        for span in lifeline.spans:
            if span.look is not None and span.look.outline == "thick":
                # Its first span alone: after a pause a leader leads on.
                elected.setdefault((lifeline.name, span.look.in_words), span.start)
    return [
        f"{name} becomes {words} at {milliseconds(records[position].time)}."
        for (name, words), position in sorted(elected.items(), key=lambda item: item[1])
        if sheet.holds(position)
    ]


def _acts(sheet: Sheet) -> list[str]:
    """What was done to the cluster within the window, and when."""
    records = sheet.history.records
    return [
        f"At {milliseconds(records[position].time)}: {act_in_words(action)}."
        for position, action in acts_of(sheet)
    ]
