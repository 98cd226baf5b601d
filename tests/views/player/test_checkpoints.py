"""However an instant is reached, from a copy nearby or from the beginning, it is the same."""

import json
from dataclasses import replace
from random import Random

import pytest

from raftkit import Cluster
from raftkit.checkers import draw_long_trial, run_trial
from raftkit.protocol import Rules, Server
from raftkit.simulator import Crash, History
from raftkit.views.player import checkpoints
from raftkit.views.player.checkpoints import Checkpoints
from raftkit.views.player.futures import Futures
from raftkit.views.player.timeline import WINDOW, Timeline


def told(timeline, end):
    """All windows of a timeline, as the browser would get them; the order of flights is free."""
    windows = [timeline.window(number) for number in range(end // WINDOW + 1)]
    return json.dumps(
        [window | {"flights": sorted(window["flights"])} for window in windows], default=str
    )


@pytest.mark.parametrize("seed", range(8))
def test_a_future_made_from_a_copy_is_told_like_one_run_from_the_beginning(seed):
    futures = Futures(run_trial(draw_long_trial(seed, ms=9_000)).history)
    futures.window(5)
    root, random = futures.now, Random(seed)
    for time in sorted(random.randrange(12_000_000) for _ in range(4)):
        futures.watch(root.id)
        future = futures.act(time, [Crash("S1")], watched_until=12_000_000)
        futures.window((time + 3_000_000) // WINDOW)
        history = future.timeline.history
        again = Cluster.replay(history)

        assert again.history.to_json() == history.to_json()
        assert told(future.timeline, history.end) == told(Timeline(again.history), history.end)
        assert future.timeline.marks == marks_of(again.history)


def marks_of(history):
    timeline = Timeline(history)
    timeline.read()
    return timeline.marks


def test_nothing_is_run_twice_to_reach_an_instant(monkeypatch):
    futures = Futures(Cluster(servers=3, seed=2))
    futures.window(30)
    followed = []
    follow = Cluster.follow

    def watched(cluster, history, until_ms):
        followed.append(until_ms - cluster.now_ms)
        follow(cluster, history, until_ms)

    monkeypatch.setattr(Cluster, "follow", watched)
    monkeypatch.setattr(Cluster, "replay", None)
    for time in (61_000_000, 59_999_999, 31_415_926, 0):
        futures.at(time)

    assert len(followed) == 4
    assert max(followed) <= checkpoints.SPACING / 1_000


def test_futures_share_the_checkpoints_of_their_common_past():
    futures = Futures(Cluster(servers=3, seed=2))
    futures.window(3)
    root = futures.now
    child = futures.act(4_500_000, [Crash("S1")], watched_until=8_000_000)

    common = child.checkpoints.until(4_500_000)
    assert len(common) == 3
    assert root.checkpoints.until(4_500_000) == common


def test_a_long_run_keeps_few_checkpoints_and_reaches_all_instants(monkeypatch):
    monkeypatch.setattr(checkpoints, "MOST", 8)
    futures = Futures(Cluster(servers=3, seed=2))
    futures.window(40)
    taken = futures.now.checkpoints.until(90_000_000)
    at = futures.at(47_123_456)

    assert 4 <= len(taken) <= 8
    assert taken[0].time == 0
    expected = Cluster.replay(futures.now.timeline.history, until_ms=47_123.456)
    assert at.history.to_json() == expected.history.to_json()


def test_servers_of_ones_own_are_run_again():
    class Mine(Server):
        """They might hold anything."""

    futures = Futures(Cluster(servers=3, seed=2, make_server=Mine))
    futures.window(2)
    assert futures.now.checkpoints.until(10_000_000) == ()
    future = futures.act(1_500_000, [Crash("S1")], watched_until=2_000_000)
    assert future.timeline.history.inputs[-1].action == Crash("S1")


def test_an_error_in_a_rule_ends_the_run_and_is_not_waited_for():
    def broken(settings):
        raise ZeroDivisionError("an interval over nothing")

    futures = Futures(Cluster(servers=3, rules=replace(Rules(), heartbeat_interval=broken)))
    with pytest.raises(ZeroDivisionError):
        futures.window(0)
    end = futures.now.end

    assert futures.window(5) is None
    assert futures.now.end == end


def test_an_empty_store_has_no_cluster():
    assert Checkpoints().at(History({}), 0) is None
