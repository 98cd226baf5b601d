"""What every picture must be: the same twice, well-formed, described, and harmless."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import networkx
import pytest

from raftkit.checkers.linearizability import Operation, Verdict, check_linearizable
from raftkit.protocol import Entry, Log, Persistent
from raftkit.simulator import History, InvariantViolation, NetworkConditions, RaftSystem, Timeout
from raftkit.views import (
    Picture,
    draw_ballot,
    draw_last_entries,
    draw_logs,
    draw_moments,
    draw_operations,
    draw_outages,
    draw_roles,
    draw_storage,
    draw_topology,
    space_time,
)
from raftkit.views.draw_matrix import draw_matrix
from raftkit.views.matrix_table import MatrixColumn, MatrixGroup, MatrixRow
from tests.picture_boxes import faults_of

HOSTILE = '<script>alert("1")</script> & \x00\x0b\ud800 ]]>'


def _history(command: str) -> History:
    cluster = RaftSystem(servers=3, seed=7, clients=1)
    cluster.run(ms=300)
    cluster.ask("C1", command)
    cluster.partition({"S1"}, {"S2", "S3"})
    cluster.run(ms=80)
    return cluster.history


def _ring() -> RaftSystem:
    cluster = RaftSystem(topology=networkx.cycle_graph(4), seed=3)
    cluster.run(ms=300)
    cluster.crash("S2")
    return cluster


def _stale_read() -> Verdict:
    operations = [
        Operation("C1", "put", "x", HOSTILE, called=0, returned=10),
        Operation("C2", "get", "x", called=20, returned=30),
        Operation("C3", "put", "x", "2", called=25),
    ]
    return check_linearizable(operations)


PICTURES: dict[str, Callable[[], Picture]] = {
    "space_time": lambda: space_time(_history("x=1")),
    "logs": lambda: draw_logs({"S1": Log.of_terms(1, 2), "S2": Log.of_terms(1)}, {"S1": 1}),
    "last entries": lambda: draw_last_entries({"S1": Log.of_terms(1), "S2": Log()}),
    "moments": lambda: draw_moments(_history("x=1"), {"a": 300, "b": 380}, title=HOSTILE),
    "storage": lambda: draw_storage(
        Persistent(2, "S1", Log.of_terms(1, 2)), Persistent(1), "follower", 0, 0
    ),
    "topology": lambda: draw_topology(_ring()),
    "roles": lambda: draw_roles("leader"),
    "outages": lambda: draw_outages({"<b>150 & more</b>": [12.5, 40, 900], "150-300 ms": [160.0]}),
    "ballot": lambda: draw_ballot(2, 1, 2),
    "operations": lambda: draw_operations(_stale_read()),
    "matrix": lambda: draw_matrix(
        [MatrixColumn("cases", "ca"), MatrixColumn("MIT 3A", "3A")],
        [MatrixGroup("Votes", (MatrixRow("V1", HOSTILE, ("meant", "escaped")),))],
    ),
}
every_picture = pytest.mark.parametrize("name", PICTURES)


@every_picture
def test_the_same_call_gives_the_same_picture(name: str) -> None:
    assert PICTURES[name]() == PICTURES[name]()


def test_pictures_do_not_depend_on_the_order_of_hashes(repository: Path) -> None:
    code = (
        "import hashlib, networkx\n"
        "from raftkit.simulator import RaftSystem\n"
        "from raftkit.views import space_time, draw_topology\n"
        "cluster = RaftSystem(servers=5, seed=7, clients=1)\n"
        "cluster.run(ms=300); cluster.ask('C1', 'x=1'); cluster.partition({'S1', 'S4'})\n"
        "cluster.run(ms=400); cluster.heal(); cluster.run(ms=100)\n"
        "for picture in (space_time(cluster.history), draw_topology(cluster)):\n"
        "    whole = picture.svg + picture.alt + picture.text\n"
        "    print(hashlib.sha256(whole.encode()).hexdigest())\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            cwd=repository,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(repository)},
        ).stdout
        for seed in ("0", "1", "2")
    }

    assert len(printed) == 1


@every_picture
def test_a_picture_names_and_describes_itself(name: str, read: Callable[[Picture], Any]) -> None:
    picture = PICTURES[name]()
    root = read(picture).root
    title, description = root[0], root[1]

    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert title.text
    assert description.text == picture.alt


@every_picture
def test_a_picture_brings_its_own_ground(name: str, read: Callable[[Picture], Any]) -> None:
    root = read(PICTURES[name]()).root
    ground = root[2]

    assert ground.tag.endswith("rect")
    assert ground.get("fill") == "#FFFFFF"
    assert float(ground.get("width", 0)) >= float(root.get("width", 0)) - 1


@every_picture
def test_nothing_is_drawn_outside_the_paper(name: str, read: Callable[[Picture], Any]) -> None:
    root = read(PICTURES[name]()).root
    width, height = float(root.get("width")), float(root.get("height"))
    for element in root.iter():
        for x in ("x", "x1", "x2", "cx"):
            assert -30 <= float(element.get(x, 0)) <= width
        for y in ("y", "y1", "y2", "cy"):
            assert -30 <= float(element.get(y, 0)) <= height


LONG = "A title that says more than there seems to be room for, on and on"


def _at_once(violation: str = "") -> Picture:
    """A run of an instant, whose lanes are short."""
    cluster = RaftSystem(servers=2, seed=1, clients=1)
    cluster.do(Timeout("S1"), NetworkConditions(loss=0.25, duplicate=0.25))
    cluster.ask("C1", f"x={'y' * 80}")
    cluster.run(ms=1)
    history = cluster.history
    last = len(history.records) - 1
    broken = InvariantViolation(violation, "Figure 2, State", history.end, last, ("S1",), (), LONG)
    return space_time(history, violation=broken if violation else None)


# Little to draw with much to say, where a text is likely to be cut off.
WORDY: dict[str, Callable[[], Picture]] = {
    "a short run": _at_once,
    "a short run that breaks": lambda: _at_once("Every Event Is Answered"),
    "a long word": lambda: _at_once("x" * 90),
    "space_time": lambda: space_time(_history(f"x={'1' * 90}"), 299, 300, title=LONG),
    "logs": lambda: draw_logs({LONG: Log([Entry(1, LONG)]), "S2": Log()}, {LONG: 1}, title=LONG),
    "last entries": lambda: draw_last_entries({LONG: Log.of_terms(1)}, title=LONG),
    "moments": lambda: draw_moments(_history("x=1"), {LONG: 300}, title=LONG),
    "storage": lambda: draw_storage(
        Persistent(10**9, LONG, Log([Entry(10**9, LONG)])), Persistent(1), title=LONG
    ),
    "topology": lambda: draw_topology(_ring(), title=LONG),
    "roles": lambda: draw_roles("leader", title=LONG),
    "outages": lambda: draw_outages({LONG: [1.0]}, title=LONG),
    "ballot": lambda: draw_ballot(0, 0, 1),
    "ballot with a title": lambda: draw_ballot(0, 0, 1, title=LONG),
    "operations": lambda: draw_operations(
        check_linearizable([Operation(LONG, "get", LONG, None, LONG, 0, 1)])
    ),
    "matrix": lambda: draw_matrix(
        [MatrixColumn(LONG, "ca")], [MatrixGroup(LONG, (MatrixRow("V1", LONG, ("meant",)),))]
    ),
}


@pytest.mark.parametrize("make", [*PICTURES.values(), *WORDY.values()])
def test_nothing_is_hidden_and_no_picture_is_wider_than_a_notebook(
    make: Callable[[], Picture],
) -> None:
    assert faults_of(make().svg) == []


def test_two_pictures_on_one_page_share_no_ids() -> None:
    ids = [set(re.findall(r' id="([^"]+)"', make().svg)) for make in PICTURES.values()]

    assert sum(len(some) for some in ids) == len(set().union(*ids)) == 3 * len(PICTURES)


@every_picture
def test_a_notebook_gets_an_image_with_alternative_text(name: str) -> None:
    picture = PICTURES[name]()
    bundle = picture._repr_mimebundle_()
    source = re.search(r'src="data:image/svg\+xml,([^"]+)"', bundle["text/html"])

    assert bundle["text/plain"] == picture.text
    assert source is not None
    svg = re.sub("<title>[^<]*</title>", "", picture.svg)
    assert unquote(source[1]).replace("'", '"') == svg
    assert re.search(r'<img alt="[^"]{20,}"', bundle["text/html"])
    assert "max-width:100%" in bundle["text/html"]


@every_picture
def test_no_form_of_a_picture_has_an_address_of_memory(name: str) -> None:
    picture = PICTURES[name]()

    for form in (repr(picture), str(picture), picture.alt, picture.svg):
        assert "0x" not in form


def test_hostile_commands_stay_text(read: Callable[[Picture], Any]) -> None:
    log = Log([Entry(1, HOSTILE)])
    pictures = [
        draw_logs({"S1": log, HOSTILE: log}, title=HOSTILE),
        space_time(_history(HOSTILE), title=HOSTILE),
    ]
    for picture in pictures:
        drawn = read(picture)

        assert not [found for found in drawn.root.iter() if "script" in found.tag]
        assert any("<script>" in title for title in drawn.titles)
        assert "<script" not in picture.to_html()


def test_a_picture_is_saved_as_svg(tmp_path: Path) -> None:
    picture = draw_ballot(1, 0, 2)
    picture.save(tmp_path / "ballot.svg")

    assert (tmp_path / "ballot.svg").read_text(encoding="utf-8") == picture.svg + "\n"
