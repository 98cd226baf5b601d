"""`draw_storage`: a server's memory above its disk, to show what a crash loses (Figure 2, State).

Values on disk that differ from memory are outlined. It compares two values, and knows neither
when they are written nor what for.
"""

from typing import Final

from raftkit.protocol.log import Log
from raftkit.protocol.persistence import Persistent
from raftkit.views.descriptions import listed
from raftkit.views.log_entry import log_entry
from raftkit.views.palette import ALARM, INK, PAPER, QUIET
from raftkit.views.picture import Picture
from raftkit.views.svg import group, line, polygon, rect, shortened, text
from raftkit.views.symbols import DASHED
from raftkit.views.titled_picture import WIDEST, left_out, titled_picture

_MARGIN: Final = 18.0
_BOX: Final = 32.0
_TERM: Final = 150.0  # the left ends of the columns
_VOTE: Final = 260.0
_LOG: Final = 364.0
_REST: Final = 32.0  # between the log and the volatile values
_MEMORY: Final = 56.0  # the upper edge of each half
_DISK: Final = 162.0  # if the log has one row
_HEIGHT: Final = 78.0
_BETWEEN: Final = _DISK - _MEMORY - _HEIGHT
_IN_A_ROW: Final = 16  # entries
_ROWS: Final = 3  # of entries; of a longer log, the first are left out
_ROW: Final = 40.0
_EACH: Final = 112.0  # the width of a volatile value

Volatile = dict[str, str]


def draw_storage(
    in_memory: Persistent | None,
    on_disk: Persistent,
    role: str | None = None,
    commit_index: int | None = None,
    last_applied: int | None = None,
    title: str | None = None,
    first_index: int | None = None,
) -> Picture:
    """Draw the state in a server's memory and on its disk, with its volatile values if given.

    If `in_memory` is None, the server is down and its memory is empty. The log begins with
    `first_index`; of a log that is too long for a page, the first difference is drawn, or the end.

    >>> memory = Persistent(2, None, Log.of_terms(1, 2))
    >>> print(draw_storage(memory, Persistent(1, "S2", Log.of_terms(1)), role="follower"))
    Memory and disk. The disk does not hold current_term, voted_for and log as memory does.
    <BLANKLINE>
            current_term  voted_for  log
    memory  2             None       1 2    role follower
    disk    1             S2         1
    """
    volatile: Volatile = {
        name: str(value)
        for name, value in (
            ("role", role), ("commit_index", commit_index), ("last_applied", last_applied)
        )
        if value is not None
    }  # fmt: skip
    differing = _differing(in_memory, on_disk)
    title = title or "Memory and disk"
    alt = f"{title}. {_comparison(in_memory, differing)}"
    table = _table(in_memory, on_disk, volatile)
    indexes = _indexes(in_memory, on_disk, first_index)
    svg = _svg(in_memory, on_disk, volatile, differing, indexes, title, alt)
    return Picture(svg, alt, f"{alt}\n\n{table}")


def _indexes(in_memory: Persistent | None, on_disk: Persistent, first_index: int | None) -> range:
    """The indexes that are drawn."""
    most, longest = _IN_A_ROW * _ROWS, _longest(in_memory, on_disk)
    same = in_memory.log.common_prefix(on_disk.log) if in_memory else longest
    first = first_index or max(1, min(longest - most + 1, same))
    return range(first, max(1, min(longest, first + most - 1)) + 1)


def _longest(in_memory: Persistent | None, on_disk: Persistent) -> int:
    return max(in_memory.log.last_index if in_memory else 0, on_disk.log.last_index)


def _differing(in_memory: Persistent | None, on_disk: Persistent) -> list[str]:
    """The parts of the persistent state that differ, in Figure 2's order."""
    if in_memory is None:
        return []
    return [
        name
        for name in ("current_term", "voted_for", "log")
        if getattr(in_memory, name) != getattr(on_disk, name)
    ]


def _comparison(in_memory: Persistent | None, differing: list[str]) -> str:
    """A sentence that compares memory and disk."""
    if in_memory is None:
        return "Memory is empty."
    if differing:
        return f"The disk does not hold {listed(differing)} as memory does."
    return "The disk holds what memory does."


