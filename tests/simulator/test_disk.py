"""Disks tell written from durable: a crash takes what was not synced, at any instant."""

from dataclasses import replace

import pytest

from raftkit.protocol import AppendEntriesResponse, Persistent, RequestVoteResponse, Rules
from raftkit.simulator import (
    Link,
    MendDisk,
    RaftSystem,
    Released,
    SlowDisk,
    Step,
    Timeout,
    TornWrite,
)
from raftkit.simulator.disk import Disk

QUICK = Link(latency_min=1_000, latency_max=1_000)


def durable(cluster, server):
    return cluster.host(server).disk.durable or Persistent()


def test_a_disk_syncs_in_the_order_of_writing_and_loses_the_rest():
    disk = Disk()
    disk.sync_delay = 10
    first, second = (
        disk.enqueue(["a", "b"], "after b", now=0),
        disk.enqueue(["c"], "after c", now=4),
    )
    assert (first, second, disk.busy) == (10, 14, True)

    assert disk.sync() == "after b"
    assert disk.durable == "b"
    disk.crash()
    assert (disk.durable, disk.busy) == ("b", False)


def test_a_disk_that_becomes_quicker_still_syncs_in_order():
    disk = Disk()
    disk.sync_delay = 100
    slow = disk.enqueue(["a"], None, now=0)
    disk.sync_delay = 1
    assert disk.enqueue(["b"], None, now=10) == slow

    disk.crash()
    assert disk.enqueue(["c"], None, now=20) == 21


def test_a_batch_without_writes_waits_in_line_but_costs_no_sync():
    disk = Disk()
    disk.sync_delay = 100

    assert [disk.enqueue(writes, None, now=0) for writes in (["a"], [], ["b"])] == [100, 100, 100]
    assert disk.enqueue([], None, now=70) == 100


def test_messages_leave_a_slow_disk_only_after_the_sync():
    cluster = RaftSystem(servers=2, seed=1, link=QUICK)
    cluster.do(SlowDisk("S1", 30_000), Timeout("S1"))
    cluster.run(ms=29.999)
    assert durable(cluster, "S1") == Persistent()
    assert not [entry for entry in cluster.history.records if isinstance(entry, Released)]

    cluster.run(ms=0.001)
    assert durable(cluster, "S1") == Persistent(1, "S1")
    released = [entry for entry in cluster.history.records if isinstance(entry, Released)]
    assert [(entry.time, entry.process) for entry in released] == [(30_000, "S1")]
    cluster.run(ms=1)
    assert cluster.state("S2").standing.voted_for == "S1"


def test_a_crash_during_a_sync_loses_the_write_and_the_message():
    cluster = RaftSystem(servers=2, seed=1, link=QUICK)
    cluster.do(SlowDisk("S2", 30_000), Timeout("S1"))
    cluster.run(ms=20)
    assert cluster.state("S2").standing.voted_for == "S1"

    cluster.crash("S2")
    cluster.run(ms=50)
    assert durable(cluster, "S2") == Persistent()
    assert not [step for step in cluster.history.steps() if _is_vote(step)]
    cluster.restart("S2")
    assert cluster.state("S2").standing.voted_for is None


def _is_vote(step):
    return isinstance(step.event, RequestVoteResponse)


def test_a_sync_that_began_before_a_crash_does_not_end_after_the_restart():
    cluster = RaftSystem(servers=2, seed=1, link=QUICK)
    cluster.do(SlowDisk("S1", 30_000), Timeout("S1"))
    cluster.run(ms=10)
    cluster.crash("S1")
    cluster.restart("S1")
    cluster.run(ms=30)

    assert durable(cluster, "S1") == Persistent()


def test_a_paused_server_syncs_but_says_nothing_until_it_wakes():
    cluster = RaftSystem(servers=2, seed=1, link=QUICK)
    cluster.do(SlowDisk("S1", 30_000), Timeout("S1"))
    cluster.pause("S1")
    cluster.run(ms=60)
    assert durable(cluster, "S1") == Persistent(1, "S1")
    assert cluster.state("S2").standing.current_term == 0

    cluster.resume("S1")
    cluster.run(ms=1)
    assert cluster.state("S2").standing.voted_for == "S1"


def test_a_server_that_crashes_in_its_pause_never_says_what_was_synced():
    cluster = RaftSystem(servers=2, seed=1, link=QUICK)
    cluster.do(SlowDisk("S1", 30_000), Timeout("S1"))
    cluster.pause("S1")
    cluster.run(ms=60)
    cluster.crash("S1")
    cluster.resume("S1")
    cluster.run(ms=5)

    assert durable(cluster, "S1") == Persistent(1, "S1")
    assert not [entry for entry in cluster.history.records if isinstance(entry, Released)]


# A crash between a write and the message that follows it -------------------------------------


@pytest.mark.parametrize(("keep", "survives"), [(0, Persistent()), (1, Persistent(1, "S1"))])
def test_a_torn_write_crashes_between_the_write_and_its_messages(keep, survives):
    cluster = RaftSystem(servers=2, seed=1)
    cluster.do(TornWrite("S1", keep), Timeout("S1"))
    cluster.run(ms=50)

    assert cluster.state("S1") is None
    assert durable(cluster, "S1") == survives
    assert cluster.state("S2").standing.current_term == 0


