"""`draw_topology`: the network as a graph of servers, with their links as they are now.

A server shows its role, its term, and whether it runs. A link shows whether it is cut, and if
it is cut one way, which way still works. It does not know where servers look best
(topology_layout.py), nor what happened before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import dist
from typing import Final

from raftkit.protocol.look import Look, Outline
from raftkit.simulator import System
from raftkit.views.descriptions import listed, milliseconds
from raftkit.views.palette import DEAD, FAINT, INK, PAPER, QUIET, term_colour, text_on
from raftkit.views.picture import Picture
from raftkit.views.svg import Point, circle, group, line, shortened, text
from raftkit.views.symbols import (
    DOTTED,
    arrowhead,
    between,
    cross,
    pause_bars,
    towards,
)
from raftkit.views.titled_picture import titled_picture
from raftkit.views.topology_layout import positions_of

_RADIUS: Final = 33.0
_APART: Final = 2.9 * _RADIUS  # the least distance of two servers, unless the picture is full
_WIDE: Final = 880.0  # the most that lies between the outermost servers
_MARGIN: Final = 22.0
_TOP: Final = 52.0


@dataclass(frozen=True, slots=True)
class _DrawnServer:
    """A server as it is drawn; `look` is None if it is down, or has no look."""

    name: str
    is_down: bool
    look: Look | None
    paused: bool


def draw_topology(
    cluster: System,
    positions: Mapping[str, Point] | None = None,
    title: str | None = None,
) -> Picture:
    """Draw a cluster's servers and links as they are now.

    `positions` gives a point for each server, in any units, x to the right and y upwards, as
    networkx layouts do. Raises ValueError if a server has none.

    >>> from raftkit import Cluster, Timeout
    >>> cluster = Cluster(servers=3)
    >>> cluster.do(Timeout("S2"))
    >>> cluster.run(ms=400)
    >>> cluster.crash("S1")
    >>> print(draw_topology(cluster))
    3 servers and their links at 400 ms.
    S1  down
    S2  leader of term 1
    S3  follower of term 1
    links: S1–S2, S1–S3, S2–S3
    """
    servers = [_drawn_server(cluster, name) for name in cluster.servers]
    links = _links(cluster)
    now = milliseconds(round(cluster.now_ms * 1000))
    title = title or f"{len(servers)} servers and their links at {now}"
    points = (
        _laid_out(cluster.servers, links)
        if positions is None
        else _given(cluster.servers, positions)
    )
    places, width, height = _places(points, 430.0)
    sentences = [_in_words(server) for server in servers]
    alt = f"{title}. {'; '.join(sentences)}. {_links_in_words(links)}."
    body = [_link(places[a], places[b], *ways, (a, b)) for (a, b), ways in links.items()]
    body += [_server(server, places[server.name]) for server in servers]
    lines = [
        f"{title}.",
        *(line.replace(" is ", "  ", 1) for line in sentences),
        _links_in_words(links),
    ]
    return Picture(titled_picture(width, height, "".join(body), title, alt), alt, "\n".join(lines))


def _drawn_server(cluster: System, name: str) -> _DrawnServer:
    """The server called `name` as it is drawn now."""
    state = cluster.state(name)
    look = state.look() if hasattr(state, "look") else None
    return _DrawnServer(name, state is None, look, cluster.host(name).paused)


def _links(cluster: System) -> dict[tuple[str, str], tuple[bool, bool]]:
    """Each pair of linked servers, and for each direction whether the link works."""
    up = {
        (source, target): is_up
        # Clients are linked to every server, and their links would hide those between servers.
        for source, target, is_up, _ in cluster.simulation.network.links()
        if source in cluster.servers and target in cluster.servers
    }
    order = {name: number for number, name in enumerate(cluster.servers)}
    pairs = sorted(
        {tuple(sorted(pair, key=order.__getitem__)) for pair in up},
        key=lambda pair: (order[pair[0]], order[pair[1]]),
    )
    return {(a, b): (up.get((a, b), False), up.get((b, a), False)) for a, b in pairs}


# Layout --------------------------------------------------------------------------------


def _places(points: Mapping[str, Point], least: float) -> tuple[dict[str, Point], float, float]:
    """Each server's point, and the picture's width, which is `least` or more, and height."""
    scale = _scale(list(points.values()))
    left, top = min(x for x, _ in points.values()), min(y for _, y in points.values())
    edge = _MARGIN + _RADIUS + 6
    width = (max(x for x, _ in points.values()) - left) * scale + 2 * edge
    height = (max(y for _, y in points.values()) - top) * scale + 2 * edge + _TOP - 10
    slack = max(least - width, 0.0) / 2
    placed = {
        name: ((x - left) * scale + edge + slack, (y - top) * scale + edge + _TOP - 10)
        for name, (x, y) in points.items()
    }
    return placed, width + 2 * slack, height


def _scale(points: list[Point]) -> float:
    """The scale at which no two servers are too near to each other, and at least a fair size."""
    if len(points) == 1:
        return 1.0
    span = max(max(each[axis] for each in points) - min(each[axis] for each in points)
               for axis in (0, 1)) or 1.0  # fmt: skip
    nearest = min(dist(one, other) for one, other in combinations(points, 2))
    return min(max(200.0 / span, _APART / max(nearest, 0.001)), _WIDE / span)


def _given(servers: tuple[str, ...], positions: Mapping[str, Point]) -> dict[str, Point]:
    """The caller's positions, turned over, because y grows downwards in a picture."""
    missing = [name for name in servers if name not in positions]
    if missing:
        raise ValueError(f"positions has no point for {listed(missing)}")
    return {name: (float(positions[name][0]), -float(positions[name][1])) for name in servers}


