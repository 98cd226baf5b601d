"""`log_entry`: one log entry as in Figure 6, a box in its term's colour with the term inside.

It does not know logs, layout or servers, nor what an outline means; its callers do.
"""

from raftkit.protocol.log import Entry
from raftkit.views.palette import INK, term_colour, text_on
from raftkit.views.svg import Point, group, rect, text, width_of

DASH = "5 3"


def log_entry(
    at: Point,
    size: Point,
    entry: Entry,
    title: str,
    *,
    thick: bool = False,
    dashed: bool = False,
    command: str = "",
    command_size: float = 11.5,
) -> str:
    """A box of `size` with its upper left corner at `at`; a `command` is written below the term."""
    (x, y), (width, height) = at, size
    colour = term_colour(entry.term)
    ink = text_on(colour)
    box = rect(x, y, width, height, rx=3, fill=colour, stroke=INK,
               stroke_width=2.4 if thick else 1.4,
               stroke_dasharray=DASH if dashed else None)  # fmt: skip
    middle = x + width / 2
    baseline = y + (16 if command else height / 2 + 6)
    term = str(entry.term)
    # The digits of a large term are smaller, so that they stay in their box.
    digits = min(15.0, 15.0 * (width - 2) / width_of(term, 15, bold=True))
    words = [text((middle, baseline), term, digits, anchor="middle", bold=True, fill=ink)]
    if command:
        words.append(text((middle, y + 30), command, command_size, anchor="middle", fill=ink))
    return group(box, *words, title=title)
