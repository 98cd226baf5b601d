"""The set-up of a system: its servers' names, its graph, its rules, checked and as JSON.

It refuses wrong arguments with one line that says what is wrong, writes the set-up that a
history keeps, and reads one back. It does not know time or faults.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from raftkit.protocol import Rules, Settings
from raftkit.protocol.json_form import Json, from_json, to_json
from raftkit.simulator.network import Link, link_of
from raftkit.simulator.number_arguments import require_whole
from raftkit.simulator.records import HistoryError

if TYPE_CHECKING:
    import networkx as nx


def numbered_names(servers: int | None, topology: "nx.Graph | None") -> tuple[str, ...]:
    """S1, S2, ... for this number of servers, or of vertices of a topology; three by default.

    Raises ValueError for a wrong number, and for a topology with another number of vertices.
    """
    if servers is not None:
        require_whole("servers", servers, 1)
    if topology is not None:
        _check_topology(servers, topology)
        servers = len(topology)
    return tuple(f"S{number}" for number in range(1, (servers or 3) + 1))


def graph_of(names: tuple[str, ...], topology: "nx.Graph | None", link: Link) -> "nx.Graph":
    """The topology with its vertices renamed to `names`, in order; a complete graph without one.

    Vertices that already have exactly these names keep them. Raises ValueError for a graph that
    is directed, has parallel edges, loops, no vertices or another number of vertices, and for an
    edge whose attributes make no valid link; `link` supplies the attributes that it lacks.
    """
    import networkx as nx

    if topology is None:
        topology = nx.complete_graph(len(names))
    _check_topology(len(names), topology)
    _check_edges(topology, link)
    # By order, not by sorting: the vertices of a graph may be of any kind, or of several.
    named = dict(zip(topology, names, strict=True))
    if set(topology) == set(names):
        named = {name: name for name in names}
    graph = nx.Graph()
    graph.add_nodes_from((name, topology.nodes[vertex]) for vertex, name in named.items())
    graph.add_edges_from((named[a], named[b], edge) for a, b, edge in topology.edges(data=True))
    return graph


def _check_topology(servers: int | None, topology: "nx.Graph") -> None:
    """Refuse anything but an undirected simple graph of servers; say what to use instead."""
    import networkx as nx

    if not isinstance(topology, nx.Graph):
        raise ValueError(f"a topology is a networkx graph, not {topology!r}")
    if topology.is_directed() or topology.is_multigraph():
        raise ValueError(
            "a topology has one edge, without direction, between two servers: "
            "use networkx.Graph(topology), and the fault Cut for a one-way link"
        )
    vertices = len(topology)
    if not vertices:
        raise ValueError("the topology has no vertices: a cluster needs at least one server")
    if servers is not None and servers != vertices:
        raise ValueError(
            f"the topology has {vertices} vertices for {servers} servers; leave one of the two out"
        )


def _check_edges(topology: "nx.Graph", link: Link) -> None:
    """Refuse edges that cannot be links, and name the edge as it is named in the topology."""
    for a, b, attributes in topology.edges(data=True):
        if a == b:
            raise ValueError(f"the topology links {a!r} to itself: remove that edge")
        try:
            link_of(attributes, link)
        except ValueError as error:
            raise ValueError(f"the edge from {a!r} to {b!r}: {error}") from None


def check_settings(settings: Settings) -> None:
    """Raise ValueError for settings under which no time passes or no entry is ever sent."""
    if not isinstance(settings, Settings):
        raise ValueError(f"settings are Settings(...), not {settings!r}")
    require_whole("election_timeout_min", settings.election_timeout_min, 1)
    require_whole(
        "election_timeout_max", settings.election_timeout_max, settings.election_timeout_min
    )
    require_whole("heartbeat_interval", settings.heartbeat_interval, 1)
    require_whole("batch", settings.batch, 1)


def rules_by_server(
    servers: tuple[str, ...], rules: Rules | Mapping[str, Rules] | None
) -> dict[str, Rules]:
    """Each server's rules; a server that a mapping does not name gets the reference's."""
    # Servers may obey different rules, so that one wrong server can be watched among right ones.
    given = dict(rules) if isinstance(rules, Mapping) else dict.fromkeys(servers, rules or Rules())
    for server, bundle in given.items():
        if server not in servers:
            raise ValueError(
                f"there are rules for {server!r}, which is not in {', '.join(servers)}"
            )
        if not isinstance(bundle, Rules):
            raise ValueError(f"rules are a bundle, replace(Rules(), name=function), not {bundle!r}")
    return {server: given.get(server) or Rules() for server in servers}


def setup_of(
    graph: "nx.Graph", clients: tuple[str, ...], seed: int, forwards: bool | None, link: Link
) -> dict[str, Json]:
    """The part of a history from which its system can be built again, as plain JSON data."""
    edges = [
        [a, b, to_json(link_of(attributes, link))] for a, b, attributes in graph.edges(data=True)
    ]
    return {
        "servers": list(graph),
        "clients": list(clients),
        "seed": seed,
        "edges": edges,
        "forwards": forwards,
        "link": to_json(link),
    }


def raft_setup(
    setup: dict[str, Json], settings: Settings, rules: Mapping[str, Rules], own_server: bool
) -> dict[str, Json]:
    """The set-up of a system, with what is also needed to build a cluster of Raft servers."""
    link = setup.pop("link")
    return setup | {
        "settings": to_json(settings),
        "link": link,
        "rules": sorted({name for bundle in rules.values() for name in bundle.changed()}),
        "own_server": own_server,
    }


def arguments_of(setup: Mapping[str, Json], of_raft: bool = False) -> dict[str, Any]:
    """The arguments that build the system in a set-up again; with `of_raft`, those of a cluster.

    Raises `HistoryError` if the set-up is damaged or belongs to another kind of system.
    """
    import networkx as nx

    try:
        graph = nx.Graph()
        graph.add_nodes_from(setup["servers"])
        for a, b, link in setup["edges"]:
            graph.add_edge(a, b, **{key: value for key, value in link.items() if key != "is"})
        arguments = {
            "seed": setup["seed"],
            "topology": graph,
            "link": from_json(setup["link"]),
            "forwards": setup["forwards"],
            "clients": len(setup["clients"]),
        }
        if of_raft:
            arguments["settings"] = settings = from_json(setup["settings"])
            if not isinstance(settings, Settings):
                raise ValueError("its parts do not fit together")
        # An edge to a server that is not listed has added that server to the graph.
        if list(graph) != setup["servers"]:
            raise ValueError("its parts do not fit together")
        return arguments
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise HistoryError(
            f"this history's set-up is not that of a cluster ({type(error).__name__}: {error})"
        ) from None
