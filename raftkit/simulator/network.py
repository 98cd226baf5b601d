"""The network: a `networkx` graph whose edges delay, lose and repeat messages, and can be cut.

It decides when a message arrives, if at all. It knows names and edges, not what a message
means. Every number comes from the simulation's one random source, and only through
`random()`, whose sequence is the same in every Python version.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from raftkit.protocol.json_form import to_json
from raftkit.protocol.record import record
from raftkit.simulator.number_arguments import require_probability, require_whole

# It takes longer to load than all of the simulator, so that it is loaded by the first network.
if TYPE_CHECKING:
    import networkx as nx

# The size of an empty message, as in TCP/IP with some JSON; it matters only with a bandwidth.
BITS_OF_HEADERS = 100 * 8


@record
class Link:
    """The attributes of an edge: how it delays, loses and repeats messages.

    Latency is uniform from `latency_min` to `latency_max` microseconds, at least 1. With
    probability `slow` a message takes up to `latency_slow` longer (a long tail without a
    logarithm, whose last digit differs between machines). `loss` and `duplicate` are
    probabilities; `bandwidth` is in bits a second, 0 for no limit. Raises ValueError for numbers
    out of range.
    """

    latency_min: int = 1_000
    latency_max: int = 10_000
    loss: float = 0.0
    duplicate: float = 0.0
    bandwidth: int = 0
    slow: float = 0.0
    latency_slow: int = 0

    def __post_init__(self) -> None:
        require_whole("latency_min", self.latency_min)
        require_whole("latency_max", self.latency_max, self.latency_min)
        require_whole("latency_slow", self.latency_slow)
        require_whole("bandwidth", self.bandwidth)
        for name in ("loss", "duplicate", "slow"):
            require_probability(name, getattr(self, name))


_ATTRIBUTES = frozenset(field.name for field in fields(Link))


@record
class Pattern:
    """The messages that a message-level fault concerns; None means any."""

    source: str | None = None
    target: str | None = None
    kind: str | None = None

    def matches(self, message: Any) -> bool:
        """Whether the fault concerns `message`."""
        return (
            self.source in (None, message.source)
            and self.target in (None, message.target)
            and self.kind in (None, type(message).__name__)
        )


Verdict = Literal["drop", "duplicate", "delay"]


@dataclass(slots=True)
class Interception:
    """A message-level fault and the number of messages that it still concerns."""

    pattern: Pattern
    verdict: Verdict
    count: int
    delay: int = 0


class Edge:
    """One direction of an edge of the graph, with its attributes and state."""

    __slots__ = ("busy_until", "link", "low", "only_delays", "span", "up")

    def __init__(self, link: Link) -> None:
        self.up = True
        self.busy_until = 0
        self.link = link
        self.change(link)

    def change(self, link: Link) -> None:
        """Replace the edge's attributes."""
        self.link = link
        # Nothing arrives in the instant in which it is sent: see Simulation.perform.
        self.low = max(link.latency_min, 1)
        # One more than the difference, so that int() of a draw can reach the upper end.
        self.span = max(link.latency_max, 1) - self.low + 1
        self.only_delays = not (link.loss or link.duplicate or link.bandwidth or link.slow)


