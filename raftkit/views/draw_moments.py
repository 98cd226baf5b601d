"""`draw_moments`: the logs of all servers at several moments, side by side, as in Figure 8.

With each log it shows the server's role, whether it was down, and which entries it knew to be
committed. It reads states from a history, and does not know any rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from raftkit.protocol import ServerState
from raftkit.protocol.log import Log
from raftkit.protocol.roles import LEADER
from raftkit.simulator.faults import Crash
from raftkit.simulator.history import History
from raftkit.simulator.records import Acted, Step
from raftkit.views.descriptions import command_in_words, counted, listed
from raftkit.views.log_entry import DASH, log_entry
from raftkit.views.palette import BLACK, INK, QUIET
from raftkit.views.picture import Picture
from raftkit.views.svg import group, rect, shortened, text, width_of
from raftkit.views.symbols import badge, cross
from raftkit.views.titled_picture import WIDEST, left_out, titled_picture

_MARGIN: Final = 18.0
_BOX: Final = 26.0
_PITCH: Final = 40.0
_BADGE: Final = 31.0  # the left end of a role's badge, and of the cross of a server that is down
_LOG: Final = 78.0  # the left end of a log
_TOP: Final = 92.0  # the first row of logs
_IN_A_ROW: Final = 5
_ENTRIES: Final = 24  # of longer logs, the first entries are left out
_LABEL: Final = 40  # characters


@dataclass(frozen=True, slots=True)
class _ServerThen:
    """A server at a moment: its last state, and whether it is down."""

    state: ServerState | None
    is_down: bool

    @property
    def log(self) -> Log:
        return self.state.log if self.state else Log()

    @property
    def committed(self) -> int:
        """The commit index that the server knows; 0 if it is down."""
        return self.state.commit_index if self.state and not self.is_down else 0


_Moment = Mapping[str, _ServerThen]


def draw_moments(
    history: History,
    moments: Mapping[str, float],
    title: str | None = None,
    first_index: int | None = None,
) -> Picture:
    """Draw the servers' logs at `moments`, which maps labels to times in milliseconds.

    A moment is before the actions from outside at the same instant. A server that is down is drawn
    with the log of its last state. Logs begin with `first_index`; of logs that are too long for a
    page, the end is drawn.

    >>> from raftkit import Cluster, Timeout
    >>> cluster = Cluster(servers=3)
    >>> cluster.do(Timeout("S2"))
    >>> cluster.run(ms=100)
    >>> cluster.propose("x=1")
    1
    >>> cluster.run(ms=100)
    >>> print(draw_moments(cluster.history, {"a": 0, "b": 200}))
    The logs of S1, S2 and S3 at 2 moments: a (0 ms), b (200 ms).
    <BLANKLINE>
    a       S1  F 0   –
            S2  F 0   –
            S3  F 0   –
    <BLANKLINE>
    b       S1  F 1   1*
            S2  L 1   1*
            S3  F 1   1*
    """
    names = tuple(history.setup.get("servers", ()))
    seen = {label: _moment_at(history, names, at_ms) for label, at_ms in moments.items()}
    when = ", ".join(f"{label} ({at_ms:g} ms)" for label, at_ms in moments.items())
    alt = f"The logs of {listed(names)} at {counted(len(moments), 'moment')}: {when}."
    heading = title or "Logs side by side"
    tables = "\n\n".join(_moment_table(label, moment) for label, moment in seen.items())
    return Picture(_svg(seen, moments, heading, alt, first_index), alt, f"{alt}\n\n{tables}")


def _moment_at(history: History, names: tuple[str, ...], at_ms: float) -> _Moment:
    """The state of every server at an instant, before the actions from outside at that instant."""
    seen = {name: _ServerThen(None, True) for name in names}
    for record in history.records:
        # An action at the end of a run belongs to the next part of the story.
        if record.time > at_ms * 1000 or (record.time == at_ms * 1000 and type(record) is Acted):
            break
        if isinstance(record, Step) and isinstance(record.state, ServerState):
            seen[record.process] = _ServerThen(record.state, False)
        elif isinstance(record, Acted) and isinstance(record.action, Crash):
            seen[record.action.server] = _ServerThen(seen[record.action.server].state, True)
    return seen


# The image -----------------------------------------------------------------------------


def _svg(
    seen: Mapping[str, _Moment],
    times: Mapping[str, float],
    title: str,
    alt: str,
    first_index: int | None,
) -> str:
    """The image: panels from left to right, as many in a row as fit, and the key below."""
    longest = max([1, *(one.log.last_index for moment in seen.values() for one in moment.values())])
    first = min(first_index or max(longest - _ENTRIES + 1, 1), longest)
    last = min(first + _ENTRIES - 1, longest)
    widest = max((_beside(label) + width_of(_ms(times[label]), 11.5) for label in seen), default=0)
    wide = max(_LOG + (last - first + 1) * (_BOX + 3), widest) + 20
    in_a_row = max(1, min(_IN_A_ROW, int((WIDEST - 2 * _MARGIN + 20) // wide)))
    high = 34 + max((len(moment) for moment in seen.values()), default=0) * _PITCH
    panels = []
    for number, (label, moment) in enumerate(seen.items()):
        row, column = divmod(number, in_a_row)
        at = f"translate({_MARGIN + column * wide:.1f} {row * high:.1f})"
        panel = _panel(label, times[label], moment, range(first, last + 1))
        panels.append(group(panel, transform=at))
    foot = _TOP - 34 + -(-len(seen) // in_a_row) * high
    key, key_width = _key(foot)
    width = max(2 * _MARGIN + wide * min(len(seen), in_a_row) - 20, key_width)
    note = left_out(first, last, longest)
    return titled_picture(width, foot + 24, "".join(panels) + key, title, alt, note)


def _panel(label: str, at_ms: float, moment: _Moment, indexes: range) -> str:
    """One moment: its label and its time, and a row for each server."""
    heading = text((0, _TOP - 22), shortened(label, _LABEL), 15, bold=True)
    heading += text((_beside(label), _TOP - 22), _ms(at_ms), 11.5, fill=QUIET)
    rows = [
        _row(name, one, _TOP + row * _PITCH, indexes)
        for row, (name, one) in enumerate(moment.items())
    ]
    return heading + "".join(rows)


def _beside(label: str) -> float:
    """Where the time stands beside a label."""
    return width_of(shortened(label, _LABEL), 15, bold=True) + 8


def _ms(at_ms: float) -> str:
    return f"{at_ms:g} ms"


def _row(name: str, one: _ServerThen, middle: float, indexes: range) -> str:
    """One server: its name, its role or a cross if it is down, and its log at `indexes`."""
    leads = not one.is_down and one.state is not None and one.state.standing.role == LEADER
    parts = [text((0, middle + 5), name, 14, bold=leads)]
    if one.is_down:
        parts.append(group(cross((_BADGE + 16, middle)), title=f"{name} is down"))
    elif one.state is not None:
        parts.append(badge(_BADGE, middle, one.state.look()))
    for index in indexes[: max(one.log.last_index - indexes.start + 1, 0)]:
        entry = one.log[index]
        done = index <= one.committed
        state = ", committed" if done else ""
        command = f", {command_in_words(entry.command)}" if entry.command else ""
        words = f"{name}, index {index}: term {entry.term}{command}{state}"
        at = (_LOG + (index - indexes.start) * (_BOX + 3), middle - _BOX / 2)
        parts.append(log_entry(at, (_BOX, _BOX), entry, words, thick=done, dashed=not done))
    return group(*parts)


def _key(top: float) -> tuple[str, float]:
    """The meanings of the outlines and the cross, and the right end of the key."""
    number = text((9, 5), "2", 13, anchor="middle", bold=True, fill=BLACK)

    def box(width: float, dash: str | None) -> str:
        return rect(0, -7, 18, 14, rx=3, fill="none", stroke=INK, stroke_width=width,
                    stroke_dasharray=dash) + number  # fmt: skip

    samples = (
        (box(2.4, None), "an entry's term; committed, as its server knows"),
        (box(1.4, DASH), "not known to be"),
        (cross((9, 0)), "down"),
    )
    parts, x = [], _MARGIN
    for drawn, words in samples:
        parts.append(group(drawn, transform=f"translate({x:.1f} {top:.1f})"))
        parts.append(text((x + 26, top + 4), words, 11.5, fill=QUIET))
        x += 26 + width_of(words, 11.5) + 16
    return "".join(parts), x


# In words ------------------------------------------------------------------------------


def _moment_table(label: str, moment: _Moment) -> str:
    """One moment as a table of names, roles and the entries' terms; committed ones have a star."""
    lines = []
    for name, one in moment.items():
        role = one.state.look().badge if one.state else ""
        terms = [
            f"{entry.term}{'*' if index <= one.committed else ''}"
            for index, entry in enumerate(one.log, start=1)
        ]
        lines.append(f"{name:<4}{'down' if one.is_down else role:<6}{' '.join(terms) or '–'}")
    first, *others = lines
    wide = max(8, len(label) + 2)
    return "\n".join([f"{label:<{wide}}{first}", *(f"{'':<{wide}}{line}" for line in others)])
