"""Messages travel over a networkx graph, whose edges delay, lose, repeat and cut."""

import networkx as nx
import pytest

from raftkit.simulator import Cut, Link, Lost, Mend, NetworkConditions, RaftSystem, Step

SHAPES = {
    "complete": nx.complete_graph(5),
    "star": nx.star_graph(4),
    "ring": nx.cycle_graph(5),
    "tree": nx.balanced_tree(2, 2),
    "path": nx.path_graph(3),
    "wheel": nx.wheel_graph(6),
    "petersen": nx.petersen_graph(),
    "random": nx.connected_watts_strogatz_graph(7, 2, 0.5, seed=1),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_cluster_commits_over_any_connected_graph(shape, led):
    cluster = led(topology=SHAPES[shape], seed=3)
    cluster.propose("x=1")
    cluster.run(ms=500)

    assert [cluster.values(server) for server in cluster.servers] == (
        [{"x": "1"}] * len(cluster.servers)
    )


def test_nine_servers_commit(led):
    cluster = led(servers=9, seed=1)
    cluster.propose("x=1")
    cluster.run(ms=200)

    assert {cluster.state(server).commit_index for server in cluster.servers} == {1}


def test_vertices_of_any_name_become_servers_in_their_order():
    graph = nx.Graph()
    graph.add_nodes_from([("a", 1), "Vienna", 3.5, frozenset({1})])
    graph.add_edges_from([(("a", 1), "Vienna"), ("Vienna", 3.5), (3.5, frozenset({1}))])
    cluster = RaftSystem(topology=graph)

    assert cluster.servers == ("S1", "S2", "S3", "S4")
    links = {(a, b) for a, b, _, _ in cluster.simulation.network.links()}
    assert links == {
        pair for n in (1, 2, 3) for pair in ((f"S{n}", f"S{n + 1}"), (f"S{n + 1}", f"S{n}"))
    }


def test_vertices_that_are_called_like_servers_keep_their_names():
    graph = nx.Graph([("S1", "S3"), ("S3", "S2")])
    cluster = RaftSystem(topology=graph)

    assert cluster.servers == ("S1", "S2", "S3")
    assert cluster.simulation.network.forwards
    cluster.do(Cut("S1", "S3"))
    assert not cluster.connected("S1", "S2")
    assert cluster.connected("S2", "S3")


def test_the_given_graph_stays_as_it_was():
    graph = nx.cycle_graph(4)
    RaftSystem(topology=graph).run(ms=300)

    assert sorted(graph) == [0, 1, 2, 3]
    assert all(attributes == {} for _, _, attributes in graph.edges(data=True))


@pytest.mark.parametrize(
    ("graph", "reason"),
    [
        (nx.DiGraph([(0, 1), (1, 0)]), "without direction"),
        (nx.MultiGraph([(0, 1), (0, 1)]), "one edge"),
        (nx.Graph([(0, 1), (1, 1)]), "links 1 to itself"),
        (nx.Graph(), "no vertices"),
        ([("S1", "S2")], "networkx graph"),
        ("ring", "networkx graph"),
    ],
)
def test_a_graph_that_is_no_topology_is_refused(graph, reason):
    with pytest.raises(ValueError, match=reason):
        RaftSystem(topology=graph)


def test_a_topology_and_another_number_of_servers_are_refused():
    with pytest.raises(ValueError, match="5 vertices for 3 servers"):
        RaftSystem(servers=3, topology=nx.cycle_graph(5))


def test_a_disconnected_graph_is_a_partition_from_the_start(led):
    graph = nx.disjoint_union(nx.complete_graph(3), nx.complete_graph(2))
    cluster = led(topology=graph, seed=1)
    cluster.run(ms=1_000)

    assert cluster.leader in {"S1", "S2", "S3"}
    assert not cluster.connected("S1", "S4")
    roles = {cluster.state(server).standing.role for server in ("S4", "S5")}
    assert "leader" not in roles


def test_a_graph_without_edges_elects_nobody():
    cluster = RaftSystem(topology=nx.empty_graph(3), seed=1)
    cluster.run(ms=2_000)

    assert cluster.leader is None
    reasons = {entry.reason for entry in cluster.history.records if isinstance(entry, Lost)}
    assert reasons == {"cut"}


def test_cutting_one_edge_of_a_ring_routes_around_it_and_cutting_two_partitions():
    cluster = RaftSystem(topology=nx.cycle_graph(5))
    cluster.do(Cut("S1", "S2"))
    assert cluster.connected("S1", "S2")

    cluster.do(Cut("S3", "S4"))
    assert cluster.connected("S2", "S3")
    assert not cluster.connected("S1", "S2")

    cluster.do(Mend("S1", "S2"))
    assert cluster.connected("S2", "S1")


def test_a_way_around_takes_longer():
    first_arrival = {}
    for cut in (False, True):
        cluster = RaftSystem(
            topology=nx.cycle_graph(4), link=Link(latency_min=7_000, latency_max=7_000)
        )
        if cut:
            cluster.do(Cut("S1", "S2"))
        cluster.simulation.hosts["S1"].fire("election")
        cluster.run(ms=50)
        arrival = next(
            entry
            for entry in cluster.history.records
            if isinstance(entry, Step) and entry.process == "S2" and hasattr(entry.event, "source")
        )
        first_arrival[cut] = arrival.time

    assert first_arrival == {False: 7_000, True: 21_000}


def test_on_a_complete_graph_nobody_forwards_unless_asked_to():
    directly, around = RaftSystem(servers=3), RaftSystem(servers=3, forwards=True)
    for cluster in (directly, around):
        cluster.do(Cut("S1", "S2"))

    assert not directly.connected("S1", "S2")
    assert around.connected("S1", "S2")


def test_a_cut_may_be_one_way():
    cluster = RaftSystem(servers=2)
    cluster.do(Cut("S1", "S2", one_way=True))
    assert not cluster.connected("S1", "S2")
    assert cluster.connected("S2", "S1")

    cluster.heal()
    assert cluster.connected("S1", "S2")


def test_one_way_cuts_on_a_ring_leave_the_other_way_round():
    cluster = RaftSystem(topology=nx.cycle_graph(4))
    for a, b in (("S1", "S2"), ("S2", "S3"), ("S3", "S4"), ("S4", "S1")):
        cluster.do(Cut(a, b, one_way=True))
    assert cluster.connected("S1", "S2")

    cluster.do(Cut("S4", "S3", one_way=True))
    assert not cluster.connected("S1", "S2")


def test_cutting_what_is_not_linked_is_refused_before_it_is_recorded():
    cluster = RaftSystem(topology=nx.path_graph(3))
    with pytest.raises(ValueError, match="no link from S1 to S3: S1 is linked to S2"):
        cluster.do(Cut("S1", "S3"))
    with pytest.raises(ValueError, match="no link from S1 to S1"):
        cluster.do(Mend("S1", "S1"))

    assert cluster.history.inputs == []


def test_a_partition_cuts_named_groups_and_the_rest_apart():
    cluster = RaftSystem(servers=5)
    cluster.partition({"S1", "S2"}, "S3")

    together = {("S1", "S2"), ("S4", "S5")}
    for a in cluster.servers:
        for b in cluster.servers:
            if a < b:
                assert cluster.connected(a, b) == ((a, b) in together), (a, b)


def test_a_client_stays_connected_unless_a_group_names_it():
    free, named = RaftSystem(servers=3, clients=1), RaftSystem(servers=3, clients=1)
    free.partition({"S1"}, {"S2"})
    named.partition({"S1", "C1"}, {"S2"})

    assert [free.connected("C1", server) for server in free.servers] == [True, True, True]
    assert [named.connected("C1", server) for server in named.servers] == [True, False, False]
    assert [named.connected(server, "C1") for server in named.servers] == [True, False, False]


def test_a_client_never_forwards_for_servers():
    cluster = RaftSystem(topology=nx.path_graph(3), clients=2)
    cluster.do(Cut("S1", "S2"))

    assert not cluster.connected("S1", "S3")


# Links ---------------------------------------------------------------------------------------


def test_an_edge_carries_its_own_link_and_the_default_for_the_rest():
    graph = nx.path_graph(3)
    graph.edges[0, 1].update(latency_min=40_000, latency_max=50_000, weight=3, label="sea cable")
    cluster = RaftSystem(topology=graph, link=Link(loss=0.25))
    links = {(a, b): link for a, b, _, link in cluster.simulation.network.links()}

    assert links["S1", "S2"] == links["S2", "S1"] == Link(40_000, 50_000, loss=0.25)
    assert links["S2", "S3"] == Link(loss=0.25)


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"loss": 2.0}, "loss is a probability, from 0 to 1, not 2.0"),
        ({"loss": -0.1}, "loss is a probability"),
        ({"loss": float("nan")}, "loss is a probability"),
        ({"duplicate": "often"}, "duplicate is a probability"),
        ({"slow": True}, "slow is a probability"),
        ({"latency_min": 1.5}, "latency_min must be a whole number"),
        ({"latency_min": -1}, "latency_min must be a whole number"),
        ({"latency_min": 20_000}, "latency_max must be a whole number of at least 20000"),
        ({"latency_max": None}, "latency_max must be a whole number"),
        ({"latency_slow": -1}, "latency_slow must be a whole number"),
        ({"bandwidth": 0.5}, "bandwidth must be a whole number"),
        ({"bandwidth": -1}, "bandwidth must be a whole number"),
    ],
)
def test_an_impossible_link_is_refused_where_it_enters(attributes, reason):
    with pytest.raises(ValueError, match=reason):
        Link(**attributes)

    graph = nx.path_graph(["Wien", "Graz"])
    graph.edges["Wien", "Graz"].update(attributes)
    with pytest.raises(ValueError, match=f"^the edge from 'Wien' to 'Graz': {reason}"):
        RaftSystem(topology=graph)