def _laid_out(servers: tuple[str, ...], links: Iterable[tuple[str, str]]) -> dict[str, Point]:
    """The points of the graph of all links, also of those that are cut."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(servers)
    graph.add_edges_from(links)
    return positions_of(graph)


# Drawing -------------------------------------------------------------------------------


def _link(a: Point, b: Point, there: bool, back: bool, names: tuple[str, str]) -> str:
    """A link that works, is cut, or works in one direction only."""
    start, end = towards(a, b, _RADIUS + 3), towards(b, a, _RADIUS + 3)
    if there and back:
        return group(line(start, end, stroke=INK, stroke_width=2), title=_pair(names, "works"))
    # Not in the middle, where the diagonals of a ring with an even number of servers meet.
    where = between(start, end, 0.42)
    if not there and not back:
        dashed = line(start, end, stroke=FAINT, stroke_width=1.6, stroke_dasharray="6 5")
        return group(dashed, cross(where, 5.5, 2.6), title=_pair(names, "is cut"))
    return _one_way(start, end, names) if there else _one_way(end, start, names[::-1])


def _one_way(start: Point, end: Point, names: tuple[str, ...]) -> str:
    """Two parallel lines: an arrow in the direction that works, a cross on the other."""
    ahead, along = beside(start, end, 5)
    works = line(ahead, towards(along, ahead, 6), stroke=INK, stroke_width=2)
    works += arrowhead(ahead, along, "triangle", INK)
    behind, back = beside(start, end, -5)
    cut = line(behind, back, stroke=FAINT, stroke_width=1.6, stroke_dasharray="6 5")
    return group(works, cut, cross(between(behind, back, 0.42), 4.5, 2.4),
                 title=f"{names[0]} reaches {names[1]}, but not the other way round")  # fmt: skip


def beside(start: Point, end: Point, distance: float) -> tuple[Point, Point]:
    """The ends of the line from `start` to `end`, moved to its left by `distance`."""
    x, y = towards((0.0, 0.0), (end[0] - start[0], end[1] - start[1]), distance)
    return (start[0] + y, start[1] - x), (end[0] + y, end[1] - x)


def _pair(names: tuple[str, str], state: str) -> str:
    return f"the link between {names[0]} and {names[1]} {state}"


def _server(server: _DrawnServer, at: Point) -> str:
    """A server's disc in its term's colour, with name, role and term; grey with a cross if down."""
    x, y = at
    if server.is_down:
        disc = circle(at, _RADIUS, fill=DEAD, stroke=QUIET, stroke_width=1.4,
                      stroke_dasharray=DOTTED)  # fmt: skip
        parts = [disc, _name(server, at, INK), cross((x, y + 13), 7, 3)]
        return group(*parts, title=_in_words(server))
    look = server.look or Look("")
    colour = term_colour(look.term)
    ink = text_on(colour)
    parts = [
        *_disc(look.outline, at, colour),
        _name(server, at, ink),
        text((x, y + 18), look.badge, 14, anchor="middle", bold=True, fill=ink),
    ]
    if server.paused:
        parts.append(pause_bars((x + _RADIUS * 0.75, y - _RADIUS * 0.75), 11))
    return group(*parts, title=_in_words(server))


def _name(server: _DrawnServer, at: Point, ink: str) -> str:
    name = shortened(server.name, 6)
    return text((at[0], at[1] - 1), name, 17, anchor="middle", bold=True, fill=ink)


def _disc(outline: Outline, at: Point, colour: str) -> list[str]:
    """A disc whose outline means the role: thin, double or thick."""
    if outline == "thick":
        return [circle(at, _RADIUS, fill=colour, stroke=INK, stroke_width=5)]
    if outline == "double":
        return [
            circle(at, _RADIUS, fill=PAPER, stroke=INK, stroke_width=1.3),
            circle(at, _RADIUS - 4, fill=colour, stroke=INK, stroke_width=1.3),
        ]
    return [circle(at, _RADIUS, fill=colour, stroke=INK, stroke_width=1.3)]


# In words ------------------------------------------------------------------------------


def _in_words(server: _DrawnServer) -> str:
    """A server's state as a clause, for its title, for `alt` and for the text."""
    if server.is_down:
        return f"{server.name} is down"
    paused = ", paused" if server.paused else ""
    return f"{server.name} is {server.look.in_words if server.look else 'running'}{paused}"


def _links_in_words(links: Mapping[tuple[str, str], tuple[bool, bool]]) -> str:
    """The links by their state; a one-way link has an arrow in the direction that works."""
    found: dict[str, list[str]] = {}
    for (a, b), (there, back) in links.items():
        if there == back:
            found.setdefault("links" if there else "cut", []).append(f"{a}–{b}")
        else:
            found.setdefault("one way", []).append(f"{a}→{b}" if there else f"{b}→{a}")
    return "; ".join(f"{word}: {', '.join(pairs)}" for word, pairs in found.items()) or "no links"