def in_two_parts(on_disk, in_memory):
    """The term first, then the rest: what a careless implementation does."""
    if in_memory == on_disk:
        return ()
    return (Persistent(in_memory.current_term, None, on_disk.log), in_memory)


@pytest.mark.parametrize(
    ("keep", "survives"),
    [
        (0, Persistent()),
        (1, Persistent(1, None)),
        (2, Persistent(1, "S1")),
        (9, Persistent(1, "S1")),
    ],
)
def test_a_write_in_two_parts_can_be_torn_between_them(keep, survives):
    rules = replace(Rules(), writes_needed=in_two_parts)
    cluster = RaftSystem(servers=2, seed=1, rules=rules)
    cluster.do(TornWrite("S2", keep), Timeout("S1"))
    cluster.run(ms=20)
    assert cluster.state("S2") is None
    assert durable(cluster, "S2") == survives

    cluster.restart("S2")
    assert cluster.state("S2").standing.voted_for == survives.voted_for
    fork = cluster.fork()
    assert fork.history.to_json() == cluster.history.to_json()


def test_a_message_that_does_not_wait_for_the_disk_escapes_the_crash():
    hasty = replace(Rules(), waits_for_disk=lambda message: False)
    cluster = RaftSystem(servers=2, seed=1, rules=hasty)
    cluster.do(TornWrite("S2"), Timeout("S1"))
    cluster.run(ms=20)

    assert cluster.state("S2") is None
    assert durable(cluster, "S2") == Persistent()
    votes = [step.event for step in cluster.history.steps() if _is_vote(step)]
    assert [vote.vote_granted for vote in votes] == [True]
    cluster.restart("S2")
    assert cluster.state("S2").standing.voted_for is None
    assert cluster.state("S1").standing.role == "leader"


def test_a_torn_write_waits_for_a_write_and_is_disarmed_by_a_crash(led):
    cluster = led(servers=3, seed=1)
    follower = next(name for name in cluster.servers if name != cluster.leader)
    cluster.do(TornWrite(follower))
    cluster.run(ms=500)
    assert cluster.state(follower) is not None

    cluster.crash(follower)
    cluster.restart(follower)
    cluster.propose("x=1")
    cluster.run(ms=500)
    assert cluster.values(follower) == {"x": "1"}


def test_a_torn_write_behind_a_slow_disk_loses_the_whole_queue():
    cluster = RaftSystem(servers=2, seed=1, link=QUICK)
    cluster.do(SlowDisk("S1", 30_000), Timeout("S1"))
    cluster.run(ms=10)
    cluster.do(TornWrite("S1"), Timeout("S1"))
    cluster.run(ms=100)

    assert cluster.state("S1") is None
    assert durable(cluster, "S1") == Persistent()


def test_a_mended_disk_is_quick_and_whole():
    cluster = RaftSystem(servers=2, seed=1, link=QUICK)
    cluster.do(SlowDisk("S1", 30_000), TornWrite("S1"), MendDisk("S1"), Timeout("S1"))
    cluster.run(ms=2)

    assert cluster.state("S1").standing.role == "leader"


# A cluster of one ----------------------------------------------------------------------------


def test_a_lone_server_commits_only_what_is_durable(led):
    cluster = led(servers=1, seed=1)
    cluster.do(SlowDisk("S1", 30_000))
    cluster.propose("x=1")
    cluster.run(ms=29)
    assert cluster.state("S1").commit_index == 0

    cluster.run(ms=2)
    assert cluster.state("S1").commit_index == 1
    acknowledgements = [
        step for step in cluster.history.steps() if isinstance(step.event, AppendEntriesResponse)
    ]
    assert len(acknowledgements) == 1


@pytest.mark.parametrize("crash_after_ms", [0, 0.001, 5, 29.999, 30, 30.001, 40])
@pytest.mark.parametrize("torn", [False, True])
def test_a_lone_server_never_loses_what_it_has_committed(crash_after_ms, torn, led):
    cluster = led(servers=1, seed=1)
    cluster.propose("x=1")
    cluster.run(ms=10)
    cluster.do(SlowDisk("S1", 30_000))
    cluster.propose("y=1")
    cluster.run(ms=crash_after_ms)
    if torn:
        cluster.do(TornWrite("S1"))
        cluster.propose("z=1")
    else:
        cluster.crash("S1")
    committed = max(step.state.commit_index for step in cluster.history.steps())
    cluster.do(SlowDisk("S1", 0))
    cluster.restart("S1")
    cluster.run(ms=1_000)
    cluster.propose("w=1")
    cluster.run(ms=100)

    log = cluster.state("S1").log
    kept = [entry.command for entry in log][:committed]
    assert kept == ["x=1", "y=1"][:committed]
    assert committed == (2 if crash_after_ms > 30 else 1)
    assert cluster.values("S1")["w"] == "1"


def test_answers_to_clients_wait_for_the_disk_too():
    cluster = RaftSystem(servers=1, seed=1, clients=1)
    cluster.run(ms=500)
    cluster.do(SlowDisk("S1", 50_000))
    cluster.ask("C1", "x=1")
    cluster.run(ms=49)
    assert cluster.calls[0].returned is None

    cluster.run(ms=100)
    assert cluster.calls[0].result == "1"
    arrivals = [entry for entry in cluster.history.records if isinstance(entry, Step)]
    assert arrivals[-1].time >= 550_000
