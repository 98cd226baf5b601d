"""Faults are data: each does what it says, can be planned, and survives being written down."""

import json

import pytest

from raftkit.protocol import AppendEntriesResponse, Entry
from raftkit.protocol.json_form import from_json, to_json
from raftkit.simulator import (
    Ask,
    Crash,
    Cut,
    Delay,
    Drift,
    Drop,
    Duplicate,
    Fault,
    Heal,
    Link,
    Lost,
    Mend,
    MendDisk,
    NetworkConditions,
    Partition,
    Pause,
    Propose,
    RaftSystem,
    Restart,
    Resume,
    SlowDisk,
    Started,
    Step,
    Timeout,
    TornWrite,
)
from raftkit.simulator.by_hand import ByHand, Deliver, HandsOff, Lose
from raftkit.simulator.in_flight import Catch, SetTimer

EXAMPLES = (
    ByHand(),
    HandsOff(),
    Deliver("S1", "S2", "AppendEntriesRequest"),
    Lose("S1", "S2", "AppendEntriesRequest"),
    Catch("S1", "S2", "AppendEntriesRequest", 1, "hold up", 5_000),
    SetTimer("S1", 30_000),
    Partition((("S1", "S2"), ("S3",))),
    Heal(),
    Cut("S1", "S2", one_way=True),
    Mend("S1", "S2"),
    NetworkConditions(0.1, 0.2, 0.3, 4_000),
    Crash("S1"),
    Restart("S1"),
    Pause("S1"),
    Resume("S1"),
    Timeout("S1"),
    Drop("S1", None, "AppendEntriesRequest", 3),
    Duplicate(None, "S2", None, 2),
    Delay(5_000, "S1", "S2", "RequestVoteRequest", 1),
    Drift("S1", -200_000),
    SlowDisk("S1", 30_000),
    TornWrite("S1", 1),
    MendDisk("S1"),
    Propose("x=1", "S1"),
    Ask("C1", "x=1"),
)


def test_every_fault_has_an_example_here():
    assert {type(example) for example in EXAMPLES} == {*Fault.__args__, Propose, Ask}


@pytest.mark.parametrize("action", EXAMPLES, ids=lambda action: type(action).__name__)
def test_an_action_survives_being_written_down(action):
    text = json.dumps(to_json(action))

    assert from_json(json.loads(text)) == action


@pytest.mark.parametrize("action", EXAMPLES, ids=lambda action: type(action).__name__)
def test_an_action_happens_now_or_later_and_is_recorded(action):
    cluster = RaftSystem(servers=3, seed=1, clients=1)
    cluster.do(action)
    cluster.do(action, at_ms=400)
    cluster.run(ms=1_000)
    acted = [(entry.time, entry.action) for entry in _acted(cluster)]

    assert acted[0] == (0, action)
    assert (400_000, action) in acted
    assert RaftSystem.replay(cluster.history).history.to_json() == cluster.history.to_json()


def _acted(cluster):
    return [entry for entry in cluster.history.records if type(entry).__name__ == "Acted"]


# Crash and restart ---------------------------------------------------------------------------


def test_a_crashed_server_says_nothing_and_what_reaches_it_is_lost(led):
    cluster = led(servers=3, seed=1)
    follower = next(name for name in cluster.servers if name != cluster.leader)
    cluster.crash(follower)
    start = len(cluster.history.records)
    cluster.run(ms=500)
    records = cluster.history.records[start:]

    assert cluster.state(follower) is None
    assert cluster.values(follower) == {}
    assert not [entry for entry in records if isinstance(entry, Step) and entry.process == follower]
    down = [entry for entry in records if isinstance(entry, Lost) and entry.reason == "down"]
    assert {entry.message.target for entry in down} == {follower}


def test_a_restarted_server_has_its_disk_and_applies_its_log_again(led):
    cluster = led(servers=3, seed=1)
    cluster.propose("x=1")
    cluster.run(ms=200)
    before = cluster.state("S1")
    cluster.crash("S1")
    cluster.restart("S1")
    after = cluster.state("S1")

    assert after.log == before.log
    assert after.standing.current_term == before.standing.current_term
    assert (after.commit_index, after.last_applied) == (0, 0)
    assert cluster.values("S1") == {}
    cluster.run(ms=500)
    assert cluster.values("S1") == {"x": "1"}


def test_restarting_a_running_server_does_nothing(led):
    cluster = led(servers=3, seed=1)
    state, steps = cluster.state("S1"), len(cluster.history.steps())
    cluster.restart("S1")

    assert cluster.state("S1") is state
    assert len(cluster.history.steps()) == steps


