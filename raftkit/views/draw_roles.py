"""`draw_roles`: Figure 4, the three roles and the transitions between them.

The graph is built from `TRANSITIONS`, the table that servers use, so picture and behaviour
cannot differ. It decides only where the roles are drawn.
"""

from math import sqrt
from typing import TYPE_CHECKING, Any, Final

from raftkit.protocol.roles import TRANSITIONS, Role
from raftkit.views.palette import INK, ORANGE, PAPER, QUIET, text_on
from raftkit.views.picture import Picture
from raftkit.views.svg import Point, circle, ellipse, group, path, text, width_of
from raftkit.views.symbols import LETTERS, arrowhead
from raftkit.views.titled_picture import titled_picture

if TYPE_CHECKING:
    import networkx as nx

_WIDTH: Final = 800.0
_MIDDLE: Final = 158.0
_RX: Final = 64.0
_RY: Final = 34.0
_X: Final[dict[Role, float]] = {"follower": 150.0, "candidate": 420.0, "leader": 690.0}
_SIZE: Final = 13.0
START: Final = "start"  # stands for a server that has no role yet


def role_graph() -> "nx.MultiDiGraph":
    """The table of transitions as a graph: an edge for each row, with its `occasion`.

    >>> role_graph().number_of_edges() == len(TRANSITIONS)
    True
    """
    import networkx as nx

    graph = nx.MultiDiGraph()
    for (role, occasion), next_role in TRANSITIONS.items():
        graph.add_edge(role or START, next_role, occasion=occasion)
    return graph


def draw_roles(current: Role | None = None, title: str | None = None) -> Picture:
    """Draw the roles and their transitions, with the `current` role highlighted.

    Raises ValueError for a role that does not exist.

    >>> print(draw_roles("candidate"))
    The roles of a server. A server is a candidate now.
    start     → follower   starts up
    follower  → candidate  election timeout
    follower  → follower   higher term
    candidate → candidate  election timeout
    candidate → leader     majority of votes
    candidate → follower   current leader
    candidate → follower   higher term
    leader    → follower   higher term
    """
    if current is not None and current not in LETTERS:
        raise ValueError(f"there is no role {current!r}; it is one of {', '.join(LETTERS)}")
    title = title or "The roles of a server"
    now = f" A server is a {current} now." if current else ""
    edges = [(a, b, kind["occasion"]) for a, b, kind in role_graph().edges(data=True)]
    rows = [f"{a or START:<9} → {b:<9}  {occasion}" for (a, occasion), b in TRANSITIONS.items()]
    ways = "; ".join(f"{a} to {b}: {occasion}" for a, b, occasion in edges)
    alt = f"{title}.{now} {ways}."
    body = [_transitions(edges)]
    body += [_role(role, role == current) for role in LETTERS]
    svg = titled_picture(_WIDTH, 352, "".join(body), title, alt)
    return Picture(svg, alt, "\n".join([f"{title}.{now}", *rows]))


def _role(role: Role, lit: bool) -> str:
    """An ellipse with the outline of its role: thin, double or thick."""
    at = (_X[role], _MIDDLE)
    ground = ORANGE if lit else PAPER
    stroke = 5.0 if role == "leader" else 1.5
    shapes = [ellipse(at, _RX, _RY, fill=ground, stroke=INK, stroke_width=stroke)]
    if role == "candidate":
        shapes.append(ellipse(at, _RX - 4, _RY - 4, fill="none", stroke=INK, stroke_width=1.3))
    ink = text_on(ground)
    name = text((at[0], at[1] + 1), role, 17, anchor="middle", bold=True, fill=ink)
    sign = "now" if lit else LETTERS[role]
    below = text((at[0], at[1] + 19), sign, 13, anchor="middle", bold=lit, fill=ink)
    return group(*shapes, name, below, title=f"{role}, the role now" if lit else role)


def _transitions(edges: list[tuple[Any, Any, str]]) -> str:
    """An arrow for each edge: forwards above, backwards below, loops on top."""
    drawn = []
    depth = 0
    for source, target, occasion in edges:
        if source == START:
            curve = _start(target, occasion)
        elif source == target:
            curve = _loop(source, occasion)
        elif _X[target] > _X[source]:
            curve = _forwards(source, target, occasion)
        else:
            depth += 1
            curve = _backwards(source, target, occasion, depth)
        drawn.append(group(curve, title=f"{source} to {target}: {occasion}",
                           class_="transition"))  # fmt: skip
    return "".join(drawn)


def _start(target: Role, occasion: str) -> str:
    """The arrow from a dot to the first role, as in state diagrams."""
    end = (_X[target] - _RX, _MIDDLE)
    start = (end[0] - 50, _MIDDLE)
    dot = circle(start, 4, fill=INK)
    return dot + _straight(start, end) + _words((start[0] + 12, _MIDDLE - 13), occasion)


def _straight(start: Point, end: Point) -> str:
    shaft = path("M", *start, "L", end[0] - 6, end[1], stroke=INK, stroke_width=1.6, fill="none")
    return shaft + arrowhead(start, end, "triangle", INK)


def _loop(role: Role, occasion: str) -> str:
    """An arrow from a role to itself, above its ellipse."""
    x, top = _X[role], _MIDDLE - _RY
    end = (x + 20, top + 2)
    curve = path("M", x - 20, top + 2, "C", x - 46, top - 52, x + 46, top - 52, end[0] + 2,
                 end[1] - 6, stroke=INK, stroke_width=1.6, fill="none")  # fmt: skip
    head = arrowhead((x + 30, top - 24), end, "triangle", INK)
    return curve + head + _words((x, top - 46), occasion)


def _forwards(source: Role, target: Role, occasion: str) -> str:
    """A straight arrow to the right, a little above the middle, so that it meets no other."""
    start, end = (_X[source] + _RX, _MIDDLE - 8), (_X[target] - _RX + 1, _MIDDLE - 8)
    middle = (start[0] + end[0]) / 2
    return _straight(start, end) + _words((middle, _MIDDLE - 18), occasion)


def _backwards(source: Role, target: Role, occasion: str, depth: int) -> str:
    """An arrow to the left below the roles; a greater `depth` is lower, so that none overlap."""
    shift = 13.0 * depth
    start = _rim(source, -26 + shift / 2)
    end = _rim(target, 46 - shift)
    low = _MIDDLE + _RY + 48 + 62 * (depth - 1)
    curve = path("M", *start, "C", start[0] - 20, low, end[0] + 20, low, end[0] + 1, end[1] + 6,
                 stroke=INK, stroke_width=1.6, fill="none")  # fmt: skip
    head = arrowhead((end[0] + 8, end[1] + 30), end, "triangle", INK)
    # A cubic curve passes three quarters of the way to its control points.
    lowest = start[1] + 0.75 * (low - start[1])
    return curve + head + _words(((start[0] + end[0]) / 2, lowest + 16), occasion)


def _rim(role: Role, shift: float) -> Point:
    """The point on the lower rim of a role's ellipse, `shift` to the right of its middle."""
    outside = 3 if role == "leader" else 1
    return (_X[role] + shift, _MIDDLE + _RY * sqrt(1 - (shift / _RX) ** 2) + outside)


def _words(at: Point, words: str) -> str:
    left = max(at[0], 8 + width_of(words, _SIZE) / 2)
    return text((left, at[1]), words, _SIZE, anchor="middle", fill=QUIET, halo=True)
