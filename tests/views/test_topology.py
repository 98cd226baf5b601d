"""The network as it is now: who runs, who leads, and which links work."""

from collections.abc import Callable
from typing import Any

import networkx
import pytest

from raftkit.simulator import Cut, RaftSystem
from raftkit.views import Picture, draw_topology

Read = Callable[[Picture], Any]


@pytest.fixture
def ring() -> RaftSystem:
    cluster = RaftSystem(topology=networkx.cycle_graph(5), seed=4)
    cluster.run(ms=400)
    return cluster


def test_each_edge_of_the_graph_is_a_link(ring: RaftSystem, read: Read) -> None:
    titles = read(draw_topology(ring)).titles

    assert sum("the link between" in title for title in titles) == 5


def test_the_leader_has_its_letter_and_a_thick_outline(ring: RaftSystem, read: Read) -> None:
    picture = draw_topology(ring)
    drawn = read(picture)

    assert f"{ring.leader} is leader of term 1" in picture.alt
    assert drawn.texts.count("L 1") == 1
    assert sum(element.get("stroke-width") == "5" for element in drawn.root.iter()) == 1


def test_cut_links_are_dashed_and_crossed(ring: RaftSystem, read: Read) -> None:
    ring.do(Cut("S1", "S2"))
    picture = draw_topology(ring)

    assert "the link between S1 and S2 is cut" in read(picture).titles
    assert "cut: S1–S2" in picture.text


@pytest.mark.parametrize(("source", "target"), [("S3", "S4"), ("S4", "S3")])
def test_a_one_way_cut_says_which_way_still_works(
    ring: RaftSystem, read: Read, source: str, target: str
) -> None:
    ring.do(Cut(source, target, one_way=True))
    picture = draw_topology(ring)

    assert f"one way: {target}→{source}" in picture.text
    assert f"{target} reaches {source}, but not the other way round" in read(picture).titles


def test_crashed_and_paused_servers_are_told_apart(ring: RaftSystem, read: Read) -> None:
    ring.crash("S5")
    ring.pause("S2")
    picture = draw_topology(ring)

    assert "S5  down" in picture.text
    assert "S2  follower of term 1, paused" in picture.text
    assert {"S5 is down", "S2 is follower of term 1, paused"} <= set(read(picture).titles)


def test_clients_are_not_part_of_the_topology(read: Read) -> None:
    cluster = RaftSystem(servers=3, clients=2)

    assert "C1" not in draw_topology(cluster).text


def test_own_positions_are_obeyed(ring: RaftSystem, read: Read) -> None:
    picture = draw_topology(ring, positions={f"S{n}": (n, n % 2) for n in range(1, 6)})
    discs = [e for e in read(picture).root.iter() if e.get("r") == "33"]
    xs = [float(disc.get("cx")) for disc in discs]

    assert xs == sorted(xs)
    # Upwards is upwards: S1 stands above S2.
    assert float(discs[0].get("cy")) < float(discs[1].get("cy"))


def test_a_server_without_a_position_is_named(ring: RaftSystem) -> None:
    with pytest.raises(ValueError, match="no point for S4 and S5"):
        draw_topology(ring, positions={"S1": (0, 0), "S2": (1, 0), "S3": (0, 1)})


def test_a_single_server_has_a_picture(read: Read) -> None:
    assert "no links" in draw_topology(RaftSystem(servers=1)).text
