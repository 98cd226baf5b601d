"""Finds the servers that forward a message between two others that have no link.

A history does not hold routes. They are found again from the topology and the cut links, as the
simulator's network does. It does not know messages or time.
"""

from typing import Any

Cut = list[list[str]]


class MessageRoutes:
    """The routes through the topology in a history's set-up.

    >>> edges = [["S1", "S2", {}], ["S2", "S3", {}]]
    >>> MessageRoutes({"servers": ["S1", "S2", "S3"], "edges": edges}).between("S1", "S3", cut=[])
    ('S2',)
    """

    def __init__(self, setup: dict[str, Any]) -> None:
        import networkx as nx

        servers, edges = setup.get("servers", ()), setup.get("edges", ())
        complete = len(edges) == len(servers) * (len(servers) - 1) // 2
        forwards = setup.get("forwards")
        self._forwards = not complete if forwards is None else forwards
        self._links = nx.DiGraph()
        self._links.add_nodes_from(servers)
        for a, b, _ in edges:
            self._links.add_edges_from([(a, b), (b, a)])
        self._cut: Cut = []
        self._found: dict[tuple[str, str], tuple[str, ...]] = {}

    def between(self, source: str, target: str, cut: Cut) -> tuple[str, ...]:
        """The servers that forward a message from `source` to `target`; `cut` links are cut."""
        if not self._forwards:
            return ()
        if cut != self._cut:
            self._cut = cut
            self._found.clear()
        ends = (source, target)
        if ends not in self._found:
            self._found[ends] = self._find(source, target)
        return self._found[ends]

    def _find(self, source: str, target: str) -> tuple[str, ...]:
        """The servers between the ends of a shortest path over working links; () without one."""
        import networkx as nx

        broken = {tuple(way) for way in self._cut}
        usable = nx.subgraph_view(self._links, filter_edge=lambda a, b: (a, b) not in broken)
        try:
            return tuple(nx.shortest_path(usable, source, target)[1:-1])
        except (
            nx.NetworkXNoPath,
            nx.NodeNotFound,
        ):  # Cut off, or a client with links to all.
            return ()