def test_latencies_stay_in_their_range_and_reach_both_ends():
    cluster = RaftSystem(servers=2, seed=1, link=Link(latency_min=3, latency_max=5))
    cluster.run(ms=5_000)
    delays, sent = set(), {}
    for step in cluster.history.steps():
        if id(step.event) in sent:
            delays.add(step.time - sent[id(step.event)])
        sent.update((id(message), step.time) for message in step.effects.messages)

    assert delays == {3, 4, 5}


def test_an_edge_that_loses_everything_partitions_without_a_cut():
    cluster = RaftSystem(servers=3, seed=1, link=Link(loss=1.0))
    cluster.run(ms=1_000)

    assert cluster.leader is None
    assert {entry.reason for entry in cluster.history.records if isinstance(entry, Lost)} == {
        "lost"
    }


def test_an_edge_that_repeats_everything_delivers_everything_twice():
    cluster = RaftSystem(servers=2, seed=1, link=Link(duplicate=1.0))
    cluster.run(ms=1_000)
    arrivals = {}
    for step in cluster.history.steps():
        if hasattr(step.event, "source"):
            arrivals.setdefault(id(step.event), []).append(step.time)
    settled = [times for times in arrivals.values() if times[0] < 900_000]

    assert settled
    assert {len(times) for times in settled} == {2}


