"""A broken property or an error ends a run at its step, and leaves a history to look at."""

from dataclasses import replace

import pytest

from raftkit.protocol import ForbiddenTransition, Rules, Standing
from raftkit.simulator import History, InvariantViolation, RaftSystem, Resume, Step
from raftkit.simulator.records import step_of


def broken(simulation, *servers):
    """A violation at the last step of a simulation."""
    position = len(simulation.history.records) - 1
    return InvariantViolation("A property", "§0", simulation.now, position, servers, (), "Broken.")


def one_leader(simulation):
    """There may not be a second leader: the smallest checker there is."""
    leaders = set()

    def observe(row):
        step = step_of(row)
        if not step.process.startswith("S") or step.state.standing.role != "leader":
            return
        leaders.add(step.process)
        if len(leaders) > 1:
            simulation.report(broken(simulation, *sorted(leaders)))

    simulation.observers.append(observe)


def violated(**options):
    cluster = RaftSystem(servers=3, seed=1, clients=1, watch=(one_leader,), **options)
    cluster.run_until(lambda it: it.leader, ms=2_000)
    cluster.run(ms=200)
    cluster.ask("C1", "x=1")
    cluster.crash(cluster.leader)
    cluster.run(ms=5_000)
    return cluster


def test_a_violation_ends_the_run_at_its_step():
    cluster = violated()

    (violation,) = cluster.violations
    assert violation.step == len(cluster.history.records) - 1
    assert isinstance(cluster.history.records[-1], Step)
    assert cluster.now_ms * 1_000 == violation.time == cluster.history.end


def test_a_stopped_run_stays_stopped():
    cluster = violated()
    records, now = list(cluster.history.records), cluster.now_ms
    cluster.run(ms=1_000)
    assert not cluster.run_until(lambda it: False, ms=1_000)
    cluster.crash("S1")
    cluster.heal()
    cluster.do(Resume("S2"), at_ms=now + 5)
    assert cluster.propose("x=1") is None
    cluster.run(ms=1_000)

    assert cluster.history.records == records
    assert cluster.now_ms == now
    assert len(cluster.violations) == 1


def test_a_stopped_run_can_be_replayed_and_saved():
    cluster = violated()
    text = cluster.history.to_json()
    loaded = History.from_json(text)

    assert loaded.violations == cluster.violations
    assert RaftSystem.replay(loaded, watch=(one_leader,)).history.to_json() == text
    assert cluster.fork().history.to_json() == text


def test_a_stopped_run_can_be_forked_before_the_violation_and_saved_from_it():
    cluster = violated()
    fork = cluster.fork(cluster.now_ms - 0.001)
    assert fork.violations == []

    old = next(name for name in fork.servers if fork.state(name) is None)
    for name in fork.servers:
        if name != old:
            fork.crash(name)
    fork.restart(old)
    fork.run(ms=1_000)
    assert fork.violations == []
    assert len(cluster.violations) == 1


def test_a_run_may_go_on_after_a_violation():
    cluster = violated(stop_at_violation=False)

    assert len(cluster.violations) > 1
    assert cluster.history.end > cluster.violations[0].time
    assert cluster.fork().history.to_json() == cluster.history.to_json()


def test_a_violation_in_the_middle_of_a_waking_ends_the_waking():
    cluster = RaftSystem(servers=3, seed=1, watch=(one_leader,))
    cluster.run_until(lambda it: it.leader, ms=2_000)
    cluster.run(ms=100)
    first = cluster.leader
    other = next(name for name in cluster.servers if name != first)
    cluster.partition({first})
    cluster.pause(other)
    cluster.run(ms=3_000)
    waiting = len(cluster.host(other)._backlog)
    cluster.simulation.observers.append(
        lambda row: cluster.simulation.report(broken(cluster.simulation, row[1]))
    )
    steps = len(cluster.history.steps())
    cluster.resume(other)

    assert waiting > 1
    assert len(cluster.history.steps()) == steps + 1


# Errors --------------------------------------------------------------------------------------


class Mistake(Exception):
    """What a student's rule raises here."""


def raises(*arguments):
    raise Mistake("in my own rule")


