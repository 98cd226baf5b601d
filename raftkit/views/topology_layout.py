"""The places of servers in a picture of their network, for the pictures and for the player.

A ring is drawn as a ring, a star, a tree, a line and a grid as what they are called; any other
network is drawn by forces, which pull linked servers together and push all of them apart. All of
it is computed here, because the layouts of networkx need numpy, which a browser's Python may not
have. It does not know sizes, and draws nothing.
"""

from collections.abc import Iterator
from itertools import combinations, count
from math import cos, dist, hypot, pi, sin
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import networkx as nx

Point = tuple[float, float]
Points = dict[Any, Point]

_LINE: Final = 7  # more servers than these in a line are bent into an arc
_DENSE: Final = 0.6  # the share of all possible links from which a ring is clearest
_ROUNDS: Final = 150  # of the forces
_APART: Final = 0.11  # the least distance of two servers, as a part of the whole width


def positions_of(graph: "nx.Graph") -> Points:
    """A point for each vertex of a graph, x to the right and y downwards, both from 0 to 1.

    The same graph always has the same points.

    >>> import networkx
    >>> positions_of(networkx.path_graph(["S1", "S2", "S3"]))
    {'S1': (0.0, 0.5), 'S2': (0.5, 0.5), 'S3': (1.0, 0.5)}
    """
    points = _points(graph)
    return _in_unit_square({name: points[name] for name in graph})


def _points(graph: "nx.Graph") -> Points:
    """The points in any unit."""
    import networkx as nx

    size, degrees = len(graph), dict(graph.degree())
    if size <= 1:
        return _ring(list(graph))
    if not nx.is_connected(graph):
        return _by_forces(graph)
    if max(degrees.values()) <= 2:
        return _chain(graph, degrees)
    if nx.is_tree(graph):
        return _star(graph, degrees) if max(degrees.values()) == size - 1 else _tree(graph)
    if nx.density(graph) >= _DENSE:
        return _ring(list(graph))
    return _grid(graph, degrees) or _by_forces(graph)


