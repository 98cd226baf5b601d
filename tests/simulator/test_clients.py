"""Clients propose, are redirected, time out and try again; the state machine counts once."""

from itertools import pairwise

import pytest

from raftkit.protocol import ClientRequest, ClientResponse, Entry, TimerFired
from raftkit.simulator import (
    Ask,
    Call,
    Client,
    Drop,
    Duplicate,
    KeyValue,
    NetworkConditions,
    RaftSystem,
)


def test_a_client_sends_one_command_at_a_time_in_order():
    client = Client("C1", ("S1", "S2"))
    first = client.handle(Call("x=1"))
    assert first.messages == (ClientRequest("C1", "S1", 1, "x=1"),)
    assert not client.handle(Call("x=2")).messages
    assert client.observe().waiting == 1

    second = client.handle(ClientResponse("S1", "C1", 1, ok=True, result="1"))
    assert second.messages == (ClientRequest("C1", "S1", 2, "x=2"),)
    assert client.handle(ClientResponse("S1", "C1", 2, ok=True)).timers == (("retry", "stop"),)


def test_a_client_follows_a_hint_and_waits_without_one():
    client = Client("C1", ("S1", "S2", "S3"))
    client.handle(Call("x=1"))
    hinted = client.handle(ClientResponse("S1", "C1", 1, ok=False, leader_hint="S3"))
    assert hinted.messages == (ClientRequest("C1", "S3", 1, "x=1"),)

    lost = client.handle(ClientResponse("S3", "C1", 1, ok=False))
    assert not lost.messages
    assert not lost.timers
    stranger = client.handle(ClientResponse("S3", "C1", 1, ok=False, leader_hint="S9"))
    assert not stranger.messages


def test_a_client_that_loses_patience_asks_the_next_server_with_the_same_serial():
    client = Client("C1", ("S1", "S2"))
    client.handle(Call("x=1"))

    targets = [client.handle(TimerFired("retry")).messages[0].target for _ in range(3)]
    assert targets == ["S2", "S1", "S2"]
    assert client.observe().serial == 1


def test_a_client_ignores_what_is_over():
    client = Client("C1", ("S1", "S2"))
    assert not client.handle(TimerFired("retry")).messages
    client.handle(Call("x=1"))
    client.handle(Call("x=2"))
    client.handle(ClientResponse("S1", "C1", 1, ok=True))

    assert not client.handle(ClientResponse("S1", "C1", 1, ok=True)).messages
    assert client.observe().command == "x=2"


@pytest.mark.parametrize("server", ["S1", "S2", "S3"])
def test_a_call_reaches_the_leader_wherever_the_client_begins(server, led):
    cluster = led(servers=3, seed=1, clients=3)
    client = f"C{server[1]}"
    cluster.ask(client, "x=1")
    cluster.run(ms=100)
    requests = [
        step.event for step in cluster.history.steps() if isinstance(step.event, ClientRequest)
    ]

    assert requests[0].target == server
    assert requests[-1].target == cluster.leader
    assert len(requests) == (1 if server == cluster.leader else 2)
    assert [call.result for call in cluster.calls] == ["1"]


def test_a_call_survives_the_crash_of_the_leader(led):
    cluster = led(servers=3, seed=1, clients=1)
    cluster.ask("C1", "x=1")
    cluster.run(ms=100)
    cluster.ask("C1", "x+=2")
    cluster.crash(cluster.leader)
    cluster.run(ms=3_000)

    assert [(call.serial, call.result) for call in cluster.calls] == [(1, "1"), (2, "12")]


def test_a_call_without_an_answer_has_no_return():
    cluster = RaftSystem(servers=3, seed=1, clients=2)
    cluster.partition({"C1"})
    cluster.ask("C1", "x=1")
    cluster.ask("C1", "x=2")
    cluster.run(ms=1_000)
    call = cluster.calls[0]

    assert len(cluster.calls) == 1
    assert (call.client, call.serial, call.command) == ("C1", 1, "x=1")
    assert (call.invoked, call.returned, call.result) == (0, None, None)