class Network:
    """Routes messages over an undirected `graph` without loops; `link` has the default attributes.

    Vertices are the processes; a message from a process to itself crosses no link, so no fault
    concerns it. On a complete graph each pair has its own cable and no process forwards, so one
    cut edge separates exactly two servers; on any other graph messages take a shortest path over
    the edges that are up (`forwards` overrides this).
    """

    def __init__(
        self,
        graph: "nx.Graph",
        link: Link,
        random: Random,
        lost: Callable[[Any, str], None],
        forwards: bool | None = None,
    ) -> None:
        import networkx as nx

        size = graph.number_of_nodes()
        complete = graph.number_of_edges() == size * (size - 1) // 2
        self.graph = graph
        self.forwards = not complete if forwards is None else forwards
        self.draw_from(random)
        self._lost = lost
        self._edges = nx.DiGraph()
        self._edges.add_nodes_from(graph)
        for a, b, attributes in graph.edges(data=True):
            merged = link_of(attributes, link)
            self._edges.add_edge(a, b, edge=Edge(merged))
            self._edges.add_edge(b, a, edge=Edge(merged))
        self._routes: dict[tuple[str, str], tuple[Edge, ...] | None] = {}
        # Nearly every route is one edge that only delays. A sender finds it here, by source and
        # then target, and draws the delay itself. Two dictionaries are quicker than one whose
        # keys are pairs.
        self.plain: dict[str, dict[str, Edge | None]] = {}
        self._interceptions: list[Interception] = []
        # The messages on their way, in the order of sending, if they are delivered by hand.
        self.held: list[Any] | None = None

    def draw_from(self, random: Random) -> None:
        """Use `random` for losses and delays from now on."""
        self._random = random.random

    # Sending ---------------------------------------------------------------------------

    def arrivals(self, message: Any, now: int) -> tuple[int, ...]:
        """The instants at which copies of `message` arrive; () if it is lost."""
        route = self._route(message.source, message.target)
        if self.held is not None and route is not None:
            self.held.append(message)
            return ()
        if not route:
            return self._without_wire(message, route, now)
        extra, copies = 0, 1
        if self._interceptions:
            verdict = self._intercept(message)
            if verdict is not None:
                if verdict.verdict == "drop":
                    self._lost(message, "dropped")
                    return ()
                extra = verdict.delay
                copies += verdict.verdict == "duplicate"
        random = self._random
        at = now + extra
        for edge in route:
            # A number is drawn only where the probability is not 0, so that a feature that is not
            # used changes no history.
            link = edge.link
            if link.loss and random() < link.loss:
                self._lost(message, "lost")
                return ()
            if link.duplicate and random() < link.duplicate:
                copies += 1
            if link.bandwidth:
                at = edge.busy_until = max(at, edge.busy_until) + _sending_time(message, link)
            at += edge.low + int(random() * edge.span)
            if link.slow and random() < link.slow:
                at += int(random() * link.latency_slow)
        if copies == 1:
            return (at,)
        # A copy arrives later by at most the variation of the last edge's delay.
        span = route[-1].span
        return tuple(at + copy * (1 + int(random() * span)) for copy in range(copies))

    def look_up(self, source: str, target: str) -> Edge | None:
        """The one edge from `source` to `target`, if it only delays; `plain` holds it from now on.

        None if a fault or delivery by hand may concern the message, or its route has more edges.
        """
        route = self._route(source, target)
        edge = None
        if route is not None and len(route) == 1 and not self._interceptions and self.held is None:
            edge = route[0] if route[0].only_delays else None
        self.plain.setdefault(source, {})[target] = edge
        return edge

    def _route(self, source: str, target: str) -> tuple[Edge, ...] | None:
        """The edges to cross, searched for only once between two changes of the network."""
        ends = (source, target)
        if ends not in self._routes:
            self._routes[ends] = self._find_route(source, target)
        return self._routes[ends]

    def _without_wire(
        self, message: Any, route: tuple[Edge, ...] | None, now: int
    ) -> tuple[int, ...]:
        """The arrivals of a message that crosses no edge: its route is cut, or it is to itself."""
        if route is None:
            self._lost(message, "cut")
            return ()
        return (now + 1,)

    def _intercept(self, message: Any) -> Interception | None:
        """The first fault that concerns this message, whose count goes down by one."""
        for interception in self._interceptions:
            if interception.pattern.matches(message):
                interception.count -= 1
                if interception.count == 0:
                    self._interceptions.remove(interception)
                    self.plain.clear()
                return interception
        return None

    def _find_route(self, source: str, target: str) -> tuple[Edge, ...] | None:
        """The edges to cross: () from a process to itself, None if there is no route now."""
        import networkx as nx

        if source == target:
            return ()
        if not self.forwards:
            data = self._edges.get_edge_data(source, target)
            return (data["edge"],) if data and data["edge"].up else None
        # Only servers of the topology forward messages; clients do not.
        usable = nx.subgraph_view(
            self._edges,
            filter_node=lambda vertex: vertex in self.graph or vertex in (source, target),
            filter_edge=lambda a, b: self._edges.edges[a, b]["edge"].up,
        )
        try:
            path = nx.shortest_path(usable, source, target)
        except (nx.NetworkXNoPath, nx.NodeNotFound):
            return None
        return tuple(self._edges.edges[hop]["edge"] for hop in pairwise(path))

    # Changing it -----------------------------------------------------------------------

    def attach(self, process: str, to: Iterable[str], link: Link) -> None:
        """Connect a process outside the graph, such as a client, to each of `to`."""
        for other in to:
            self._edges.add_edge(process, other, edge=Edge(link))
            self._edges.add_edge(other, process, edge=Edge(link))
        self._forget_routes()

    def set_up(self, source: str, target: str, up: bool) -> None:
        """Cut or mend the edge in one direction. Raises ValueError if there is no such edge."""
        self._edge(source, target).up = up
        self._forget_routes()

    def change_link(self, source: str, target: str, link: Link) -> None:
        """Replace an edge's attributes in one direction. Raises ValueError if there is no edge."""
        self._edge(source, target).change(link)
        self._forget_routes()

    def partition(self, groups: Iterable[Iterable[str]]) -> None:
        """Cut every edge between two groups; vertices that no group names form one more."""
        group_of = {name: number for number, group in enumerate(groups, 1) for name in group}
        for a, b, data in self._edges.edges(data=True):
            # A process outside the graph, such as a client, stays connected if no group names it.
            takes_part = all(end in self.graph or end in group_of for end in (a, b))
            crossing = takes_part and group_of.get(a, 0) != group_of.get(b, 0)
            # An edge that was cut before stays cut: partitions add up until the network is healed.
            data["edge"].up = data["edge"].up and not crossing
        self._forget_routes()

    def heal(self) -> None:
        """Mend every edge, and forget message-level faults that have not happened yet."""
        for _, _, data in self._edges.edges(data=True):
            data["edge"].up = True
        self._forget_routes()
        self._interceptions.clear()

    def intercept(self, interception: Interception) -> None:
        """Apply a message-level fault to the next messages that match its pattern."""
        self._interceptions.append(interception)
        self.plain.clear()

    def hold(self, under_way: list[Any]) -> None:
        """Hold the messages `under_way`, and every message that is sent from now on."""
        if self.held is None:
            self.held = under_way
            self.plain.clear()

    def release(self) -> list[Any]:
        """Stop holding messages; returns those held so far, in the order of sending."""
        held, self.held = self.held or [], None
        return held

    def links(self) -> list[tuple[str, str, bool, Link]]:
        """Every directed edge of the graph: source, target, whether it is up, its attributes."""
        return [
            (a, b, data["edge"].up, data["edge"].link)
            for a, b, data in self._edges.edges(data=True)
        ]

    def connected(self, source: str, target: str) -> bool:
        """Whether a message can get from `source` to `target` now."""
        return self._find_route(source, target) is not None

    def require_link(self, source: str, target: str) -> None:
        """Raise ValueError if the graph has no edge from `source` to `target`."""
        self._edge(source, target)

    def _forget_routes(self) -> None:
        """Forget all routes after a change; they are searched for again when needed."""
        self._routes.clear()
        self.plain.clear()

    def _edge(self, source: str, target: str) -> Edge:
        """One direction of an edge; a ValueError without one names the existing links."""
        data = self._edges.get_edge_data(source, target)
        if data is None:
            there = ", ".join(self._edges[source]) if source in self._edges else "nothing"
            raise ValueError(
                f"there is no link from {source} to {target}: {source} is linked to {there}"
            )
        edge: Edge = data["edge"]
        return edge


def link_of(attributes: dict[str, Any], default: Link) -> Link:
    """The link that an edge's attributes describe; `default` supplies those that are missing.

    >>> link_of({"loss": 0.5, "weight": 3}, Link()).loss
    0.5
    """
    known = {name: attributes[name] for name in _ATTRIBUTES & attributes.keys()}
    return replace(default, **known) if known else default


def _sending_time(message: Any, link: Link) -> int:
    """How long the sender's wire is busy with `message`, in microseconds."""
    bits = BITS_OF_HEADERS + 8 * len(str(to_json(message)))
    return bits * 1_000_000 // link.bandwidth