def _in_unit_square(points: Points) -> Points:
    """The points in the middle of the unit square; the ratios of distances stay."""
    if not points:
        return {}
    xs, ys = ([point[axis] for point in points.values()] for axis in (0, 1))
    span = max(max(xs) - min(xs), max(ys) - min(ys)) or 1.0
    middle = ((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2)
    return {
        # Rounded, because the last digits of a sine are not the same on every machine.
        name: (round((x - middle[0]) / span + 0.5, 6), round((y - middle[1]) / span + 0.5, 6))
        for name, (x, y) in points.items()
    }


def _ring(names: list[Any]) -> Points:
    """Points on a circle: the first on top, the others clockwise."""
    turn = 2 * pi / len(names) if names else 0.0
    return {name: (sin(turn * n), -cos(turn * n)) for n, name in enumerate(names)}


def _chain(graph: "nx.Graph", degrees: dict[Any, int]) -> Points:
    """A ring, or a line, which is an arc if it is long."""
    ends = [name for name in graph if degrees[name] == 1]
    order = list(_walk(graph, ends[0] if ends else next(iter(graph))))
    if not ends:
        return _ring(order)
    if len(order) <= _LINE:
        return {name: (float(place), 0.0) for place, name in enumerate(order)}
    turn = 2 * pi / (len(order) + 1)
    return {name: (sin(turn * n), -cos(turn * n)) for n, name in enumerate(order, 1)}


def _walk(graph: "nx.Graph", start: Any) -> Iterator[Any]:
    """The vertices of a ring or line from one to the next."""
    seen, now = {start}, start
    while now is not None:
        yield now
        now = next((other for other in graph[now] if other not in seen), None)
        seen.add(now)


def _star(graph: "nx.Graph", degrees: dict[Any, int]) -> Points:
    """The hub in the middle of a ring of all others."""
    hub = max(graph, key=degrees.__getitem__)
    return {hub: (0.0, 0.0), **_ring([name for name in graph if name != hub])}


def _tree(graph: "nx.Graph") -> Points:
    """Layers below the vertex in the middle of the tree; a parent is above its children."""
    import networkx as nx

    root = nx.center(graph)[0]
    depths = nx.single_source_shortest_path_length(graph, root)
    points: Points = {}
    leaves = count(0.0)
    # Children are placed before their parent, the leaves side by side.
    for name in nx.dfs_postorder_nodes(graph, root):
        children = [points[other][0] for other in graph[name] if depths[other] > depths[name]]
        x = (min(children) + max(children)) / 2 if children else next(leaves)
        points[name] = (x, depths[name] * 1.2)
    return points


def _grid(graph: "nx.Graph", degrees: dict[Any, int]) -> Points | None:
    """The points of a grid; None if the graph is none.

    The distances of a vertex from two neighbouring corners give its column and its row.
    """
    import networkx as nx

    corners = [name for name in graph if degrees[name] == 2]
    if len(corners) < 4:
        return None
    far = {corner: nx.single_source_shortest_path_length(graph, corner) for corner in corners}
    for one, other in combinations(corners, 2):
        across = far[one][other]
        points = {
            name: (
                (far[one][name] - far[other][name] + across) / 2,
                (far[one][name] + far[other][name] - across) / 2,
            )
            for name in graph
        }
        if _is_grid(graph, points):
            return points
    return None


def _is_grid(graph: "nx.Graph", points: Points) -> bool:
    """Whether the points fill a rectangle, and links are exactly between neighbours."""
    places = set(points.values())
    columns, rows = {x for x, _ in places}, {y for _, y in places}
    if not len(columns) * len(rows) == len(places) == len(graph):
        return False
    return all(
        graph.has_edge(one, other) == (_blocks_between(points[one], points[other]) == 1)
        for one, other in combinations(points, 2)
    )


def _blocks_between(one: Point, other: Point) -> float:
    """The distance along the streets of a grid."""
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _by_forces(graph: "nx.Graph") -> Points:
    """The layout of Fruchterman and Reingold (1991), from a ring, with steps that grow shorter."""
    points = _ring(list(graph))
    ideal = 2 / len(graph) ** 0.5
    for round_ in range(_ROUNDS):
        step = 0.2 * (1 - round_ / _ROUNDS)
        pushes = {name: _push(graph, points, name, ideal) for name in graph}
        for name, (x, y) in pushes.items():
            length = hypot(x, y) or 1.0
            part = min(step, length) / length
            points[name] = (points[name][0] + x * part, points[name][1] + y * part)
    return _moved_apart(_in_unit_square(points))


def _moved_apart(points: Points) -> Points:
    """The points after pairs that are too near have moved away from each other."""
    for _ in range(_ROUNDS):
        for one, other in combinations(points, 2):
            (x, y), (other_x, other_y) = points[one], points[other]
            distance = max(dist((x, y), (other_x, other_y)), 0.001)
            if distance < _APART:
                part = (_APART - distance) / distance / 2
                step_x, step_y = (x - other_x) * part, (y - other_y) * part
                points[one] = (x + step_x, y + step_y)
                points[other] = (other_x - step_x, other_y - step_y)
    return points


def _push(graph: "nx.Graph", points: Points, name: Any, ideal: float) -> Point:
    """The force on a vertex: away from others, towards neighbours and the middle."""
    x, y = points[name]
    force = [-0.3 * x, -0.3 * y]
    for other, (other_x, other_y) in points.items():
        if other == name:
            continue
        away = (x - other_x, y - other_y)
        distance = max(hypot(*away), 0.01)
        strength = (ideal / distance) ** 2 - (
            distance / ideal if graph.has_edge(name, other) else 0
        )
        force = [force[axis] + away[axis] * strength for axis in (0, 1)]
    return force[0], force[1]
