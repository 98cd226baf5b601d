"""What cannot be built is refused with one line that says what to do."""

import networkx as nx
import pytest

from raftkit.protocol import Rules, Settings
from raftkit.protocol.election import should_grant_vote
from raftkit.simulator import RaftSystem, Simulation


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"servers": 0}, "servers must be a whole number of at least 1, not 0"),
        ({"servers": -3}, "servers must be"),
        ({"servers": 2.5}, "servers must be"),
        ({"servers": "3"}, "servers must be"),
        ({"servers": nx.cycle_graph(3)}, "servers must be"),
        ({"seed": None}, "seed must be a whole number"),
        ({"seed": "lucky"}, "seed must be"),
        ({"seed": 1.5}, "seed must be"),
        ({"seed": -1}, "seed must be"),
        ({"clients": -1}, "clients must be"),
        ({"clients": "C1"}, "clients must be"),
        ({"rules": {"S9": Rules()}}, "rules for 'S9'"),
        ({"rules": {"S1": None}}, "rules are a bundle"),
        ({"rules": should_grant_vote}, "rules are a bundle"),
        ({"settings": 150}, "settings are Settings"),
        ({"settings": Settings(election_timeout_min=0)}, "election_timeout_min must be"),
        ({"settings": Settings(election_timeout_max=1)}, "election_timeout_max must be"),
        ({"settings": Settings(heartbeat_interval=0)}, "heartbeat_interval must be"),
        ({"settings": Settings(heartbeat_interval=0.5)}, "heartbeat_interval must be"),
        ({"settings": Settings(batch=0)}, "batch must be"),
    ],
)
def test_what_cannot_be_built_is_refused(options, reason):
    with pytest.raises(ValueError, match=reason) as refused:
        RaftSystem(**options)

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "ask",
    [
        lambda cluster: cluster.state("S9"),
        lambda cluster: cluster.values("S9"),
        lambda cluster: cluster.host("S9"),
        lambda cluster: cluster.crash("S9"),
        lambda cluster: cluster.restart("S9"),
        lambda cluster: cluster.pause("S9"),
        lambda cluster: cluster.resume("S9"),
        lambda cluster: cluster.propose("x", to="S9"),
        lambda cluster: cluster.ask("S9", "x"),
        lambda cluster: cluster.partition({"S1"}, {"S9"}),
        lambda cluster: cluster.connected("S1", "S9"),
        lambda cluster: cluster.connected("S9", "S1"),
    ],
)
def test_an_unknown_name_is_refused_with_those_that_exist(ask):
    cluster = RaftSystem(servers=3)
    with pytest.raises(ValueError, match=r"there is no (\w+ )*'S9' in this cluster"):
        ask(cluster)

    assert cluster.history.inputs == []


def test_a_server_in_two_groups_is_refused():
    with pytest.raises(ValueError, match="S1 is in two"):
        RaftSystem(servers=3).partition({"S1", "S2"}, {"S1", "S3"})


def test_a_time_that_is_past_is_refused_by_the_simulation_too():
    simulation = Simulation(nx.Graph(), 0, {})
    simulation.run_until(5)
    with pytest.raises(ValueError, match="already past"):
        simulation.perform(None, at=4)


def test_defaults_of_servers_not_named_in_rules_are_the_references():
    cluster = RaftSystem(servers=3, rules={"S2": Rules()}, seed=1)
    cluster.run(ms=1_000)

    assert cluster.leader
    assert cluster.history.setup["rules"] == []