@pytest.mark.parametrize(
    "rule",
    [
        "adopt_term",
        "treat_request",
        "should_grant_vote",
        "start_election",
        "count_vote",
        "has_majority",
        "writes_needed",
        "heartbeat_targets",
        "make_append_entries",
        "merge_entries",
        "advance_commit_index",
        "apply_through",
    ],
)
def test_an_error_in_a_rule_leaves_the_history_ending_with_its_step(rule):
    cluster = RaftSystem(servers=3, seed=1, rules=replace(Rules(), **{rule: raises}))
    with pytest.raises(Mistake, match="in my own rule"):
        propose_every_so_often(cluster)
    last = cluster.history.records[-1]

    assert isinstance(last, Step)
    assert last.time == cluster.history.end
    assert not last.effects.messages
    text = cluster.history.to_json()
    assert History.from_json(text).to_json() == text

    cluster.run(ms=1_000)
    cluster.heal()
    assert cluster.history.records[-1] is last


def propose_every_so_often(cluster):
    for _ in range(20):
        cluster.run(ms=100)
        cluster.propose("x=1")


def test_an_error_in_a_rule_is_raised_by_whatever_made_it_happen(led):
    cluster = led(servers=3, seed=1)
    for server in cluster.servers:
        process = cluster.host(server).process
        process.rules = replace(Rules(), append_command=raises)
    with pytest.raises(Mistake):
        cluster.propose("x=1")

    assert isinstance(cluster.history.records[-1], Step)


def test_an_error_when_a_server_restarts_ends_the_history_with_its_start(led):
    calls = []

    def restart_once(persistent):
        calls.append(persistent)
        if len(calls) > 3:
            raise Mistake("in my own rule")
        return Rules().restart(persistent)

    cluster = led(servers=3, seed=1, rules=replace(Rules(), restart=restart_once))
    cluster.crash("S1")
    with pytest.raises(Mistake):
        cluster.restart("S1")

    last = cluster.history.records[-1]
    assert (last.process, last.event.restarted, last.state) == ("S1", True, None)


def test_a_rule_that_answers_nonsense_still_leaves_its_step():
    nonsense = replace(Rules(), adopt_term=lambda standing, message: None)
    cluster = RaftSystem(servers=3, seed=1, rules=nonsense)
    with pytest.raises(AttributeError):
        cluster.run(ms=2_000)

    last = cluster.history.records[-1]
    assert isinstance(last, Step)
    assert last.state.standing == Standing()
    assert History.from_json(cluster.history.to_json())


def test_the_moments_before_an_error_can_be_visited():
    cluster = RaftSystem(servers=3, seed=1, rules=replace(Rules(), count_vote=raises))
    with pytest.raises(Mistake):
        cluster.run(ms=2_000)
    fork = cluster.fork(cluster.now_ms - 0.001)

    assert "candidate" in {fork.state(server).standing.role for server in fork.servers}
    with pytest.raises(Mistake):
        fork.run(ms=1)


def explained(simulation):
    """Somebody knows what a forbidden transition means."""
    simulation.explanations.append(
        lambda simulation, server, error: (
            broken(simulation, server) if isinstance(error, ForbiddenTransition) else None
        )
    )


def forbidden(standing, server, peers, last_log_index, last_log_term):
    campaign = Rules().start_election(standing, server, peers, last_log_index, last_log_term)
    return replace(campaign, standing=replace(campaign.standing, role="leader"))


def test_an_error_that_is_explained_becomes_a_violation():
    cluster = RaftSystem(
        servers=3, seed=1, rules=replace(Rules(), start_election=forbidden), watch=(explained,)
    )
    cluster.run(ms=1_000)

    (violation,) = cluster.violations
    assert cluster.history.records[violation.step] is cluster.history.records[-1]
    assert cluster.fork().history.to_json() == cluster.history.to_json()


def test_a_run_that_goes_on_after_an_explained_error_does_so_without_that_server():
    cluster = RaftSystem(
        servers=3,
        seed=1,
        rules={"S1": replace(Rules(), start_election=forbidden)},
        watch=(explained,),
        stop_at_violation=False,
    )
    cluster.host("S1").fire("election")
    cluster.run(ms=2_000)

    assert [violation.servers for violation in cluster.violations] == [("S1",)]
    assert cluster.state("S1") is None
    assert cluster.leader in {"S2", "S3"}


def test_an_error_in_a_run_without_records_still_ends_it():
    cluster = RaftSystem(servers=3, seed=1, rules=replace(Rules(), count_vote=raises), record=False)
    with pytest.raises(Mistake):
        cluster.run(ms=2_000)
    now = cluster.now_ms
    cluster.run(ms=100)

    assert cluster.now_ms == now
    assert cluster.history.records == []
