"""`moving_picture`: a run as an SVG that moves by itself, for a page that runs no scripts.

It shows what the player shows: servers with their terms, roles and timers, messages, and logs. It
passes over idle stretches. Where motion is reduced its last instant is seen. It draws the
windows of a timeline, and knows no browser beyond CSS.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from raftkit.simulator import History
from raftkit.simulator.number_arguments import MILLISECOND
from raftkit.views.palette import IN_THE_DARK, INK, NO_TERM, PAPER, QUIET, term_colour
from raftkit.views.picture import Picture
from raftkit.views.player import server_looks as looks
from raftkit.views.player.keyframes import Change, Keyframes
from raftkit.views.player.timeline import WINDOW, Timeline
from raftkit.views.space_time import space_time
from raftkit.views.svg import FONT, Point, circle, element, escaped, line, path, rect, text
from raftkit.views.topology_layout import positions_of

Json = dict[str, Any]
Rows = list[tuple[int, Json]]  # a process's data, and from when on (microseconds)

PACE: Final = 50  # virtual milliseconds pass in a second
IDLE: Final = 0.7  # seconds: no stretch without an event lasts longer
ENDING: Final = 2.0  # seconds for which the last instant is seen
_STAGE: Final = (440.0, 380.0)
_COLUMNS: Final = 5  # of the logs
_RADIUS: Final = 30.0
_SHAPES: Final = {
    "vote": "M0-9l9 9l-9 9l-9-9Z",
    "append": "M-7-7h14v14h-14Z",
    "heartbeat": "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0Z",
    "client": "M0-9l9 15h-18Z",
}
_SIGNS: Final = {"+": "M-3.5 0h7M0-3.5v7", "-": "M-3.5 0h7"}
_CROWN: Final = "M-13-35v-12l7 6l6-9l6 9l7-6v12Z"


def moving_picture(
    history: History, first_ms: float = 0.0, last_ms: float | None = None, title: str = "A run"
) -> Picture:
    """A picture of the run from `first_ms` to `last_ms` (milliseconds) that moves.

    >>> from raftkit import Cluster
    >>> cluster = Cluster(servers=3, seed=7)
    >>> cluster.run(ms=300)
    >>> "@keyframes" in moving_picture(cluster.history).svg
    True
    """
    last = history.end if last_ms is None else round(last_ms * MILLISECOND)
    film = _Film(Timeline(history), round(first_ms * MILLISECOND), last)
    still = space_time(history, first_ms, last_ms, title=title)
    return Picture(film.svg(title), f"{title}, moving", still.text)


class _Film:
    """The part of a timeline from `first` to `last` (microseconds), and when it is seen."""

    def __init__(self, timeline: Timeline, first: int, last: int) -> None:
        self.first, self.last = first, last
        self.servers: tuple[str, ...] = tuple(timeline.history.setup.get("servers", ()))
        windows = [timeline.window(number) for number in range(first // WINDOW, last // WINDOW + 1)]
        self.windows = [window for window in windows if window is not None]
        self.marks = [mark for mark in timeline.marks if first <= mark[0] <= last]
        self._instants, self._seconds = self._clock()
        self.frames = Keyframes(round(self._seconds[-1] + ENDING, 1))
        edges = timeline.history.setup.get("edges", ())
        self.edges: list[tuple[str, str]] = [(one, other) for one, other, _ in edges]
        self.places = self._places()

    # Time ------------------------------------------------------------------------------

    def _clock(self) -> tuple[list[int], list[float]]:
        """Instants of the run, and the seconds after which each is seen."""
        events = {
            event[0] for window in self.windows for event in window["events"]
            if not event[4] and self.first < event[0] < self.last
        }  # fmt: skip
        instants, seconds = [self.first], [0.0]
        for time in (*sorted(events), self.last):
            seconds.append(seconds[-1] + min(IDLE, (time - instants[-1]) / MILLISECOND / PACE))
            instants.append(time)
        return instants, seconds

    def seconds(self, time: float) -> float:
        """When an instant of the run is seen."""
        place = max(1, min(bisect_right(self._instants, time), len(self._instants) - 1))
        since, until = self._instants[place - 1 : place + 1]
        share = min(1.0, max(0.0, (time - since) / max(1, until - since)))
        return self._seconds[place - 1] + share * (self._seconds[place] - self._seconds[place - 1])

    # What is drawn ---------------------------------------------------------------------

    def svg(self, title: str) -> str:
        """The whole picture."""
        width, height = _STAGE[0] + 62 + 34 * _COLUMNS, _STAGE[1] + 34
        parts = [*self._links(), *self._logs(), *self._captions()]
        parts += [part for name in self.servers for part in self._server(name)]
        parts += self._messages()
        dark = ";".join(
            f"--{name}:{IN_THE_DARK[colour]}" for name, colour in (("ink", INK), ("paper", PAPER),
                                                                   ("quiet", QUIET))
        )  # fmt: skip
        style = (
            f":root{{--ink:{INK};--paper:{PAPER};--quiet:{QUIET}}}"
            f"@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"
            ".ink{fill:var(--ink)}.paper{fill:var(--paper)}"
            ".timer{fill:none;stroke:var(--quiet);stroke-width:5}.rim{stroke:var(--ink)}"
            ".cell{fill:none;stroke:var(--quiet);stroke-dasharray:1 3}text{text-anchor:middle}"
            f"{self.frames.css}"
        )
        ground = rect(0, 0, width, height, class_="paper")
        return element(
            "svg", element("title", escaped(title)), element("style", style), ground, *parts,
            xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width:g} {height:g}", role="img",
            font_family=FONT,
        )  # fmt: skip

    def _places(self) -> dict[str, Point]:
        """Where the servers stand on the stage."""
        import networkx

        graph = networkx.Graph()
        graph.add_nodes_from(self.servers)
        graph.add_edges_from(self.edges)
        wide, high = _STAGE[0] - 130, _STAGE[1] - 140
        return {
            name: (65 + x * wide, 68 + y * high) for name, (x, y) in positions_of(graph).items()
        }

    def _links(self) -> Iterable[str]:
        """The links; a cut one is dashed, in the colour of alarm."""
        cuts = [(self.first, self.windows[0]["cut"])]
        cuts += [tuple(row) for window in self.windows for row in window["cut_changes"]]
        for one, other in self.edges:
            if not {one, other} <= set(self.places):
                continue
            known = [(time, {"cut": [one, other] in cut or [other, one] in cut})
                     for time, cut in cuts if time <= self.last]  # fmt: skip
            name, last = self._steps(known, looks.link_style)
            ends = self.places[one], self.places[other]
            yield line(*ends, class_=f"link {name}", style=last)

    def _rows(self, name: str) -> Rows:
        """The data of a server from the first instant on."""
        rows: Rows = [(self.first, self.windows[0]["states"][name])]
        for window in self.windows:
            for time, who, state in window["state_changes"]:
                if who != name or time > self.last:
                    continue
                if time <= self.first:
                    rows = [(self.first, state)]
                else:
                    rows.append((time, state))
        return rows

    def _steps(self, rows: Rows, style: Callable[[Json], str]) -> tuple[str, str]:
        """The class of an element that depends on a server's data, and its last style."""
        changes: list[Change] = []
        for time, state in rows:
            said = style(state)
            if not changes or changes[-1][1] != said:
                changes.append((self.seconds(time), said))
        return self.frames.steps(changes), changes[-1][1]

    def _when(self, rows: Rows, holds: Callable[[Json], bool]) -> dict[str, str | float | None]:
        """The attributes of an element that is seen while something holds."""
        name, style = self._steps(rows, lambda state: f"opacity:{int(holds(state))}")
        return {"class_": name, "style": style}

    def _either(
        self, rows: Rows, words: Callable[[Json], str], at: Point, size: float, **style: Any
    ) -> Iterable[str]:
        """All words that a text has in turn, each seen in its time."""
        for said in dict.fromkeys(words(state) for _, state in rows):
            if said:
                seen = self._when(rows, partial(_says, words, said))
                yield element("g", text(at, said, size, **style), **seen)

    def _server(self, name: str) -> list[str]:
        """A server: its timer, disc, crown, name, term, vote and role."""
        rows = self._rows(name)
        disc, last = self._steps(rows, looks.disc_style)
        parts = [
            self._timer(name),
            element("g", path(_CROWN, class_="ink"), **self._when(rows, looks.leads)),
            element("g", circle((0, 0), _RADIUS, class_="rim"), class_=disc, style=last),
            text((0, -12), name, 12, bold=True, fill="#000"),
            *self._either(rows, looks.badge, (0, 9), 21, bold=True, fill="#000"),
            *self._either(rows, lambda state: looks.vote(name, state), (0, 22), 10, fill="#000"),
            *self._either(rows, looks.role, (0, _RADIUS + 24), 13, bold=True, class_="ink"),
        ]
        x, y = self.places[name]
        return [element("g", *parts, transform=f"translate({x:.1f} {y:.1f})")]

    def _timer(self, name: str) -> str:
        """The arc of what is left of a server's timeout."""
        changes: list[Change] = [(0, _share(0))]
        running: tuple[int, int] | None = None
        rows = [row for window in self.windows for row in window["timer_changes"]
                if row[1] == name and row[2] == "election"]  # fmt: skip
        for time, _, _, change, until in rows:
            before = _left(running, time) if running is not None else _share(0)
            changes.append((self.seconds(time) - 0.001, before))
            running = (time, until) if change != "stop" and until is not None else None
            changes.append((self.seconds(time), _left(running, time) if running else _share(0)))
        if running is not None:
            changes.append((self.seconds(self.last), _left(running, self.last)))
        changes.append((self.frames.seconds, changes[-1][1]))
        moves = self.frames.moves(change for change in changes if change[0] >= 0)
        return element(
            "circle", r=_RADIUS + 5, pathLength=1, class_=f"timer {moves}",
            style=changes[-1][1], transform="rotate(-90)",
        )  # fmt: skip

    def _messages(self) -> list[str]:
        """Every message on its way."""
        flights = {flight[0]: flight for window in self.windows for flight in window["flights"]}
        return [part for flight in flights.values() for part in self._message(flight)]

    def _message(self, flight: list[Any]) -> Iterable[str]:
        """One message: a shape for what it is, in the colour of its term."""
        _, source, target, left, landed, kind, sign, outcome, _, _, _, term = flight
        ends = self.places.get(source), self.places.get(target)
        if None in ends or left < self.first or left >= self.last or outcome == "never left":
            return
        lost = outcome in ("lost", "cut", "dropped")
        until = left + 4_000 if lost or landed is None else landed
        start, end = (_edge(*ends, share) for share in (0, 0.5 if lost else 1))  # type: ignore[arg-type]
        begin, finish = self.seconds(left), max(self.seconds(until), self.seconds(left) + 0.05)
        hidden, seen = f"{start};opacity:0", f"{start};opacity:1"
        changes = [(0.0, hidden), (begin - 0.001, hidden), (begin, seen),
                   (finish, f"{end};opacity:1"), (finish + 0.001, f"{end};opacity:0"),
                   (self.frames.seconds, f"{end};opacity:0")]  # fmt: skip
        moves = self.frames.moves(change for change in changes if change[0] >= 0)
        shape = _SHAPES.get(kind.replace("-answer", ""), _SHAPES["heartbeat"])
        fill = term_colour(term) if term else NO_TERM
        colours: dict[str, Any] = {"fill": fill, "stroke": INK, "stroke_width": 1.5}
        yield path(shape + _SIGNS.get(sign, ""), class_=moves, style="opacity:0", **colours)

    def _logs(self) -> Iterable[str]:
        """The logs, one above the other; a solid frame is committed."""
        left, high = _STAGE[0] + 34, (_STAGE[1] - 60) / max(1, len(self.servers))
        for place, name in enumerate(self.servers):
            rows, top = self._rows(name), 30 + place * high
            yield text((left - 14, top + 18), name, 13, bold=True, class_="ink")
            for index in range(1, _COLUMNS + 1):
                at = left + 34 * index - 24
                yield rect(at, top, 30, 26, class_="cell")
                yield from self._entries(rows, index, (at, top))

    def _entries(self, rows: Rows, index: int, at: Point) -> Iterable[str]:
        """All entries that stand at one index of a log in turn."""
        known = dict.fromkeys(looks.entry_at(state, index) for _, state in rows)
        for entry in known:
            if entry is None:
                continue
            term, command, committed = entry
            frame = None if committed else "4 3"
            seen = self._when(rows, partial(_holds, index, entry))
            yield element(
                "g",
                rect(*at, 30, 26, fill=term_colour(term), class_="rim", stroke_width=2,
                     stroke_dasharray=frame),
                text((at[0] + 15, at[1] + 12), str(term), 11, bold=True, fill="#000"),
                text((at[0] + 15, at[1] + 22), command, 9, fill="#000"),
                **seen,
            )  # fmt: skip

    def _captions(self) -> Iterable[str]:
        """What happens, in words below the stage."""
        marks = [mark for mark in self.marks if mark[1] != "candidate"]
        shown: Rows = [(self.first, {"words": ""})]
        shown += [(time, {"words": words}) for time, _, _, words in marks]
        yield from self._either(
            shown, lambda mark: mark["words"], (_STAGE[0] / 2 + 60, _STAGE[1] + 18), 16,
            class_="ink",
        )  # fmt: skip


def _says(words: Callable[[Json], str], said: str, state: Json) -> bool:
    """Whether a server's data are told in these words."""
    return words(state) == said


def _holds(index: int, entry: tuple[int, str, bool], state: Json) -> bool:
    """Whether this entry stands at an index of a server's log."""
    return looks.entry_at(state, index) == entry


# Shapes ------------------------------------------------------------------------------------


def _left(running: tuple[int, int], time: int) -> str:
    """The arc of a timer that was set and runs out at these instants."""
    return _share(max(0, running[1] - time) / (300 * MILLISECOND))


def _share(share: float) -> str:
    return f"stroke-dasharray:{share:.3f} 2"


def _edge(one: Point, other: Point, share: float) -> str:
    """The point at `share` of the way between the edges of two discs, as a transformation."""
    (x, y), (to_x, to_y) = one, other
    far = max(1.0, ((to_x - x) ** 2 + (to_y - y) ** 2) ** 0.5)
    along = (_RADIUS + share * max(0.0, far - 2 * _RADIUS)) / far
    return f"transform:translate({x + along * (to_x - x):.1f}px,{y + along * (to_y - y):.1f}px)"