def test_bandwidth_puts_messages_in_line():
    wide = Link(latency_min=1_000, latency_max=1_000)
    narrow = Link(latency_min=1_000, latency_max=1_000, bandwidth=100_000)
    arrived = {}
    for link in (wide, narrow):
        cluster = RaftSystem(servers=2, seed=1, link=link)
        cluster.run_until(lambda it: it.leader, ms=5_000)
        cluster.run(ms=100)
        start = cluster.now_ms
        for number in range(5):
            cluster.propose(f"x={number}" * 20)
        follower = "S1" if cluster.leader == "S2" else "S2"
        cluster.run_until(lambda it, name=follower: it.state(name).log.last_index == 5, ms=5_000)
        arrived[link.bandwidth] = cluster.now_ms - start

    assert arrived[0] == 1
    # Five messages of some 2,000 bits each at 100 bits a millisecond.
    assert 50 < arrived[100_000] < 500


def test_slow_messages_take_up_to_latency_slow_longer():
    link = Link(latency_min=1_000, latency_max=1_000, slow=0.5, latency_slow=9_000)
    cluster = RaftSystem(servers=2, seed=1, link=link)
    cluster.run(ms=3_000)
    delays, sent = [], {}
    for step in cluster.history.steps():
        if id(step.event) in sent:
            delays.append(step.time - sent[id(step.event)])
        sent.update((id(message), step.time) for message in step.effects.messages)

    assert min(delays) == 1_000
    assert 8_000 < max(delays) < 10_000


def test_network_conditions_change_odds_and_keep_latency_and_bandwidth():
    cluster = RaftSystem(servers=2, link=Link(5, 6, bandwidth=7))
    cluster.do(NetworkConditions(loss=0.1, duplicate=0.2, slow=0.3, latency_slow=4))

    assert {link for _, _, _, link in cluster.simulation.network.links()} == {
        Link(5, 6, loss=0.1, duplicate=0.2, bandwidth=7, slow=0.3, latency_slow=4)
    }