def _svg(
    in_memory: Persistent | None,
    on_disk: Persistent,
    volatile: Volatile,
    differing: list[str],
    indexes: range,
    title: str,
    alt: str,
) -> str:
    """The image: memory with a dashed edge, the disk with a solid one, an arrow between them."""
    columns = min(len(indexes), _IN_A_ROW)
    rest = _LOG + max(columns * (_BOX + 3), 60.0) + _REST
    high = _HEIGHT + _ROW * ((len(indexes) - 1) // _IN_A_ROW)
    below = rest + len(volatile) * _EACH + _MARGIN > WIDEST
    at = (_TERM, _MEMORY + high - 8) if below else (rest, _MEMORY)
    width = rest + (len(volatile) * _EACH if volatile and not below else -_REST + 14) + _MARGIN
    upper = high + (54 if below else 0)
    disk = _MEMORY + upper + _BETWEEN
    body = [
        _area(_MEMORY, width, upper, "memory", "gone after a crash", dashed=True),
        _area(disk, width, high, "disk", "survives", dashed=False),
        _write(_MEMORY + upper),
        _state(in_memory, _MEMORY, high, (), indexes)
        if in_memory
        else text((_TERM, _MEMORY + 44), "empty", 15, fill=QUIET),
        _state(on_disk, disk, high, differing, indexes),
        *(
            _value(name, value, at[0] + number * _EACH, at[1], quiet=True)
            for number, (name, value) in enumerate(volatile.items())
        ),
    ]
    foot = disk + high + 18
    if differing:
        frame = rect(_MARGIN, foot - 5, 18, 14, rx=3, fill="none", stroke=ALARM, stroke_width=2.8)
        words = text((_MARGIN + 26, foot + 6), "not as in memory", 11.5, fill=QUIET)
        body.append(frame + words)
    height = foot + (22 if differing else 0)
    note = left_out(indexes.start, indexes.stop - 1, _longest(in_memory, on_disk))
    return titled_picture(width, height, "".join(body), title, alt, note)


def _area(top: float, width: float, high: float, name: str, note: str, dashed: bool) -> str:
    """The area of memory or disk; a dashed edge means that it is volatile."""
    ground = rect(_MARGIN, top, width - 2 * _MARGIN, high, rx=9, fill=PAPER, stroke=INK,
                  stroke_width=1.2 if dashed else 2.6,
                  stroke_dasharray=DASHED if dashed else None)  # fmt: skip
    words = text((_MARGIN + 14, top + 36), name, 15, bold=True)
    return group(ground, words, text((_MARGIN + 14, top + 54), note, 11.5, fill=QUIET))


def _write(foot: float) -> str:
    """The arrow from memory, which ends at `foot`, to the disk."""
    x, start, end = _MARGIN + 60.0, foot + 4, foot + _BETWEEN - 4
    shaft = line((x, start), (x, end - 8), stroke=INK, stroke_width=1.8)
    head = polygon(((x, end), (x - 5, end - 9), (x + 5, end - 9)), fill=INK)
    return group(shaft, head, text((x + 12, end - 6), "write", 11.5, fill=QUIET))


def _state(
    state: Persistent,
    top: float,
    high: float,
    outlined: tuple[str, ...] | list[str],
    indexes: range,
) -> str:
    """The three persistent values in their columns; those in `outlined` have an outline."""
    drawn = indexes[: max(state.log.last_index - indexes.start + 1, 0)]
    parts = [
        _value("current_term", str(state.current_term), _TERM, top),
        _value("voted_for", state.voted_for or "None", _VOTE, top),
        text((_LOG, top + 20), "log", 11.5, fill=QUIET),
        _entries(state.log, top, drawn),
    ]
    widths = {"current_term": 92.0, "voted_for": 84.0}
    lefts = {"current_term": _TERM, "voted_for": _VOTE, "log": _LOG}
    for name in outlined:
        wide = widths.get(name, max(min(len(drawn), _IN_A_ROW) * (_BOX + 3), 52.0) + 7)
        tall = high if name == "log" else _HEIGHT
        parts.append(
            rect(lefts[name] - 6, top + 5, wide, tall - 10, rx=6, fill="none", stroke=ALARM,
                 stroke_width=2.8)
        )  # fmt: skip
    return "".join(parts)


def _value(name: str, value: str, left: float, top: float, quiet: bool = False) -> str:
    """A value under its name."""
    caption = text((left, top + 20), name, 11.5, fill=QUIET)
    words = text((left, top + 51), shortened(value, 10 if quiet else 8), 17, bold=not quiet)
    return group(caption, words, title=f"{name}: {value}")


def _entries(log: Log, top: float, indexes: range) -> str:
    """A log's entries in rows, each a box with its term, or a word for none."""
    if not indexes:
        return text((_LOG, top + 51), "… before" if log.last_index else "empty", 15, fill=QUIET)
    parts = []
    for place, index in enumerate(indexes):
        row, column = divmod(place, _IN_A_ROW)
        at = (_LOG + column * (_BOX + 3), top + 29 + row * _ROW)
        words = f"index {index}: term {log[index].term}"
        parts.append(log_entry(at, (_BOX, 34.0), log[index], words))
    return "".join(parts)


def _table(in_memory: Persistent | None, on_disk: Persistent, volatile: Volatile) -> str:
    """Memory and disk in words, a line each."""
    lines = ["        current_term  voted_for  log"]
    for name, state in (("memory", in_memory), ("disk", on_disk)):
        if state is None:
            lines.append(f"{name:<8}empty")
            continue
        terms = " ".join(str(entry.term) for entry in state.log) or "–"
        lines.append(f"{name:<8}{state.current_term:<14}{state.voted_for or 'None':<11}{terms}")
    if volatile:
        lines[1] += "    " + ", ".join(f"{name} {value}" for name, value in volatile.items())
    return "\n".join(lines)
