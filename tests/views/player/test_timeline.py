"""A history cut into windows: nothing is lost at their edges, nothing is told twice."""

import json
from itertools import pairwise

import pytest

from raftkit import Cluster
from raftkit.checkers import draw_long_trial, run_trial
from raftkit.protocol import TimerFired
from raftkit.simulator import (
    Crash,
    Cut,
    History,
    NetworkConditions,
    Partition,
    Pause,
    Restart,
    SetTimer,
    SlowDisk,
    TornWrite,
)
from raftkit.views.message_flights import flights_of
from raftkit.views.player.futures import Futures
from raftkit.views.player.timeline import WINDOW, Timeline


def windows_of(history):
    timeline = Timeline(history)
    timeline.read()
    return [timeline.window(number) for number in range(history.end // WINDOW + 1)]


def states_at(window, time):
    states = dict(window["states"])
    for at, name, state in window["state_changes"]:
        if at <= time:
            states[name] = state
    return states


@pytest.fixture(scope="module")
def stormy():
    """A long run with everything in it."""
    return run_trial(draw_long_trial(11, ms=7_000)).history


def test_every_flight_is_told_as_the_diagrams_tell_it(stormy):
    rows = {row[0]: row for window in windows_of(stormy) for row in window["flights"]}
    told = sorted(
        (row[1], row[2], row[3], row[4]) for row in rows.values() if row[7] != "never left"
    )
    drawn = sorted(
        (
            flight.message.source,
            flight.message.target,
            stormy.records[flight.left].time,
            None if flight.landed is None else stormy.records[flight.landed].time,
        )
        for flight in flights_of(stormy)
        if flight.outcome != "never left"
    )

    assert len(told) > 300
    assert [row[:3] for row in told] == [row[:3] for row in drawn]
    assert told == drawn


def test_a_window_begins_as_the_one_before_it_ends(stormy):
    windows = windows_of(stormy)

    for before, after in pairwise(windows):
        assert states_at(before, after["start"] - 1) == after["states"]


def test_a_flight_over_the_edge_is_in_both_windows():
    cluster = Cluster(servers=3, seed=7)
    cluster.run(ms=2_600)
    first, second = windows_of(cluster.history)
    both = {row[0] for row in first["flights"]} & {row[0] for row in second["flights"]}
    over = [row for row in first["flights"] if row[4] is not None and row[4] >= WINDOW]

    assert both == {row[0] for row in over}


def test_the_last_states_are_those_of_the_cluster():
    cluster = Cluster(servers=5, seed=7)
    cluster.run(ms=300)
    cluster.propose("x=1")
    cluster.run(ms=200)
    cluster.do(Crash("S1"), Pause("S2"))
    states = states_at(windows_of(cluster.history)[0], cluster.history.end)

    log = {"first": 1, "entries": [[1, "x=1"]]}
    assert states["S1"] == {"up": False, "disk": states["S1"]["disk"], "log": log}
    assert states["S2"]["paused"]
    for name in ("S3", "S4", "S5"):
        state = cluster.state(name)
        assert (states[name]["term"], states[name]["commit"]) == (
            state.standing.current_term,
            state.commit_index,
        )
        assert states[name]["log"] == log
        assert states[name].get("values", {}) == cluster.values(name)


def test_what_is_not_durable_yet_is_told_apart():
    cluster = Cluster(servers=3, seed=7)
    cluster.run(ms=300)
    leader = cluster.leader
    cluster.do(SlowDisk(leader, 50_000))
    cluster.propose("x=1")
    cluster.run(ms=1)
    early = states_at(windows_of(cluster.history)[0], cluster.history.end)[leader]
    cluster.run(ms=60)
    late = states_at(windows_of(cluster.history)[0], cluster.history.end)[leader]

    assert (early["disk"]["last"], late["disk"]["last"]) == (0, 1)


def test_a_torn_write_keeps_only_its_first_parts():
    cluster = Cluster(servers=3, seed=7)
    cluster.run(ms=300)
    leader = cluster.leader
    cluster.do(TornWrite(leader, 0))
    cluster.propose("x=1")
    state = states_at(windows_of(cluster.history)[0], cluster.history.end)[leader]

    assert not state["up"]
    assert state["disk"]["last"] == 0


def test_cut_links_are_told_with_their_directions():
    cluster = Cluster(servers=3, seed=1)
    cluster.do(Cut("S1", "S2", one_way=True))
    cluster.do(Partition((("S3",),)))
    cluster.heal()
    links = windows_of(cluster.history)[0]["cut_changes"]

    assert [ways for _, ways in links] == [
        [["S1", "S2"]],
        [["S1", "S2"], ["S1", "S3"], ["S2", "S3"], ["S3", "S1"], ["S3", "S2"]],
        [],
    ]


def test_the_network_conditions_are_sent_when_they_change_and_at_the_edge_of_a_window():
    cluster = Cluster(servers=3, seed=1)
    cluster.do(NetworkConditions(loss=0.3))
    cluster.run(ms=2_100)
    cluster.do(NetworkConditions())
    first, second = windows_of(cluster.history)

    assert first["conditions"] == {}
    assert [(at, conditions["loss"]) for at, conditions in first["condition_changes"]] == [(0, 0.3)]
    assert second["conditions"]["loss"] == 0.3
    assert [conditions["loss"] for _, conditions in second["condition_changes"]] == [0]


def test_elections_commits_crashes_and_violations_are_bookmarks():
    cluster = Cluster(servers=3, seed=7)
    cluster.run(ms=300)
    cluster.propose("x=1")
    cluster.run(ms=100)
    leader = cluster.leader
    cluster.do(Crash(leader), Restart(leader))
    timeline = Timeline(cluster.history)
    timeline.read()

    kinds = [mark[1] for mark in timeline.marks]
    assert {"election", "commit", "crash", "restart"} <= set(kinds)


def test_a_broken_property_names_the_culprits(two_leaders):
    timeline = Timeline(two_leaders.history)
    timeline.read()

    (violation,) = timeline.violations
    assert set(violation["servers"]) == {"S1", "S2"}
    assert timeline.marks[-1][1] == "violation"


def test_reading_on_gives_what_reading_at_once_gives():
    cluster = Cluster(servers=3, seed=7)
    timeline = Timeline(cluster.history)
    for _ in range(7):
        cluster.run(ms=450)
        timeline.read()
    again = Timeline(cluster.history)
    again.read()

    numbers = range(cluster.history.end // WINDOW + 1)
    assert json.dumps([timeline.window(number) for number in numbers]) == json.dumps(
        [again.window(number) for number in numbers]
    )
    assert timeline.marks == again.marks


def deadlines_of(window):
    """When each timer that is set in a window runs out, by when it was set, server and timer."""
    return {
        (at, name, timer): until
        for at, name, timer, change, until in window["timer_changes"]
        if change != "stop"
    }


def test_a_timer_that_runs_out_does_so_when_it_was_said():
    cluster = Cluster(servers=3, seed=5)
    cluster.run(ms=100)
    cluster.do(SetTimer("S2", 20_000))
    cluster.run(ms=500)
    (window,) = windows_of(cluster.history)
    told = deadlines_of(window)
    fired = {
        (step.time, step.process, step.event.timer)
        for step in cluster.history.steps()
        if isinstance(step.event, TimerFired)
    }

    assert (100_000, "S2", "election") in told
    assert told[100_000, "S2", "election"] == 120_000
    assert len(fired) > 5
    ends = {(until, name, timer) for (_, name, timer), until in told.items()}
    assert fired <= ends
    assert all(until > at for (at, _, _), until in told.items())


def test_a_history_from_a_file_knows_its_deadlines_again_when_it_is_played():
    cluster = Cluster(servers=3, seed=5)
    cluster.run(ms=2_500)
    read = History.from_json(cluster.history.to_json())
    (before, *_), (after, *_) = windows_of(cluster.history), windows_of(read)

    assert None not in deadlines_of(before).values()
    assert set(deadlines_of(after).values()) == {None}
    assert Futures(read).window(0)["timer_changes"] == before["timer_changes"]


def test_a_fork_knows_the_deadlines_of_its_past():
    cluster = Cluster(servers=3, seed=5)
    cluster.run(ms=3_000)
    twin = cluster.fork(ms=2_500)
    timeline = Timeline(cluster.history)
    timeline.read()

    assert (
        timeline.fork(twin.history, 2_500_000).window(1)["timers"] == timeline.window(1)["timers"]
    )
    copied = cluster.copy().history
    assert list(copied.deadlines) == list(cluster.history.deadlines) != []
