"""Rings, lines, stars, trees and grids look like what they are, and no two servers overlap."""

import subprocess
import sys
from itertools import combinations
from math import dist
from pathlib import Path
from typing import Any

import networkx
import pytest

from raftkit.simulator import RaftSystem
from raftkit.views import draw_topology
from raftkit.views.topology_layout import positions_of

GRAPHS = {
    "one": networkx.empty_graph(1),
    "ring": networkx.cycle_graph(15),
    "line": networkx.path_graph(6),
    "long line": networkx.path_graph(15),
    "star": networkx.star_graph(14),
    "tree": networkx.balanced_tree(2, 3),
    "crooked tree": networkx.full_rary_tree(3, 14),
    "grid": networkx.grid_2d_graph(3, 5),
    "all linked": networkx.complete_graph(15),
    "two rooms": networkx.barbell_graph(6, 3),
    "Petersen's": networkx.petersen_graph(),
    "prism": networkx.circular_ladder_graph(7),
    "two parts": networkx.disjoint_union(networkx.cycle_graph(5), networkx.path_graph(4)),
}
every_graph = pytest.mark.parametrize("name", GRAPHS)


@every_graph
def test_points_are_in_the_unit_square(name: str) -> None:
    points = positions_of(GRAPHS[name])

    assert list(points) == list(GRAPHS[name])
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in points.values())


@every_graph
def test_no_two_servers_overlap(name: str) -> None:
    cluster = RaftSystem(topology=GRAPHS[name], seed=1)
    drawn = [
        (float(circle["cx"]), float(circle["cy"])) for circle in _discs(draw_topology(cluster).svg)
    ]

    assert len(drawn) == len(cluster.servers)
    assert all(dist(one, other) > 2 * 33 for one, other in combinations(drawn, 2))


def _discs(svg: str) -> list[dict[str, str]]:
    import xml.etree.ElementTree as ElementTree

    found = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}circle")
    return [circle.attrib for circle in found if circle.get("r") == "33"]


@pytest.mark.parametrize("name", ["ring", "line", "long line", "grid"])
def test_linked_servers_are_neighbours_and_all_links_as_long(name: str) -> None:
    graph = GRAPHS[name]
    points = positions_of(graph)
    links = [dist(points[a], points[b]) for a, b in graph.edges]

    assert max(links) == pytest.approx(min(links), abs=1e-5)
    for a, b in combinations(graph, 2):
        assert graph.has_edge(a, b) or dist(points[a], points[b]) > max(links) * 1.01


def test_the_ring_and_the_grid_do_not_depend_on_the_order_of_names() -> None:
    mixed = networkx.relabel_nodes(networkx.cycle_graph(6), dict(enumerate("aebdcf")))
    shuffled: Any = networkx.Graph()
    shuffled.add_nodes_from("abcdef")
    shuffled.add_edges_from(mixed.edges)
    points = positions_of(shuffled)

    assert len({round(dist(points[a], points[b]), 4) for a, b in mixed.edges}) == 1


@pytest.mark.parametrize("name", ["tree", "crooked tree"])
def test_a_parent_is_above_its_children(name: str) -> None:
    graph = GRAPHS[name]
    points = positions_of(graph)
    root = networkx.center(graph)[0]

    for parent, child in networkx.bfs_edges(graph, root):
        assert points[parent][1] < points[child][1]


def test_the_hub_of_a_star_is_in_the_middle() -> None:
    assert positions_of(GRAPHS["star"])[0] == pytest.approx((0.5, 0.5), abs=0.02)


def test_no_layout_needs_numpy(repository: Path) -> None:
    code = (
        "import sys, networkx\n"
        "sys.modules['numpy'] = None\n"
        "from raftkit.views.topology_layout import positions_of\n"
        "graphs = [networkx.cycle_graph(5), networkx.balanced_tree(2, 2), networkx.path_graph(4),\n"
        "          networkx.grid_2d_graph(2, 3), networkx.petersen_graph()]\n"
        "print(sum(len(positions_of(graph)) for graph in graphs))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=repository, check=True
    )

    assert done.stdout.split() == ["32"]
