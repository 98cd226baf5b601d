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
from raftkit.views.svg import document, group, line, polygon, rect, shortened, text, width_of
from raftkit.views.symbols import DASHED

_MARGIN: Final = 18.0
_BOX: Final = 32.0
_TERM: Final = 150.0  # the left ends of the columns
_VOTE: Final = 260.0
_LOG: Final = 364.0
_REST: Final = 32.0  # between the log and the volatile values
_MEMORY: Final = 56.0  # the upper edge of each half
_DISK: Final = 162.0
_HEIGHT: Final = 78.0

Volatile = dict[str, str]


def draw_storage(
    in_memory: Persistent | None,
    on_disk: Persistent,
    role: str | None = None,
    commit_index: int | None = None,
    last_applied: int | None = None,
    title: str | None = None,
) -> Picture:
    """Draw the state in a server's memory and on its disk, with its volatile values if given.

    If `in_memory` is None, the server is down and its memory is empty.

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
    return Picture(
        _svg(in_memory, on_disk, volatile, differing, title, alt), alt, f"{alt}\n\n{table}"
    )


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
    title: str,
    alt: str,
) -> str:
    """The image: memory with a dashed edge, the disk with a solid one, an arrow between them."""
    remembered = in_memory.log.last_index if in_memory else 0
    columns = max(1, remembered, on_disk.log.last_index)
    rest = _LOG + max(columns * (_BOX + 3), 60.0) + _REST
    inner = rest + (len(volatile) * 112 if volatile else -_REST + 14)
    width = max(inner + _MARGIN, width_of(title, 17, bold=True) + 2 * _MARGIN)
    body = [
        text((_MARGIN, 31), title, 17, bold=True),
        _area(_MEMORY, width, "memory", "gone after a crash", dashed=True),
        _area(_DISK, width, "disk", "survives", dashed=False),
        _write(),
        _state(in_memory, _MEMORY, ())
        if in_memory
        else text((_TERM, _MEMORY + 44), "empty", 15, fill=QUIET),
        _state(on_disk, _DISK, differing),
        *(
            _value(name, value, rest + number * 112, _MEMORY, quiet=True)
            for number, (name, value) in enumerate(volatile.items())
        ),
    ]
    foot = _DISK + _HEIGHT + 18
    if differing:
        frame = rect(_MARGIN, foot - 5, 18, 14, rx=3, fill="none", stroke=ALARM, stroke_width=2.8)
        words = text((_MARGIN + 26, foot + 6), "not as in memory", 11.5, fill=QUIET)
        body.append(frame + words)
    return document(width, foot + (22 if differing else 0), "".join(body), title, alt)


def _area(top: float, width: float, name: str, note: str, dashed: bool) -> str:
    """The area of memory or disk; a dashed edge means that it is volatile."""
    ground = rect(_MARGIN, top, width - 2 * _MARGIN, _HEIGHT, rx=9, fill=PAPER, stroke=INK,
                  stroke_width=1.2 if dashed else 2.6,
                  stroke_dasharray=DASHED if dashed else None)  # fmt: skip
    words = text((_MARGIN + 14, top + 36), name, 15, bold=True)
    return group(ground, words, text((_MARGIN + 14, top + 54), note, 11.5, fill=QUIET))


def _write() -> str:
    """The arrow from memory to disk."""
    x, start, end = _MARGIN + 60.0, _MEMORY + _HEIGHT + 4, _DISK - 4
    shaft = line((x, start), (x, end - 8), stroke=INK, stroke_width=1.8)
    head = polygon(((x, end), (x - 5, end - 9), (x + 5, end - 9)), fill=INK)
    return group(shaft, head, text((x + 12, end - 6), "write", 11.5, fill=QUIET))


def _state(state: Persistent, top: float, outlined: tuple[str, ...] | list[str]) -> str:
    """The three persistent values in their columns; those in `outlined` have an outline."""
    parts = [
        _value("current_term", str(state.current_term), _TERM, top),
        _value("voted_for", state.voted_for or "None", _VOTE, top),
        text((_LOG, top + 20), "log", 11.5, fill=QUIET),
        _entries(state.log, top),
    ]
    widths = {"current_term": 92.0, "voted_for": 84.0}
    lefts = {"current_term": _TERM, "voted_for": _VOTE, "log": _LOG}
    for name in outlined:
        wide = widths.get(name, max(state.log.last_index * (_BOX + 3), 40.0) + 7)
        parts.append(
            rect(lefts[name] - 6, top + 5, wide, _HEIGHT - 10, rx=6, fill="none", stroke=ALARM,
                 stroke_width=2.8)
        )  # fmt: skip
    return "".join(parts)


def _value(name: str, value: str, left: float, top: float, quiet: bool = False) -> str:
    """A value under its name."""
    caption = text((left, top + 20), name, 11.5, fill=QUIET)
    words = text((left, top + 51), shortened(value, 10 if quiet else 8), 17, bold=not quiet)
    return group(caption, words, title=f"{name}: {value}")


def _entries(log: Log, top: float) -> str:
    """A log's entries, each a box with its term, or a dash for none."""
    if not log.last_index:
        return text((_LOG, top + 51), "empty", 15, fill=QUIET)
    return "".join(
        log_entry(
            (_LOG + number * (_BOX + 3), top + 29),
            (_BOX, 34.0),
            entry,
            f"index {number + 1}: term {entry.term}",
        )
        for number, entry in enumerate(log)
    )


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