def test_a_first_start_and_a_restart_are_told_apart():
    cluster = RaftSystem(servers=1)
    cluster.crash("S1")
    cluster.crash("S1")
    cluster.restart("S1")
    starts = [step.event for step in cluster.history.steps()]

    assert starts == [Started(restarted=False), Started(restarted=True)]


# Pause and resume ----------------------------------------------------------------------------


def test_a_paused_server_hears_later_what_was_sent_meanwhile(led):
    cluster = led(servers=3, seed=1)
    follower = next(name for name in cluster.servers if name != cluster.leader)
    cluster.pause(follower)
    cluster.propose("x=1")
    cluster.run(ms=100)
    assert cluster.state(follower).log.last_index == 0

    cluster.resume(follower)
    assert cluster.state(follower).log.last_index == 1


def test_a_timer_that_was_due_in_a_pause_runs_out_after_what_arrived_before_it():
    cluster = RaftSystem(servers=1, seed=1)
    cluster.pause("S1")
    cluster.run(ms=1_000)
    assert cluster.state("S1").standing.current_term == 0

    cluster.resume("S1")
    assert cluster.state("S1").standing.current_term == 1
    assert cluster.history.steps()[-1].time == 1_000_000


def test_a_server_that_wakes_hears_its_heartbeats_before_its_timer(led):
    cluster = led(servers=3, seed=1)
    follower = next(name for name in cluster.servers if name != cluster.leader)
    term = cluster.state(follower).standing.current_term
    cluster.pause(follower)
    cluster.run(ms=2_000)
    cluster.resume(follower)
    cluster.run(ms=1_000)

    # The heartbeats that waited come first and restart the timer.
    assert cluster.state(follower).standing.current_term == term


def test_a_paused_leader_is_replaced_and_steps_down_when_it_wakes(led):
    cluster = led(servers=3, seed=1)
    old = cluster.leader
    cluster.pause(old)
    cluster.run(ms=1_000)
    assert cluster.leader != old

    cluster.resume(old)
    cluster.run(ms=100)
    assert cluster.state(old).standing.role == "follower"


def test_what_waited_for_a_paused_server_is_lost_when_it_crashes(led):
    cluster = led(servers=3, seed=1)
    follower = next(name for name in cluster.servers if name != cluster.leader)
    cluster.pause(follower)
    cluster.run(ms=200)
    start = len(cluster.history.records)
    cluster.crash(follower)
    lost = cluster.history.records[start + 1 :]

    assert lost
    assert {(type(entry), entry.reason) for entry in lost} == {(Lost, "down")}
    cluster.resume(follower)
    assert cluster.state(follower) is None
    cluster.restart(follower)
    cluster.run(ms=300)
    assert (
        cluster.state(follower).standing.current_term
        == cluster.state(cluster.leader).standing.current_term
    )


def test_pausing_twice_or_resuming_a_running_server_changes_nothing(led):
    cluster = led(servers=3, seed=1)
    steps = len(cluster.history.steps())
    cluster.resume("S1")
    cluster.pause("S1")
    cluster.pause("S1")
    cluster.resume("S1")
    cluster.resume("S1")

    assert len(cluster.history.steps()) == steps


# Single messages -----------------------------------------------------------------------------


def test_a_drop_loses_the_next_messages_that_match_and_no_other(led):
    cluster = led(servers=3, seed=1)
    leader = cluster.leader
    follower = next(name for name in cluster.servers if name != leader)
    start = len(cluster.history.records)
    cluster.do(Drop(leader, follower, "AppendEntriesRequest", count=2))
    cluster.run(ms=500)
    lost = [entry for entry in cluster.history.records[start:] if isinstance(entry, Lost)]

    assert [(entry.reason, entry.message.target) for entry in lost] == [("dropped", follower)] * 2


def test_a_duplicate_arrives_twice_and_is_one_message(led):
    cluster = led(servers=3, seed=1)
    start = len(cluster.history.records)
    cluster.do(Duplicate(kind="AppendEntriesRequest"))
    cluster.run(ms=300)
    arrivals = [
        id(entry.event)
        for entry in cluster.history.records[start:]
        if isinstance(entry, Step) and hasattr(entry.event, "source")
    ]

    assert len(arrivals) == len(set(arrivals)) + 1


def test_a_delay_holds_a_message_up_by_exactly_that_long():
    arrived = {}
    for delay in (0, 70_000):
        cluster = RaftSystem(servers=2, seed=1, link=Link(2_000, 2_000))
        cluster.do(Delay(delay, target="S2", kind="RequestVoteRequest"), Timeout("S1"))
        cluster.run(ms=100)
        arrived[delay] = next(
            step.time
            for step in cluster.history.steps()
            if step.process == "S2" and hasattr(step.event, "source")
        )

    assert arrived == {0: 2_000, 70_000: 72_000}