def test_an_answer_that_is_lost_does_not_apply_the_command_twice(led):
    cluster = led(servers=3, seed=1, clients=1)
    cluster.do(Drop(target="C1", kind="ClientResponse", count=3))
    cluster.ask("C1", "x+=1")
    cluster.run(ms=5_000)

    commands = [entry.command for entry in cluster.state(cluster.leader).log]
    assert commands.count("x+=1") > 1
    assert [call.result for call in cluster.calls] == ["1"]
    assert cluster.values(cluster.leader) == {"x": "1"}


def test_a_repeated_answer_answers_one_call(led):
    cluster = led(servers=3, seed=1, clients=1)
    cluster.do(Duplicate(target="C1", count=5))
    for _ in range(3):
        cluster.ask("C1", "x+=1")
    cluster.run(ms=1_000)

    assert [call.result for call in cluster.calls] == ["1", "11", "111"]


@pytest.mark.parametrize("seed", range(6))
def test_appends_through_unreliable_network_are_applied_exactly_once(seed):
    cluster = RaftSystem(servers=3, seed=seed, clients=2)
    cluster.do(NetworkConditions(loss=0.15, duplicate=0.15, slow=0.1, latency_slow=500_000))
    for number in range(5):
        cluster.do(Ask("C1", f"x+=a{number}"), Ask("C2", f"x+=b{number}"))
    cluster.run(ms=20_000)
    cluster.do(NetworkConditions())
    assert cluster.run_until(lambda it: len(_answered(it)) == 10, ms=20_000)

    final = max((call.result for call in cluster.calls), key=len)
    assert sorted(final.replace("a", " a").replace("b", " b").split()) == (
        [f"a{n}" for n in range(5)] + [f"b{n}" for n in range(5)]
    )
    assert all(final.startswith(call.result) for call in cluster.calls)


def _answered(cluster):
    return [call for call in cluster.calls if call.returned is not None]


def test_a_call_returns_after_it_was_invoked_and_calls_of_a_client_never_overlap():
    cluster = RaftSystem(servers=3, seed=1, clients=1)
    for number in range(6):
        cluster.ask("C1", f"x={number}")
    cluster.run(ms=3_000)
    calls = cluster.calls

    assert [call.serial for call in calls] == [1, 2, 3, 4, 5, 6]
    for before, after in pairwise(calls):
        assert before.invoked < before.returned <= after.invoked


def test_a_stale_retry_is_answered_from_memory_and_changes_nothing():
    store = KeyValue()
    store.apply(Entry(1, "x=1", "C1", 1))
    store.apply(Entry(1, "x=2", "C1", 2))

    assert store.apply(Entry(1, "x=1", "C1", 1)) == "2"
    assert store.values == {"x": "2"}


@pytest.mark.parametrize("command", ["", "=1", "x y=1", "?=", "+=", "x+1", "\n", "x?"])
def test_a_command_that_is_none_changes_nothing(command):
    store = KeyValue()
    store.apply(Entry(1, command))

    assert store.values == {}


def test_proposals_go_to_the_leader_or_where_they_are_sent(led):
    cluster = led(servers=3, seed=1)
    follower = next(name for name in cluster.servers if name != cluster.leader)

    assert cluster.propose("x=1") == 1
    assert cluster.propose("x=2", to=follower) is None
    assert cluster.propose("x=3", to=cluster.leader) == 2
    cluster.crash(follower)
    assert cluster.propose("x=4", to=follower) is None
    cluster.crash(cluster.leader)
    assert cluster.propose("x=5") is None


def test_the_answer_to_a_proposal_comes_to_the_caller(led):
    cluster, answers = led(servers=3, seed=1), []
    cluster.simulation.on_answer = answers.append
    cluster.propose("x=7")
    cluster.run(ms=100)
    follower = next(name for name in cluster.servers if name != cluster.leader)
    cluster.propose("x=8", to=follower)

    assert [(answer.ok, answer.result, answer.leader_hint) for answer in answers] == [
        (True, "7", None),
        (False, None, cluster.leader),
    ]
