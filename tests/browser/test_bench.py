"""The browser's performance table: its rows, and values that can be; nothing here is timed."""

import json

import pytest

from raftkit.bench.browser import Sizes, run_browser_bench
from raftkit.bench.browser.crowds import Crowd, at_rest
from raftkit.bench.browser.smoothness import sent_figures
from raftkit.views.flights import flights_of

SMALL = Sizes(crowds=(Crowd(3, 8),), seconds=0.2, runs=1, minutes=0.2, clicks=1)


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
        "5 servers at rest: sent",
        "3 servers, 8 in flight: sent",
        "first picture, raftkit not imported yet",
        "first picture, raftkit imported",
        "click to feedback, median",
        "click to feedback, median time",
        "click to Python's answer, median",
    ]
    for figure in figures:
        assert list(figure) == ["name", "value", "unit", "ratio", "ratio_to"]
        assert figure["value"] > 0
        assert figure["ratio"] > 0
    assert json.loads(json.dumps(figures)) == figures


def test_the_crowd_is_in_the_air_while_it_is_watched(figures):
    by_name = {figure["name"]: figure["value"] for figure in figures}

    assert 4 <= by_name["3 servers, 8 in flight: really in flight"] <= 16


@pytest.mark.parametrize("crowd", [Crowd(5, 40), Crowd(9, 200)])
def test_as_many_messages_are_in_flight_as_are_asked_for(crowd):
    cluster = crowd.cluster(400)
    aloft = [flight for flight in flights_of(cluster.history) if flight.landed is None]

    assert cluster.violations == []
    assert 0.8 * crowd.in_flight < len(aloft) < 1.2 * crowd.in_flight


def test_a_virtual_second_takes_few_bytes():
    # Counted, not timed: heartbeats of a cluster at rest are alike but for their times.
    (at_rest_sent, crowded) = sent_figures((Crowd(5, 40),))

    assert at_rest_sent["value"] < 7_000
    assert crowded["value"] < 120_000
    assert at_rest(3, 100).history.end == 100_000
