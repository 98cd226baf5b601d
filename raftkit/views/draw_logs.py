"""`draw_logs`: logs one above the other, as Figure 6 and Figure 7 of the paper draw them.

Each entry is a box with its term and command; committed entries have a solid outline, others a
dashed one. It compares logs, outlines the first index at which they differ, and can show a
leader's next_index and match_index for each follower. It does not know servers or time.
"""

from collections.abc import Mapping

from raftkit.protocol.log import Entry, Log
from raftkit.views.descriptions import command_in_words, listed
from raftkit.views.log_entry import log_entry
from raftkit.views.log_layout import (
    COMMAND_LENGTH,
    HEIGHT,
    MARGIN,
    SMALL,
    Indexes,
    LogLayout,
    differences_of,
    layout_of_logs,
)
from raftkit.views.palette import ALARM, BLACK, FAINT, INK, QUIET
from raftkit.views.picture import Picture
from raftkit.views.svg import (
    circle,
    group,
    line,
    path,
    polygon,
    rect,
    shortened,
    text,
    width_of,
)
from raftkit.views.titled_picture import left_out, titled_picture


def draw_logs(
    logs: Mapping[str, Log],
    commit: Mapping[str, int] | None = None,
    compare: bool = True,
    next_index: Mapping[str, int] | None = None,
    match_index: Mapping[str, int] | None = None,
    outline: Indexes | None = None,
    title: str | None = None,
    first_index: int | None = None,
) -> Picture:
    """Draw logs by name, and compare all others with the first one.

    `commit`, `next_index` and `match_index` give an index by name; `outline` gives indexes to
    outline (an index one past the end shows an empty place). Logs begin with `first_index`; of logs
    that are too long for a page, a part is drawn that has what is outlined, or else the end.

    >>> print(draw_logs({"S1": Log.of_terms(1, 1, 2), "S2": Log.of_terms(1, 1)}, commit={"S1": 2}))
    Logs of S1 and S2. S2 parts from S1 at index 3.
    <BLANKLINE>
    index   1  2  3
    S1      1  1  2   committed up to 2
    S2      1  1  ·
    """
    differences = differences_of(logs) if compare else {}
    layout = layout_of_logs(
        logs,
        commit or {},
        next_index or {},
        match_index or {},
        outline or {},
        differences,
        first_index,
    )
    return _picture(layout, title, _sentences(logs, differences))


def draw_last_entries(
    logs: Mapping[str, Log], commit: Mapping[str, int] | None = None, title: str | None = None
) -> Picture:
    """Draw logs with their last entries outlined, which decide which is more up-to-date (§5.4.1).

    >>> print(draw_last_entries({"S1": Log.of_terms(1, 1, 1), "S2": Log.of_terms(1, 2)}).alt)
    Logs of S1 and S2. S1 ends at index 3 in term 1. S2 ends at index 2 in term 2.
    """
    ends = {name: (log.last_index,) for name, log in logs.items() if log.last_index}
    sentences = [
        f"{name} ends at index {log.last_index} in term {log.last_term}."
        if log.last_index
        else f"{name} is empty."
        for name, log in logs.items()
    ]
    return _picture(layout_of_logs(logs, commit or {}, {}, {}, ends, {}), title, sentences)


def _picture(layout: LogLayout, title: str | None, sentences: list[str]) -> Picture:
    """The drawing and its two renderings in words, all from one layout."""
    title = title or f"Logs of {listed(layout.logs)}"
    alt = " ".join([f"{title}.", *sentences])
    return Picture(_svg(layout, title, alt), alt, f"{alt}\n\n{_table(layout)}")


def _svg(layout: LogLayout, title: str, alt: str) -> str:
    """The image: title, index numbers, a row for each log, and the key below."""
    width = max(layout.width + MARGIN, 420.0)
    rows = [_row(layout, name, row) for row, name in enumerate(layout.logs)]
    foot = layout.top + len(layout.logs) * layout.pitch + 10
    key, height = _key(layout, foot, width)
    body = _indexes(layout) + "".join(rows) + key
    note = left_out(layout.first, layout.last, layout.longest)
    return titled_picture(width, height, body, title, alt, note)


