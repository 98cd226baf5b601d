"""Faults that befall what is under way: one message in the air, one timer that runs."""

import pytest

from raftkit.simulator import Catch, Lost, RaftSystem, SetTimer, Step, Timeout

REQUEST = ("S1", "S2", "RequestVoteRequest")


@pytest.fixture
def asking():
    """S1 has just asked S2 and S3 for their votes; both requests are in the air."""
    cluster = RaftSystem(servers=3, seed=1)
    cluster.do(Timeout("S1"))
    return cluster


def arrivals(cluster, server="S2", kind="RequestVoteRequest"):
    steps = [entry for entry in cluster.history.records if isinstance(entry, Step)]
    return [s.time for s in steps if s.process == server and type(s.event).__name__ == kind]


def untouched():
    cluster = RaftSystem(servers=3, seed=1)
    cluster.do(Timeout("S1"))
    cluster.run(ms=12)
    return arrivals(cluster)


def test_a_message_in_the_air_is_lost(asking):
    asking.do(Catch(*REQUEST))
    asking.run(ms=12)

    assert arrivals(asking) == []
    assert arrivals(asking, "S3") != []
    (lost,) = [entry for entry in asking.history.records if isinstance(entry, Lost)]
    assert (lost.message.target, lost.reason) == ("S2", "dropped")


def test_it_arrives_once_more(asking):
    (due,) = untouched()

    asking.do(Catch(*REQUEST, verdict="repeat", delay=1_000))
    asking.run(ms=15)

    assert arrivals(asking) == [due, due + 1_000]


def test_it_is_held_up(asking):
    (due,) = untouched()

    asking.do(Catch(*REQUEST, verdict="hold up", delay=2_000))
    asking.run(ms=15)

    assert arrivals(asking) == [due + 2_000]


def test_the_place_tells_messages_alike_apart():
    cluster = RaftSystem(servers=3, seed=1)
    cluster.do(Timeout("S1"))
    cluster.run(ms=20)
    cluster.do(*[Timeout("S1", "heartbeat")] * 3)
    cluster.do(Catch("S1", "S2", "AppendEntriesRequest", place=1))
    cluster.run(ms=15)

    lost = [entry.message for entry in cluster.history.records if isinstance(entry, Lost)]
    sent = [
        message
        for entry in cluster.history.records
        if isinstance(entry, Step) and entry.process == "S1"
        for message in entry.effects.messages
        if message.target == "S2" and type(message).__name__ == "AppendEntriesRequest"
    ]
    assert lost[0] is sent[-2]


@pytest.mark.parametrize(
    "action",
    [Catch(*REQUEST, place=1), Catch("S2", "S1", REQUEST[2]), Catch("S1", "S2", "Elephant")],
)
def test_what_is_not_there_is_not_caught(asking, action):
    asking.do(action)
    asking.run(ms=12)

    assert arrivals(asking) == untouched()


def test_a_timer_runs_out_when_it_is_told_to():
    cluster = RaftSystem(servers=3, seed=1)

    cluster.do(SetTimer("S3", 7_000))
    cluster.run(ms=7)

    assert cluster.state("S3").standing.role == "candidate"


def test_a_timer_may_also_be_put_off():
    cluster = RaftSystem(servers=3, seed=1)

    for server in cluster.servers:
        cluster.do(SetTimer(server, 900_000))
    cluster.run(ms=899)

    assert {cluster.state(server).standing.role for server in cluster.servers} == {"follower"}


def test_a_timer_that_does_not_run_is_not_started(asking):
    asking.run(ms=20)
    leader = asking.leader

    asking.do(SetTimer(leader, 1_000))
    asking.run(ms=5)

    assert asking.leader == leader
    assert asking.state(leader).standing.role == "leader"


@pytest.mark.parametrize(
    "made",
    [
        lambda: Catch(*REQUEST, place=-1),
        lambda: Catch(*REQUEST, verdict="eat"),
        lambda: SetTimer("S1", 0),
    ],
)
def test_impossible_numbers_are_refused_where_they_are_written(made):
    with pytest.raises(ValueError, match=r"."):
        made()


def test_a_run_with_them_is_repeated_byte_for_byte(asking):
    asking.do(Catch(*REQUEST, verdict="repeat"), SetTimer("S3", 30_000))
    asking.run(ms=400)

    assert RaftSystem.replay(asking.history).history.to_json() == asking.history.to_json()
