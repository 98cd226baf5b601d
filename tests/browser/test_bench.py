"""The browser's performance table: its rows, and values that can be; nothing here is timed."""

import json
import os

import pytest
from click.testing import CliRunner

from raftkit.bench.browser import Sizes, run_browser_bench
from raftkit.bench.browser.busy_clusters import BusyCluster
from raftkit.bench.browser.smoothness import sent_values
from raftkit.cli.program import all_commands
from raftkit.views.message_flights import flights_of

SMALL = Sizes(
    clusters=(BusyCluster(3, 8),), rounds=1, samples=2, seconds=0.2, minutes=0.2, clicks=1
)


@pytest.fixture(scope="module")
def figures(tool):
    tool("chromium", "apt-get install chromium, or put a Chromium of that name on PATH")
    return run_browser_bench(SMALL)


def test_every_figure_is_there_with_a_value_that_can_be(figures):
    assert [figure["name"] for figure in figures] == [
        "3 servers, 8 in flight: frames",
        "3 servers, 8 in flight: gap, 95th percentile",
        "3 servers, 8 in flight: script",
        "3 servers, 8 in flight: really in flight",
        "0.2 virtual minutes: size of the file",
        "0.2 virtual minutes: longest stutter",
        "first picture, raftkit not imported yet",
        "first picture, raftkit imported",
        "click to feedback, median",
        "click to feedback, median time",
        "click to Python's answer, median",
        "5 servers at rest: sent",
        "3 servers, 8 in flight: sent",
    ]
    for figure in figures:
        assert list(figure) == ["name", "value", "unit", "ratio", "ratio_to"]
        assert figure["value"] > 0
        assert figure["ratio"] > 0
    assert json.loads(json.dumps(figures)) == figures


def test_the_crowd_is_in_the_air_while_it_is_watched(figures):
    by_name = {figure["name"]: figure["value"] for figure in figures}

    assert 4 <= by_name["3 servers, 8 in flight: really in flight"] <= 16


@pytest.mark.parametrize("busy", [BusyCluster(5, 40), BusyCluster(9, 200)])
def test_as_many_messages_are_in_flight_as_are_asked_for(busy):
    cluster = busy.cluster(400)
    aloft = [flight for flight in flights_of(cluster.history) if flight.landed is None]

    assert cluster.violations == []
    assert 0.8 * busy.in_flight < len(aloft) < 1.2 * busy.in_flight


def test_a_virtual_second_takes_few_bytes():
    # Counted, not timed: heartbeats of a cluster at rest are alike but for their times.
    (_, at_rest), (_, with_traffic) = sent_values((BusyCluster(5, 40),))

    assert at_rest < 7_000
    assert with_traffic < 120_000


def test_a_program_that_is_no_browser_is_one_line_and_exit_status_2(tmp_path, monkeypatch):
    chromium = tmp_path / "chromium"
    chromium.write_text("#!/bin/sh\nexit 1\n")
    chromium.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    done = CliRunner().invoke(all_commands, ["bench", "--browser"])

    assert (done.exit_code, done.stdout) == (2, "")
    assert f"{chromium} does not start" in done.stderr
    assert done.stderr.count("\n") == 1