def _indexes(layout: LogLayout) -> str:
    """The indexes above the columns; a long log may begin with a later index than 1."""
    parts = [
        text((layout.x(index) + layout.box / 2, layout.top - 9), str(index), SMALL,
             anchor="middle", fill=QUIET)
        for index in range(layout.first, layout.last + 1)
    ]  # fmt: skip
    return "".join(parts)


def _row(layout: LogLayout, name: str, row: int) -> str:
    """One log: its name, its boxes, an ellipsis for entries that are not drawn, and its marks."""
    log, y = layout.logs[name], layout.top + row * layout.pitch
    parts = [text((MARGIN, y + 23), shortened(name, 16), 15, bold=True)]
    if layout.first > 1:
        parts.append(text((layout.left - 24, y + 23), "…", 17, fill=QUIET))
    for index in range(layout.first, min(layout.last, log.last_index) + 1):
        parts.append(_entry(layout, name, index, y))
    if layout.is_cut and log.last_index > layout.last:
        parts.append(text((layout.x(layout.last + 1) + 4, y + 23), "…", 17, fill=QUIET))
    parts.append(_emphasis(layout, name, y))
    parts.append(_beliefs(layout, name, y))
    return group(*parts)


def _entry(layout: LogLayout, name: str, index: int, y: float) -> str:
    """One entry as in Figure 6: the term large, the command small below it."""
    entry = layout.logs[name][index]
    committed = index <= layout.commit.get(name, 0)
    return log_entry(
        (layout.x(index), y),
        (layout.box, HEIGHT),
        entry,
        _entry_in_words(name, index, entry, committed),
        thick=committed,
        # If no commit index is given, nothing is known of the entry, so its outline is not dashed.
        dashed=bool(layout.commit) and not committed,
        command=shortened(entry.command, COMMAND_LENGTH),
        command_size=SMALL,
    )


def _entry_in_words(name: str, index: int, entry: Entry, committed: bool) -> str:
    """The title of an entry's box, which a screen reader reads and a mouse shows."""
    command = f", {command_in_words(entry.command)}" if entry.command else ""
    state = ", committed" if committed else ""
    return f"{name}, index {index}: term {entry.term}{command}{state}"


def _emphasis(layout: LogLayout, name: str, y: float) -> str:
    """The outlines: where the log first differs from the first one, and the caller's indexes."""
    parts = []
    asked = layout.outline.get(name, ())
    parted = layout.differences.get(name)
    for index in sorted({*asked, *([parted] if parted else [])}):
        if not layout.first <= index <= layout.last:
            continue
        frame = rect(layout.x(index) - 4, y - 4, layout.box + 8, HEIGHT + 8, rx=6,
                     fill="none", stroke=ALARM, stroke_width=2.8)  # fmt: skip
        empty = index > layout.logs[name].last_index
        parts.append(frame + (_empty(layout, index, y) if empty else ""))
    return "".join(parts)


def _empty(layout: LogLayout, index: int, y: float) -> str:
    """A dashed box at an index at which this log has no entry."""
    x = layout.x(index)
    place = rect(x, y, layout.box, HEIGHT, rx=3, fill="none", stroke=FAINT, stroke_width=1.2,
                 stroke_dasharray="2 3")  # fmt: skip
    return place + text((x + layout.box / 2, y + 23), "–", 14, anchor="middle", fill=QUIET)


def _beliefs(layout: LogLayout, name: str, y: float) -> str:
    """The leader's next_index for this log as an arrow, and its match_index as a dot."""
    parts, foot = [], y + HEIGHT
    following, matched = layout.next_index.get(name), layout.match_index.get(name)
    if following is not None and layout.first <= following <= layout.last + 1:
        x = layout.x(following) + layout.box / 2
        head = polygon(((x, foot + 4), (x - 5, foot + 12), (x + 5, foot + 12)), fill=INK)
        stem = line((x, foot + 12), (x, foot + 19), stroke=INK, stroke_width=1.6)
        parts.append(group(head, stem, title=f"next_index of {name}: {following}"))
    if matched is not None and layout.first <= matched <= layout.last:
        # Not in the middle, so that an arrow at the same index stays visible.
        dot = circle((layout.x(matched) + layout.box / 2 - 11, foot + 11), 4.5, fill=INK)
        parts.append(group(dot, title=f"match_index of {name}: {matched}"))
    return "".join(parts)


