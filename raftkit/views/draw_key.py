"""The key below a space-time diagram: what its lines and signs mean.

It lists what the picture has and nothing else, so that a small picture has a
small key.
"""

from collections.abc import Callable

from raftkit.protocol.look import OUTLINES, Look, Outline
from raftkit.protocol.messages import AppendEntriesRequest
from raftkit.views.diagram_layout import MARGIN, Sheet
from raftkit.views.draw_frame import WALL_DASH, draw_walls
from raftkit.views.palette import ALARM, INK, PAPER, QUIET
from raftkit.views.svg import Point, circle, line, text, width_of
from raftkit.views.symbols import (
    VOTE_RESPONSE,
    Kind,
    arrow,
    clock,
    cross,
    diamond,
    entry_box,
    kind_of,
    lane,
    verdict,
)

KEY_ROW = 22.0
_KEY_SIZE = 11.5

Sample = tuple[str, Callable[[Point], str]]


def key_rows(sheet: Sheet) -> list[list[tuple[float, Sample]]]:
    """The samples of the key, in rows: only what the picture has."""
    rows: list[list[tuple[float, Sample]]] = [[]]
    x = sheet.left
    for sample in _samples(sheet):
        width = 34 + width_of(sample[0], _KEY_SIZE) + 16
        if rows[-1] and x + width > sheet.right + MARGIN:
            rows.append([])
            x = sheet.left
        rows[-1].append((x, sample))
        x += width
    return rows


def draw_key(rows: list[list[tuple[float, Sample]]], top: float) -> str:
    """What the lines and signs mean."""
    parts = []
    for number, row in enumerate(rows):
        y = top + number * KEY_ROW
        for x, (words, draw) in row:
            parts.append(draw((x, y)))
            parts.append(text((x + 34, y + 4), words, _KEY_SIZE, fill=QUIET))
    return "".join(parts)


def _samples(sheet: Sheet) -> list[Sample]:
    """Each sign that the picture has, with its name: messages first, then what befalls them."""
    kinds: dict[Kind, None] = {}
    for flight in sheet.flights:
        kinds.setdefault(kind_of(flight.message))
    samples: list[Sample] = [(kind.name, _arrow_sample(kind)) for kind in kinds]
    marks = {mark.kind for lifeline in sheet.lifelines.values() for mark in lifeline.marks
             if sheet.holds(mark.position)}  # fmt: skip
    if any(
        isinstance(f.message, AppendEntriesRequest) and f.message.entries for f in sheet.flights
    ):
        samples.append(("entry, with its term", lambda at: entry_box((at[0] + 20, at[1]), 1)))
    if VOTE_RESPONSE in kinds:
        samples.append(("yes, no", _verdicts))
    if "timeout" in marks:
        samples.append(("election timeout", lambda at: clock((at[0] + 20, at[1]))))
    if "commit" in marks:
        samples.append(("commit_index", lambda at: diamond((at[0] + 20, at[1]))))
    if any(flight.fate == "lost" for flight in sheet.flights):
        samples.append(("lost", lambda at: cross((at[0] + 20, at[1]), 4.5, 2.2)))
    if any(flight.fate == "under way" for flight in sheet.flights):
        samples.append(("under way", _ring))
    if draw_walls(sheet):
        samples.append(("partition", _wall_sample))
    return samples + _role_samples(sheet)


def _role_samples(sheet: Sheet) -> list[Sample]:
    """The roles that a server has had by the end of the picture."""
    looks = [
        span.look
        for lifeline in sheet.lifelines.values()
        for span in lifeline.spans
        if span.look is not None and span.start < sheet.visible.last
    ]
    roles = {_role(look): look.outline for look in looks}
    return [
        (role, _lane_sample(roles[role]))
        for role in sorted(roles, key=lambda role: OUTLINES.index(roles[role]))
    ]


def _role(look: Look) -> str:
    """A role, after its letter if a badge has only that."""
    return f"{look.label[0]} {look.role}" if look.label else look.role


def _lane_sample(outline: Outline) -> Callable[[Point], str]:
    """A piece of lane with this outline; grey, as in term 0, for no term is meant."""
    return lambda at: lane(at[0], at[0] + 28, at[1], outline, 0)


def _arrow_sample(kind: Kind) -> Callable[[Point], str]:
    """A flat arrow of this kind of message."""
    return lambda at: arrow(at, (at[0] + 29, at[1]), kind)


def _verdicts(at: Point) -> str:
    """Both answers to a request side by side: neither explains itself without the other."""
    return verdict((at[0] + 8, at[1]), True, 6) + verdict((at[0] + 23, at[1]), False, 6)


def _wall_sample(at: Point) -> str:
    return line(at, (at[0] + 29, at[1]), stroke=ALARM, stroke_width=2.2, stroke_dasharray=WALL_DASH)


def _ring(at: Point) -> str:
    """The end of an arrow that has not landed when the picture ends."""
    x, y = at
    return line((x + 4, y), (x + 20, y), stroke=INK, stroke_width=1.3) + circle(
        (x + 22, y), 3, fill=PAPER, stroke=INK, stroke_width=1.3
    )
