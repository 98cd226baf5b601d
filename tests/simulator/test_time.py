"""Virtual time: whole, forwards, and stopped by nothing but a violation."""

from dataclasses import replace

import pytest

from raftkit.protocol import Rules, Settings
from raftkit.simulator import Crash, Drift, Propose, RaftSystem, Timeout
from raftkit.simulator.records import step_of


def test_running_for_no_time_changes_nothing():
    cluster = RaftSystem(seed=1)
    before = cluster.history.to_json()
    cluster.run(ms=0)

    assert cluster.now_ms == 0
    assert cluster.history.to_json() == before


def test_time_passes_even_when_nothing_happens():
    cluster = RaftSystem(servers=2, seed=1)
    cluster.crash("S1")
    cluster.crash("S2")
    cluster.run(ms=1_000)

    assert cluster.now_ms == 1_000
    assert cluster.history.end == 1_000_000
    assert not cluster.run_until(lambda it: it.leader, ms=500)
    assert cluster.now_ms == 1_500


@pytest.mark.parametrize("ms", [-1, float("nan"), float("inf"), "5", None])
@pytest.mark.parametrize("wait", ["run", "run_until", "fork", "at"])
def test_a_time_that_is_none_is_refused_in_one_line(ms, wait):
    if ms is None and wait in ("fork", "at"):
        ms = []
    cluster = RaftSystem(seed=1)
    calls = {
        "run": lambda: cluster.run(ms=ms),
        "run_until": lambda: cluster.run_until(lambda it: False, ms=ms),
        "fork": lambda: cluster.fork(ms),
        "at": lambda: cluster.do(Crash("S1"), at_ms=ms),
    }
    with pytest.raises(ValueError, match="time") as refused:
        calls[wait]()

    assert "\n" not in str(refused.value)
    assert cluster.history.inputs == []


def test_run_until_stops_at_the_first_instant_at_which_it_holds():
    cluster, watched = RaftSystem(seed=4), RaftSystem(seed=4)
    cluster.run(ms=2_000)
    elected = next(
        step.time
        for step in cluster.history.steps()
        if step.state and step.state.standing.role == "leader"
    )

    assert watched.run_until(lambda it: it.leader, ms=2_000)
    assert watched.now_ms * 1_000 == elected


def test_run_until_may_act_on_the_cluster_it_looks_at():
    cluster = RaftSystem(seed=4)

    def crash_the_leader(it):
        if it.leader:
            it.crash(it.leader)
            return True
        return False

    assert cluster.run_until(crash_the_leader, ms=2_000)
    assert cluster.fork().history.to_json() == cluster.history.to_json()


def test_a_fault_planned_for_an_instant_happens_at_that_instant():
    cluster = RaftSystem(seed=1)
    cluster.do(Crash("S1"), Crash("S2"), at_ms=123.456)
    cluster.run(ms=123.455)
    assert cluster.state("S1") is not None

    cluster.run(ms=0.001)
    assert cluster.state("S1") is None
    assert cluster.state("S2") is None
    assert cluster.state("S3") is not None


def test_a_fault_planned_for_the_past_is_refused():
    cluster = RaftSystem(seed=1)
    cluster.run(ms=10)
    with pytest.raises(ValueError, match=r"^9\.0 ms is already past: it is 10\.0 ms$"):
        cluster.do(Crash("S1"), at_ms=9)

    assert cluster.history.inputs == []


def test_what_is_planned_for_now_happens_before_what_is_asked_next(led):
    cluster = led(seed=1)
    cluster.do(Crash(cluster.leader), at_ms=cluster.now_ms)

    assert cluster.leader is None
    assert cluster.propose("x=1") is None


def test_a_slow_clock_waits_longer_and_a_fast_one_shorter():
    settings = Settings(election_timeout_min=200_000, election_timeout_max=200_000)
    first_election = {}
    for drift in (-500_000, 0, 500_000):
        cluster = RaftSystem(servers=1, settings=settings)
        cluster.do(Drift("S1", drift))
        # The timer that already runs keeps its instant; the next one is measured anew.
        cluster.crash("S1")
        cluster.restart("S1")
        cluster.run_until(lambda it: it.leader, ms=1_000)
        first_election[drift] = round(cluster.now_ms)

    assert first_election == {-500_000: 100, 0: 200, 500_000: 300}


def test_a_timeout_can_be_forced_and_does_nothing_to_a_leader():
    cluster = RaftSystem(seed=1)
    cluster.do(Timeout("S2"))
    assert cluster.state("S2").standing.role == "candidate"
    cluster.run(ms=30)
    assert cluster.leader == "S2"

    steps = len(cluster.history.steps())
    cluster.do(Timeout("S2"))
    assert len(cluster.history.steps()) == steps


def test_a_timeout_of_a_server_that_is_down_or_paused_does_nothing():
    cluster = RaftSystem(seed=1)
    cluster.crash("S1")
    cluster.pause("S2")
    steps = len(cluster.history.steps())
    cluster.do(Timeout("S1"), Timeout("S2"))

    assert len(cluster.history.steps()) == steps


def test_an_action_in_the_middle_of_a_step_waits_for_the_end_of_the_instant():
    cluster = RaftSystem(seed=1)
    leaders = []

    def crash_the_winner(row):
        step = step_of(row)
        if step.process in cluster.servers and step.state.standing.role == "leader" and not leaders:
            leaders.append(step.process)
            cluster.crash(step.process)
            assert cluster.state(step.process) is not None

    cluster.simulation.observers.append(crash_the_winner)
    cluster.run(ms=2_000)

    assert cluster.state(leaders[0]) is None
    assert RaftSystem.replay(cluster.history).history.to_json() == cluster.history.to_json()


def test_a_closed_loop_from_inside_the_run_replays_to_the_same_bytes(led):
    cluster = led(servers=3, seed=2)
    simulation, answers = cluster.simulation, []

    def ask_again(answer):
        answers.append(answer.result)
        simulation.perform(Propose(f"x={len(answers)}"))

    simulation.on_answer = ask_again
    for number in range(8):
        cluster.propose(f"start={number}")
    cluster.run(ms=400)

    assert len(answers) > 50
    assert RaftSystem.replay(cluster.history).history.to_json() == cluster.history.to_json()


def test_a_cluster_cannot_be_run_from_inside_its_own_step():
    cluster = RaftSystem(seed=1)
    cluster.simulation.observers.append(lambda step: cluster.run(ms=1))
    with pytest.raises(RuntimeError, match="already running"):
        cluster.run(ms=1_000)


def test_an_election_timeout_with_a_fraction_leaves_time_whole():
    fraction = replace(Rules(), election_timeout=lambda settings, draw: 150_000 + draw * 150_000)
    cluster = RaftSystem(seed=1, rules=fraction)
    cluster.run(ms=1_000)

    assert cluster.leader
    assert all(type(entry.time) is int for entry in cluster.history.records)