def test_message_faults_are_used_in_the_order_in_which_they_were_asked():
    cluster = RaftSystem(servers=2, seed=1)
    cluster.do(Delay(1_000, target="S2"), Drop(target="S2"), Timeout("S1"), Timeout("S1"))
    lost = [entry for entry in cluster.history.records if isinstance(entry, Lost)]

    assert [entry.message.term for entry in lost] == [2]


def test_healing_forgets_message_faults_that_still_wait():
    cluster = RaftSystem(servers=2, seed=1)
    cluster.do(Drop(count=1_000), Cut("S1", "S2"))
    cluster.heal()
    cluster.run(ms=1_000)

    assert cluster.leader
    assert not [entry for entry in cluster.history.records if isinstance(entry, Lost)]


def test_healing_leaves_the_network_conditions_as_they_are():
    cluster = RaftSystem(servers=2, seed=1)
    cluster.do(NetworkConditions(loss=1.0), Heal())
    cluster.run(ms=1_000)

    assert cluster.leader is None


def test_what_a_server_sends_itself_crosses_no_link_and_meets_no_fault():
    cluster = RaftSystem(servers=1, seed=1)
    cluster.do(
        Drop(count=9), Duplicate(count=9), Delay(900_000, count=9), NetworkConditions(loss=1.0)
    )
    cluster.run(ms=400)
    cluster.propose("x=1")
    cluster.run(ms=1)

    assert cluster.values("S1") == {"x": "1"}
    own = [
        step for step in cluster.history.steps() if isinstance(step.event, AppendEntriesResponse)
    ]
    assert len(own) == 1
    assert cluster.state("S1").log[1] == Entry(1, "x=1")


def test_faults_also_meet_messages_of_clients(led):
    cluster = led(servers=3, seed=1, clients=1)
    cluster.do(Drop(source="C1", count=1))
    cluster.ask("C1", "x=1")
    cluster.run(ms=100)
    assert cluster.calls[0].returned is None

    cluster.run(ms=1_500)
    assert cluster.calls[0].result == "1"


# Impossible faults ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Drop(count=0), "count must be a whole number of at least 1"),
        (lambda: Duplicate(count=-1), "count must be"),
        (lambda: Delay(1.5), "delay must be a whole number"),
        (lambda: Delay(-1), "delay must be"),
        (lambda: Delay(1, count=0), "count must be"),
        (lambda: Drift("S1", 0.5), "parts_per_million must be"),
        (lambda: Drift("S1", -1_000_000), "parts_per_million must be"),
        (lambda: SlowDisk("S1", -1), "sync_delay must be"),
        (lambda: SlowDisk("S1", 2.5), "sync_delay must be"),
        (lambda: TornWrite("S1", -1), "keep must be"),
        (lambda: NetworkConditions(loss=2.0), "loss is a probability"),
        (lambda: NetworkConditions(latency_slow=0.5), "latency_slow must be"),
        (lambda: Partition((("S1",), ("S2", "S1"))), "S1 is in two"),
    ],
)
def test_a_fault_with_an_impossible_number_is_refused_where_it_is_written(make, reason):
    with pytest.raises(ValueError, match=reason):
        make()


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (Crash("S9"), "there is no server 'S9' in this cluster; it has S1, S2, S3"),
        (Crash("C1"), "there is no server 'C1'"),
        (Pause(""), "there is no server ''"),
        (Drop(source="S9"), "there is no server or client 'S9'"),
        (Drop(target="C2"), "there is no server or client 'C2'"),
        (Cut("S1", "S9"), "there is no server or client 'S9'"),
        (Partition((("S1", "S9"),)), "there is no server or client 'S9'"),
        (Partition(("S1", "2")), "there is no server or client 'S'"),
        (Partition(({"S1"}, {"S2"})), "consists of plain values"),
        (Propose("x", "C1"), "there is no server 'C1'"),
        (Propose(5), "a command is text, not 5"),
        (Ask("S1", "x"), "there is no client 'S1'"),
        (Ask("C1", None), "a command is text, not None"),
        (Crash, "is no action"),
        ("crash", "is no action"),
        (None, "is no action"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_recorded(action, reason):
    cluster = RaftSystem(servers=3, clients=1)
    with pytest.raises(ValueError, match=reason) as refused:
        cluster.do(Crash("S1"), action)
    with pytest.raises(ValueError, match=reason):
        cluster.do(action, at_ms=5)

    assert "\n" not in str(refused.value)
    assert cluster.history.inputs == []
    assert cluster.state("S1") is not None
