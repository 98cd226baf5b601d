"""A message is seen on the way that the simulated network has sent it."""

from random import Random

import networkx as nx
import pytest

from raftkit import Cluster
from raftkit.simulator import Cut, Heal
from raftkit.views.player.message_routes import MessageRoutes
from raftkit.views.player.timeline import Timeline


def sent_through(cluster, source, target):
    """The inner places of the route that the network takes now."""
    network = cluster.simulation.network
    names = {id(data["edge"]): b for _, b, data in network._edges.edges(data=True)}
    route = network._find_route(source, target)
    return tuple(names[id(edge)] for edge in route or ())[:-1]


@pytest.mark.parametrize("seed", range(8))
def test_the_ways_are_those_of_the_network(seed):
    random = Random(seed)
    graph = nx.connected_watts_strogatz_graph(8, 4, 0.4, seed=seed)
    cluster = Cluster(topology=graph, clients=1)
    ways, cut = MessageRoutes(cluster.history.setup), []
    longer = 0
    for _ in range(12):
        a, b = random.choice([tuple(edge[:2]) for edge in cluster.history.setup["edges"]])
        cluster.do(Cut(a, b, one_way=True))
        cut = [*cut, [a, b]]
        for source in cluster.servers:
            for target in cluster.servers:
                expected = sent_through(cluster, source, target)
                assert ways.between(source, target, cut) == expected
                longer += bool(expected)
    assert longer > 100
    cluster.do(Heal())
    assert ways.between("S1", "S5", []) == sent_through(cluster, "S1", "S5")
    assert ways.between("C1", "S5", []) == ()


def test_where_everybody_has_a_cable_nobody_passes_on():
    ways = MessageRoutes(Cluster(servers=4).history.setup)

    assert ways.between("S1", "S3", [["S1", "S3"]]) == ()


def test_a_star_is_crossed_by_its_middle():
    cluster = Cluster(topology=nx.star_graph(4), seed=2)
    cluster.run(ms=400)
    timeline = Timeline(cluster.history)
    rows = timeline.window(0)["flights"]

    assert {row[9] for row in rows if "S1" in row[1:3]} == {()}
    assert {row[9] for row in rows if "S1" not in row[1:3]} == {("S1",)}
