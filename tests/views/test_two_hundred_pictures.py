"""Two hundred runs of all kinds, drawn by every function: nothing is hidden, nothing off the paper.

The runs differ in size, topology, faults, clients and length; each is the same every time.
"""

import random
from collections.abc import Callable, Iterator

import networkx
import pytest

from raftkit.checkers.linearizability import linearizable_calls
from raftkit.protocol import Entry, Log, Persistent
from raftkit.simulator import Link, RaftSystem
from raftkit.views import (
    Picture,
    draw_ballot,
    draw_last_entries,
    draw_logs,
    draw_moments,
    draw_operations,
    draw_outages,
    draw_storage,
    draw_topology,
    space_time,
)
from tests.picture_boxes import faults_of

RUNS = 200
TOPOLOGIES: tuple[Callable[[int], networkx.Graph], ...] = (
    networkx.complete_graph,
    lambda size: networkx.cycle_graph(max(size, 3)),
    networkx.path_graph,
    lambda size: networkx.star_graph(size - 1),
    lambda size: networkx.full_rary_tree(2, size),
    lambda size: networkx.grid_2d_graph(max(size // 3, 2), 3),
    lambda size: networkx.circular_ladder_graph(max(size // 2, 3)),
)


def run_of(seed: int) -> RaftSystem:
    """One cluster after a run with faults and clients, all of them drawn by `seed`."""
    draw = random.Random(seed)
    graph = draw.choice(TOPOLOGIES)(draw.randint(1, 15))
    link = Link(loss=draw.choice((0.0, 0.0, 0.1)))
    cluster = RaftSystem(topology=graph, seed=seed, clients=draw.randint(0, 3), link=link)
    for step in range(draw.choice((2, 4, 6, 12))):
        cluster.run(ms=draw.choice((1, 20, 150, 300)))
        fault(cluster, draw, step)
    cluster.run(ms=20_000 if seed % 40 == 0 else draw.randint(0, 40))
    return cluster


def fault(cluster: RaftSystem, draw: random.Random, step: int) -> None:
    """Do one thing to a cluster from outside."""
    server = draw.choice(cluster.servers)
    match draw.randrange(7):
        case 0:
            cluster.crash(server)
        case 1:
            cluster.restart(server)
        case 2:
            cluster.pause(server)
        case 3:
            cluster.resume(server)
        case 4:
            cluster.partition(set(draw.sample(cluster.servers, len(cluster.servers) // 2)))
        case 5:
            cluster.heal()
        case _:
            for number in range(draw.randint(1, 5) if cluster.clients else 0):
                client = cluster.clients[number % len(cluster.clients)]
                cluster.ask(client, f"key{number}={'long' * draw.randint(0, 3)}{step}")


def pictures_of(cluster: RaftSystem, seed: int) -> Iterator[tuple[str, Picture]]:
    """Every picture of a cluster and its history."""
    draw = random.Random(seed)
    history, end = cluster.history, cluster.now_ms
    states = {name: state for name in cluster.servers if (state := cluster.state(name))}
    logs = {name: state.log for name, state in states.items()} or {"S1": Log()}
    yield "space_time", space_time(history)
    if seed % 4 == 1:
        yield "a part", space_time(history, end / 3, end / 2, title="A part of a run")
    times = sorted(draw.uniform(0, end) for _ in range(draw.randint(1, 8)))
    yield "draw_moments", draw_moments(history, {f"({n})": round(t) for n, t in enumerate(times)})
    yield "draw_topology", draw_topology(cluster)
    commit = {name: state.commit_index for name, state in states.items()}
    yield "draw_logs", draw_logs(logs, commit, next_index=commit, match_index=commit)
    yield "draw_last_entries", draw_last_entries(logs, commit)
    log = Log([Entry(number // 3 + 1, f"x={number}") for number in range(draw.randint(0, 60))])
    yield "draw_storage", draw_storage(Persistent(9, "S1", log), Persistent(8), "leader", 3, 2)
    yield (
        "draw_ballot",
        draw_ballot(1 + draw.randint(0, 20), draw.randint(0, 9), draw.randint(0, 9)),
    )
    outages = [draw.expovariate(0.01) + 0.1 for _ in range(draw.randint(1, 30))]
    yield "draw_outages", draw_outages({"some": outages, "many": [*outages, 90_000.0]})
    if cluster.clients:
        yield "draw_operations", draw_operations(linearizable_calls(history))


@pytest.mark.parametrize("seeds", [range(start, start + 20) for start in range(0, RUNS, 20)])
def test_every_picture_of_every_run_is_legible(seeds: range) -> None:
    found = {
        f"{name} of run {seed}": faults[:3]
        for seed in seeds
        for name, picture in pictures_of(run_of(seed), seed)
        if (faults := faults_of(picture.svg))
    }

    assert not found
