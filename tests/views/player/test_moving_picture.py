"""A picture that moves by itself: what it shows, when, and that it stands if motion is reduced."""

import re
from xml.etree import ElementTree

import pytest

from raftkit import Cluster
from raftkit.simulator import Partition
from raftkit.views.player.keyframes import Keyframes
from raftkit.views.player.moving_picture import IDLE, moving_picture

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def cluster():
    """An election, a command, a crash, another election, and a cut."""
    cluster = Cluster(servers=5, seed=7)
    cluster.run(ms=200)
    cluster.propose("x=<1>")
    cluster.run(ms=100)
    cluster.crash("S4")
    cluster.run(ms=300)
    cluster.do(Partition((("S1", "S2"),)))
    cluster.run(ms=50)
    return cluster


@pytest.fixture(scope="module")
def root(cluster):
    return ElementTree.fromstring(moving_picture(cluster.history, title="A & B").svg)


def css(root):
    return root.find(f"{SVG}style").text


def test_it_is_well_formed_and_the_same_each_time(cluster, root):
    assert root.find(f"{SVG}title").text == "A & B"
    assert moving_picture(cluster.history).svg == moving_picture(cluster.history).svg


def test_every_class_that_moves_has_keyframes_of_one_length(root):
    used = {name for each in root.iter() for name in each.get("class", "").split()}
    moving = set(re.findall(r"@keyframes (\w+)", css(root)))
    lengths = set(re.findall(r"animation:\w+ ([\d.]+)s", css(root)))

    assert {name for name in used if re.fullmatch(r"a\d+", name)} == moving
    assert len(lengths) == 1
    assert 5 < float(lengths.pop()) < 60


def test_percentages_rise_from_the_beginning_to_the_end(root):
    for body in re.findall(r"@keyframes \w+\{(.*?\})\}", css(root)):
        percentages = [float(each) for each in re.findall(r"([\d.]+)%\{", body)]
        assert percentages[0] == 0
        assert percentages == sorted(set(percentages))
        assert percentages[-1] <= 100


def test_where_motion_is_reduced_the_last_instant_stands(root):
    words = {
        group[0].text
        for group in root.iter(f"{SVG}g")
        if group.get("style") == "opacity:1" and len(group) and group[0].tag == f"{SVG}text"
    }

    assert "@media (prefers-reduced-motion:reduce){*{animation:none!important}}" in css(root)
    assert "✕" in words  # S4 is down.
    assert "leader" in words
    assert "candidate" not in words
    assert all(each.get("style") == "opacity:0" for each in root.iter(f"{SVG}path")
               if re.match(r"M0-9|M-7|M-5", each.get("d")))  # fmt: skip


def test_commands_and_links_are_shown(root):
    texts = {each.text for each in root.iter(f"{SVG}text")}
    links = [each for each in root.iter(f"{SVG}line") if "dasharray:3 6" in each.get("style", "")]

    assert "x=<1>" in texts
    assert len(links) == 6


def test_idle_stretches_are_short():
    cluster = Cluster(servers=3, seed=7)
    cluster.run(ms=30_000)
    text = moving_picture(cluster.history).svg

    assert float(re.search(r"animation:\w+ ([\d.]+)s", text)[1]) < 10 * IDLE


def test_equal_animations_are_written_once():
    frames = Keyframes(4)
    one, other = (frames.steps([(0, "opacity:0"), (2, "opacity:1")]) for _ in range(2))

    assert one == other
    assert frames.moves([(0, "opacity:0"), (2, "opacity:1")]) != one
    assert frames.css.count("@keyframes") == 2
