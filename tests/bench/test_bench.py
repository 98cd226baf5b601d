"""The performance table: its form, and what must not depend on the machine."""

import json
import sys
import tracemalloc

import pytest

from raftkit import Cluster, bench, simulator
from raftkit.bench import checking, floor, fuzzing, proving, run_bench
from raftkit.bench.commits import ClosedLoop, with_log
from raftkit.bench.exploring import SearchSizes, actions_of_figure_8, bytes_per_state
from raftkit.bench.proving import WHOLE
from raftkit.checkers.explorer import Bounds
from raftkit.course.proving import answer
from raftkit.course.wrong_answers import WRONG_ANSWERS

CALLS_OF_A_COMMIT = 270
FEW = SearchSizes((Bounds(log=0, in_flight=3),), Bounds(servers=2), Bounds(servers=2))


@pytest.fixture(scope="module")
def measured(with_few_stories):
    """Everything, measured once and small, and what a bar sees meanwhile."""
    seen = []

    def bar(steps, total):
        for step in steps:
            seen.append(total)
            yield step

    with pytest.MonkeyPatch.context() as patch, with_few_stories():
        patch.setattr(fuzzing, "_SAMPLE", [answer("V1"), answer("P1")])
        patch.setattr(checking, "EXERCISES", [*checking.EXERCISES[::9], checking.EXERCISES[-1]])
        patch.setattr(proving, "WRONG_ANSWERS", proving.WRONG_ANSWERS[::30])
        sizes = {"commits": 20, "logs": (10, 50), "explored": FEW, "minutes": 0.2}
        return run_bench(rounds=1, progress=bar, **sizes), seen


@pytest.fixture
def figures(measured):
    return measured[0]


def test_every_figure_has_a_value_a_unit_and_a_ratio(figures):
    for figure in figures:
        assert list(figure) == ["name", "value", "unit", "ratio", "ratio_to"]
        assert figure["value"] > 0
        assert figure["ratio"] > 0
    assert json.loads(json.dumps(figures)) == figures


def test_every_ratio_is_to_a_figure_of_the_same_table(figures):
    names = [figure["name"] for figure in figures]

    assert len(set(names)) == len(names)
    assert {figure["ratio_to"] for figure in figures} <= set(names)
    assert (figures[0]["name"], figures[0]["ratio"]) == ("floor", 1.0)


def test_measurements_take_turns_round_by_round(monkeypatch):
    turns = []
    measurements = [
        bench.Measurement(name, "s", lambda name=name: turns.append(name) or 1.0, "a", max)
        for name in ("a", "b")
    ]
    monkeypatch.setattr(bench, "_measurements", lambda *sizes: measurements)

    run_bench(rounds=2)

    assert turns == ["a", "b", "a", "b"]


def test_a_bar_sees_every_measurement(measured):
    figures, seen = measured

    assert seen == [len(figures)] * len(figures)


def test_some_figures_come_with_those_they_are_compared_with():
    figures = run_bench(rounds=1, commits=5, logs=(5, 6), only="AFTER 6")

    assert [figure["name"] for figure in figures] == [
        "floor",
        "one commit after 5 entries",
        "one commit after 6 entries",
    ]


def test_a_figure_that_there_is_not_is_an_error():
    with pytest.raises(ValueError, match='no figure has "warp" in its name'):
        run_bench(only="warp")


@pytest.mark.parametrize("servers", [3, 5])
def test_the_closed_loop_has_one_command_in_flight(servers):
    cluster = Cluster(servers=servers)
    loop = ClosedLoop(cluster)

    loop.seconds_per_commit(10)

    assert loop.done >= 10
    assert cluster.state(loop.leader).log.last_index - loop.done == 1


def test_a_cluster_without_records_does_the_same():
    recorded, bare = (
        simulator.RaftSystem(servers=3, seed=4, record=record) for record in (True, False)
    )
    for cluster in (recorded, bare):
        ClosedLoop(cluster).seconds_per_commit(10)

    assert bare.history.records == []
    assert recorded.history.records
    assert [bare.state(server) for server in bare.servers] == [
        recorded.state(server) for server in recorded.servers
    ]


def test_a_long_log_is_there_before_the_first_command():
    cluster = with_log(30)
    ClosedLoop(cluster).seconds_per_commit(1)

    assert {cluster.state(server).log.last_index > 30 for server in cluster.servers} == {True}
    assert cluster.violations == []


def test_a_commit_with_a_long_log_takes_no_more_memory_than_with_a_short_one():
    # Memory is counted, not time: a copied log would stay in the history, 80 kB each time.
    short, long = (bytes_of_commits(with_log(entries)) for entries in (100, 10_000))

    assert long < 1.5 * short


def bytes_of_commits(cluster):
    """How much memory 50 commits leave behind."""
    loop = ClosedLoop(cluster)
    loop.seconds_per_commit(20)
    tracemalloc.start()
    try:
        loop.seconds_per_commit(50)
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def test_a_commit_takes_few_calls():
    # The budget of speed that no busy machine can break. It counts functions of C too.
    assert calls_of_a_commit(Cluster(servers=3)) <= CALLS_OF_A_COMMIT


def calls_of_a_commit(cluster):
    loop, calls = ClosedLoop(cluster), 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    loop.seconds_per_commit(20)
    before = loop.done
    sys.setprofile(count)
    try:
        loop.seconds_per_commit(200)
    finally:
        sys.setprofile(None)
    return calls / (loop.done - before)


def test_the_floor_is_measured_over_as_many_events_as_asked():
    assert floor(events=2_000) > 0


def test_the_graders_are_timed_on_every_wrong_answer(figures):
    by_name = {figure["name"]: figure["value"] for figure in figures}
    median, slowest, together = (by_name[name] for name, _ in WHOLE)

    assert median <= slowest <= together <= slowest * len(WRONG_ANSWERS)
    # The budget of a proof: nobody waits longer for the first counterexample.
    assert median < 1
    assert slowest < 10


def test_a_state_of_a_search_takes_few_bytes():
    # The budget of memory that no busy machine can break. Few states bear the tables' memory.
    assert bytes_per_state(Bounds(in_flight=4)) < 400


def test_figure_8_is_told_in_twenty_actions():
    assert actions_of_figure_8() == 20