def _key(layout: LogLayout, top: float, width: float) -> tuple[str, float]:
    """The key of the signs, and the height at which the picture ends."""
    samples = _samples(layout)
    parts, x, y = [], MARGIN, top
    for drawn, words in samples:
        room = 28 + width_of(words, SMALL) + 16
        if x + room > width and x > MARGIN:
            x, y = MARGIN, y + 22
        parts.append(group(drawn, transform=f"translate({x:.1f} {y:.1f})"))
        parts.append(text((x + 28, y + 4), words, SMALL, fill=QUIET))
        x += room
    return "".join(parts), y + (22 if samples else 4)


def _samples(layout: LogLayout) -> list[tuple[str, str]]:
    """The signs in this picture with their meanings; each sign is 22 wide and 14 high."""

    def box(stroke_width: float, dash: str | None, colour: str = INK) -> str:
        return rect(2, -7, 18, 14, rx=3, fill="none", stroke=colour,
                    stroke_width=stroke_width, stroke_dasharray=dash)  # fmt: skip

    number = text((11, 5), "2", 13, anchor="middle", bold=True, fill=BLACK)
    samples = [(box(1.4, None) + number, "term of an entry")]
    if layout.commit:
        samples = [(box(2.4, None) + number, "committed"), (box(1.4, "5 3") + number, "not yet")]
    if layout.differences:
        samples.append((box(2.8, None, ALARM), f"parts from {next(iter(layout.logs))}"))
    elif layout.outline:
        samples.append((box(2.8, None, ALARM), "looked at"))
    if layout.match_index:
        samples.append((circle((11, 0), 4.5, fill=INK), "match_index"))
    if layout.next_index:
        arrow = path("M", 11, -8, "l", 5, 8, "h", -10, "z", fill=INK)
        stem = line((11, 0), (11, 7), stroke=INK, stroke_width=1.6)
        samples.append((arrow + stem, "next_index"))
    return samples


# In words ------------------------------------------------------------------------------


def _sentences(logs: Mapping[str, Log], differences: Mapping[str, int]) -> list[str]:
    """A sentence for each log that differs from the first one, for `alt`."""
    names = list(logs)
    return [
        f"{name} parts from {names[0]} at index {differences[name]}."
        for name in names[1:]
        if name in differences
    ]


def _table(layout: LogLayout) -> str:
    """The terms in columns, with the commands below where there are any."""
    names = [shortened(name, 16) for name in layout.logs]
    gutter = max([6, *(len(name) + 2 for name in names)])
    columns = range(layout.first, layout.last + 1)
    cells = {name: [_cell(log, index) for index in columns] for name, log in layout.logs.items()}
    width = max([2, *(len(cell) for row in cells.values() for cell in row)])
    lines = [f"{'index':<{gutter}}" + "".join(f" {index:>{width}}" for index in columns)]
    for short, (name, row) in zip(names, cells.items(), strict=True):
        drawn = "".join(f" {cell:>{width}}" for cell in row)
        lines.append(f"{short:<{gutter}}{drawn}{_remarks(layout, name)}".rstrip())
    return "\n".join(lines)


def _cell(log: Log, index: int) -> str:
    """An entry in the text table: its term, and after a colon its command if it has one."""
    if index > log.last_index:
        return "·"
    entry = log[index]
    return f"{entry.term}:{shortened(entry.command, 12)}" if entry.command else str(entry.term)


def _remarks(layout: LogLayout, name: str) -> str:
    """The commit index, match_index and next_index of a log, for the end of its line."""
    remarks = []
    if name in layout.commit:
        remarks.append(f"committed up to {layout.commit[name]}")
    if name in layout.match_index:
        remarks.append(f"match_index {layout.match_index[name]}")
    if name in layout.next_index:
        remarks.append(f"next_index {layout.next_index[name]}")
    return "   " + ", ".join(remarks) if remarks else ""
