"""Histories worth a picture, and a reader of what was drawn."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import replace

import pytest

from raftkit.protocol import Rules
from raftkit.simulator import History, InvariantViolation, RaftSystem
from raftkit.views import Picture

SVG = "{http://www.w3.org/2000/svg}"


class Drawn:
    """An SVG read back: its texts, its titles, and its elements by class."""

    def __init__(self, picture: Picture) -> None:
        self.root = ElementTree.fromstring(picture.svg)
        self.texts = [found.text or "" for found in self.root.iter(f"{SVG}text")]
        self.titles = [found.text or "" for found in self.root.iter(f"{SVG}title")]

    def of_class(self, name: str) -> list[ElementTree.Element]:
        return [found for found in self.root.iter() if name in found.get("class", "").split()]


@pytest.fixture(scope="session")
def read() -> Callable[[Picture], Drawn]:
    return Drawn


@pytest.fixture(scope="session")
def election() -> History:
    """Five servers elect a first leader, which says so."""
    cluster = RaftSystem(servers=5, seed=7)
    cluster.run_until(lambda cluster: cluster.leader, ms=1_000)
    cluster.run(ms=30)
    return cluster.history


@pytest.fixture(scope="session")
def partition() -> History:
    """The leader is cut off with one other, asked in vain, and healed; a client looks on."""
    cluster = RaftSystem(servers=5, seed=7, clients=1)
    cluster.run(ms=400)
    leader = str(cluster.leader)
    minority = {leader, "S1" if leader != "S1" else "S2"}
    cluster.partition(minority, set(cluster.servers) - minority)
    cluster.ask("C1", "x=2")
    cluster.run(ms=300)
    cluster.heal()
    cluster.run(ms=60)
    return cluster.history


@pytest.fixture(scope="session")
def two_leaders() -> tuple[History, InvariantViolation]:
    """Servers that vote for everyone elect two leaders of one term."""
    rules = replace(Rules(), should_grant_vote=lambda standing, request, up_to_date: True)
    for seed in range(200):
        cluster = RaftSystem(servers=5, seed=seed, rules=rules)
        if cluster.run_until(lambda cluster: len(_leaders(cluster)) == 2, ms=600):
            break
    leaders = _leaders(cluster)
    records = cluster.history.records
    detail = f"{leaders[0]} and {leaders[1]} are both leaders of term 1."
    violation = InvariantViolation(
        "Election Safety", "§5.2", cluster.history.end, len(records) - 1, leaders, (), detail
    )
    return cluster.history, violation


def _leaders(cluster: RaftSystem) -> tuple[str, ...]:
    states = ((server, cluster.state(server)) for server in cluster.servers)
    return tuple(name for name, state in states if state and state.standing.role == "leader")
