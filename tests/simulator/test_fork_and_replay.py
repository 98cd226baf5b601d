"""A history can be run again, and left at any instant for another future."""

from dataclasses import replace

import networkx as nx
import pytest

from raftkit.protocol import Rules, Server
from raftkit.protocol.json_form import to_json
from raftkit.simulator import Crash, History, HistoryError, Link, Propose, RaftSystem


def prefix(history, until):
    """The records of a history up to an instant, as the file form writes them."""
    records = [entry for entry in history.records if entry.time <= until]
    return History(history.setup, [], records, [], 0).to_json()


@pytest.mark.parametrize("seed", range(12))
def test_a_fork_at_any_instant_has_the_same_past(seed, mistreated):
    cluster = mistreated(seed)
    text, end = cluster.history.to_json(), cluster.history.end
    records = cluster.history.records
    instants = {0, 1, end // 3, end, *(records[len(records) * part // 5].time for part in range(5))}
    for instant in instants:
        fork = cluster.fork(instant / 1_000)

        assert fork.now_ms == instant / 1_000
        assert prefix(fork.history, end) == prefix(cluster.history, instant)
    assert cluster.history.to_json() == text


@pytest.mark.parametrize("seed", range(12))
def test_a_fork_that_is_left_alone_has_the_same_future(seed, mistreated):
    cluster = mistreated(seed)
    end = cluster.history.end
    fork = cluster.fork(end / 2_000)
    # What was asked after the fork is not part of its past, so it is asked again.
    for asked in cluster.history.inputs:
        if asked.now > end // 2:
            fork.run(ms=(asked.now - fork.simulation.now) / 1_000)
            fork.do(asked.action, at_ms=asked.at / 1_000)
    fork.run(ms=(end - fork.simulation.now) / 1_000)

    assert fork.history.to_json() == cluster.history.to_json()


def test_acting_in_a_fork_does_not_touch_the_original(led):
    cluster = led(servers=3, seed=1)
    text, leader = cluster.history.to_json(), cluster.leader
    fork = cluster.fork()
    assert fork.history.to_json() == text

    fork.crash(leader)
    fork.propose("x=1")
    fork.run(ms=1_000)
    assert cluster.history.to_json() == text
    assert cluster.leader == leader
    assert fork.leader != leader

    cluster.propose("y=1")
    cluster.run(ms=1_000)
    assert fork.values(fork.leader) == {}


def test_a_fork_of_a_fork_remembers_both_pasts(led):
    cluster = led(servers=3, seed=1)
    cluster.propose("x=1")
    cluster.run(ms=500)
    fork = cluster.fork()
    fork.propose("x+=2")
    fork.run(ms=500)
    again = fork.fork()

    assert again.history.to_json() == fork.history.to_json()
    assert again.values(again.leader) == {"x": "12"}


def test_a_fork_keeps_what_is_planned():
    cluster = RaftSystem(servers=3, seed=1)
    cluster.do(Crash("S1"), at_ms=500)
    cluster.run(ms=100)
    fork = cluster.fork()
    fork.run(ms=500)

    assert fork.state("S1") is None


def test_several_actions_in_one_instant_replay_in_their_order(led):
    cluster = led(servers=1, seed=1, clients=1)
    cluster.propose("x=1")
    cluster.crash("S1")
    cluster.restart("S1")
    cluster.run(ms=0)
    cluster.do(Crash("S1"), at_ms=cluster.now_ms)
    cluster.restart("S1")
    cluster.run(ms=1_000)

    assert cluster.fork().history.to_json() == cluster.history.to_json()


def test_a_fork_keeps_rules_topology_and_link(led):
    rules = {"S2": replace(Rules(), should_grant_vote=lambda *arguments: False)}
    cluster = led(
        topology=nx.cycle_graph(4), seed=1, rules=rules, link=Link(loss=0.1), forwards=True
    )
    cluster.propose("x=1")
    cluster.run(ms=1_000)

    assert cluster.history.setup["rules"] == ["should_grant_vote"]
    assert cluster.fork().history.to_json() == cluster.history.to_json()


def test_a_history_with_its_own_rules_needs_them_to_be_replayed():
    own = replace(Rules(), has_majority=lambda granted, refused, servers: granted >= 1)
    cluster = RaftSystem(seed=1, rules=own)
    cluster.run(ms=500)
    loaded = History.from_json(cluster.history.to_json())

    with pytest.raises(ValueError, match=r"its own has_majority: pass rules=\.\.\."):
        RaftSystem.replay(loaded)
    assert RaftSystem.replay(loaded, rules=own).history.to_json() == cluster.history.to_json()


def test_a_history_with_its_own_server_needs_it_to_be_replayed():
    class OwnServer(Server):
        pass

    cluster = RaftSystem(seed=1, make_server=OwnServer)
    cluster.run(ms=500)
    loaded = History.from_json(cluster.history.to_json())

    with pytest.raises(ValueError, match="pass make_server="):
        RaftSystem.replay(loaded)
    assert isinstance(cluster.fork().host("S1").process, OwnServer)


def test_a_replay_may_stop_early(led):
    cluster = led(servers=3, seed=1)
    cluster.run(ms=1_000)
    early = RaftSystem.replay(cluster.history, until_ms=20)

    assert early.now_ms == 20
    assert early.history.end == 20_000


@pytest.mark.parametrize(
    "damage",
    [
        {"seed": "one"},
        {"edges": [["S1"]]},
        {"edges": 5},
        {"settings": None},
        {"settings": {"is": "Elephant"}},
        {"settings": to_json(Propose("x"))},
        {"link": {"is": "Link", "loss": 7}},
        {"clients": None},
        {"servers": []},
        {"edges": [["S1", "S1", {}]]},
    ],
)
def test_a_set_up_that_is_damaged_is_refused_in_one_line(damage):
    cluster = RaftSystem(servers=3, seed=1)
    cluster.history.setup.update(damage)
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the reasons differ
        RaftSystem.replay(cluster.history)

    assert "\n" not in str(refused.value)


def test_a_history_without_a_cluster_cannot_be_replayed():
    with pytest.raises(HistoryError, match="not that of a cluster"):
        RaftSystem.replay(History({}))


def test_a_history_whose_inputs_name_nobody_cannot_be_replayed():
    cluster = RaftSystem(servers=3, seed=1)
    cluster.crash("S3")
    cluster.history.setup.update(servers=["S1", "S2"], edges=[])
    with pytest.raises(ValueError, match="no server 'S3'"):
        RaftSystem.replay(cluster.history)
