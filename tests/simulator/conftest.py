"""What the simulator's tests share: clusters that have been treated badly, and their bytes.

The schedules here know every fault, every topology and every kind of link, and nothing of Raft:
they look for runs that cannot be repeated, not for broken properties.
"""

from collections.abc import Callable
from hashlib import sha256
from random import Random
from typing import Any

import networkx as nx
import pytest

from raftkit.simulator import (
    Ask,
    Crash,
    Cut,
    Delay,
    Drift,
    Drop,
    Duplicate,
    Heal,
    History,
    Link,
    Mend,
    MendDisk,
    NetworkConditions,
    Partition,
    Pause,
    Propose,
    RaftSystem,
    Restart,
    Resume,
    SlowDisk,
    Timeout,
    TornWrite,
)

LINKS = (
    Link(),
    Link(latency_min=0, latency_max=0),
    Link(loss=0.1, duplicate=0.1),
    Link(bandwidth=500_000),
    Link(slow=0.1, latency_slow=80_000),
)

TOPOLOGIES = (
    nx.complete_graph(1),
    nx.complete_graph(2),
    nx.complete_graph(3),
    nx.complete_graph(5),
    nx.star_graph(3),
    nx.cycle_graph(5),
    nx.balanced_tree(2, 2),
    nx.path_graph(4),
    nx.petersen_graph(),
)


def random_action(random: Random, cluster: RaftSystem) -> Any:
    """Any fault or request, with servers and links that the cluster has."""
    server = random.choice(cluster.servers)
    links = [(a, b) for a, b, _, _ in cluster.simulation.network.links()]
    a, b = random.choice(links) if links else (server, server)
    half = tuple(name for name in cluster.servers if random.random() < 0.5)
    choices: list[Any] = [
        Crash(server),
        Restart(server),
        Restart(server),
        Pause(server),
        Resume(server),
        Resume(server),
        Timeout(server),
        Heal(),
        Partition((half,)),
        Drop(random.choice((None, server)), count=random.randint(1, 5)),
        Duplicate(target=server, count=random.randint(1, 5)),
        Delay(random.randint(0, 400_000), kind="AppendEntriesRequest", count=3),
        NetworkConditions(random.random() / 4, random.random() / 4, random.random() / 4, 50_000),
        Drift(server, random.randint(-500_000, 1_000_000)),
        SlowDisk(server, random.choice((0, 1, 5_000, 60_000))),
        TornWrite(server, random.randint(0, 2)),
        MendDisk(server),
        Propose(f"x={random.randint(0, 9)}"),
        Propose("x+=1", server),
        Ask(random.choice(cluster.clients), "x+=1"),
        Ask(random.choice(cluster.clients), "x"),
    ]
    if links:
        choices += [Cut(a, b, one_way=random.random() < 0.5), Mend(a, b)]
    return random.choice(choices)


def mistreat(seed: int, cluster_type: type[RaftSystem] = RaftSystem) -> RaftSystem:
    """A cluster after a few seconds of what `seed` makes happen to it."""
    random = Random(seed)
    cluster = cluster_type(
        seed=seed, topology=random.choice(TOPOLOGIES), link=random.choice(LINKS), clients=2
    )
    for _ in range(random.randint(3, 14)):
        for _ in range(random.randint(1, 3)):
            now, later = cluster.now_ms, cluster.now_ms + random.random() * 90
            cluster.do(random_action(random, cluster), at_ms=random.choice((None, now, later)))
        cluster.run(ms=random.choice((0, 0.001, 3, 40, 150, 350)))
    return cluster


@pytest.fixture
def mistreated() -> Callable[..., RaftSystem]:
    """Makes a cluster that has been through random faults: `mistreated(seed)`."""
    return mistreat


@pytest.fixture
def print_of() -> Callable[[History], str]:
    """The fingerprint of a history: equal for equal bytes."""

    def fingerprint(history: History) -> str:
        return sha256(history.to_json().encode("ascii")).hexdigest()

    return fingerprint


@pytest.fixture
def led() -> Callable[..., RaftSystem]:
    """Makes a cluster that has a leader: `led(servers=3, seed=1)`."""

    def elect(*arguments: Any, **options: Any) -> RaftSystem:
        cluster = RaftSystem(*arguments, **options)
        assert cluster.run_until(lambda it: it.leader, ms=5_000), "no leader within 5 seconds"
        cluster.run(ms=100)
        return cluster

    return elect
