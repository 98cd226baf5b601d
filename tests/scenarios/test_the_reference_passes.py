"""Every named scenario is green on the reference, and the published list is complete."""

import pytest

from raftkit.protocol import Rules, Server, Settings, back_up_by_one
from raftkit.scenarios import SCENARIOS, Scenario, run_scenario, scenario

# The public names, as their suites list them: what is missing here would be missed silently.
MIT = {
    "MIT 3A": "InitialElection ReElection ManyElections",
    "MIT 3B": "BasicAgree RPCBytes FollowerFailure LeaderFailure FailAgree FailNoAgree "
    "ConcurrentStarts Rejoin Backup Count",
    "MIT 3C": "Persist1 Persist2 Persist3 Figure8 UnreliableAgree Figure8Unreliable "
    "ReliableChurn UnreliableChurn",
}


@pytest.mark.parametrize("tried", SCENARIOS, ids=lambda tried: tried.origin)
def test_the_reference_passes(tried: Scenario) -> None:
    failure = run_scenario(tried)

    assert failure is None


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("tried", SCENARIOS, ids=lambda tried: tried.origin)
def test_the_reference_passes_with_other_seeds(tried: Scenario, seed: int) -> None:
    failure = run_scenario(tried, seed=seed)

    assert failure is None


@pytest.mark.parametrize("suite", MIT)
def test_each_scenario_of_mit_is_here(suite: str) -> None:
    found = {tried.origin for tried in SCENARIOS if tried.suite == suite}

    assert found == set(MIT[suite].split())


def test_figure_2s_own_back_up_is_never_too_slow() -> None:
    rules = Rules(back_up=back_up_by_one)

    slow = [tried.origin for tried in SCENARIOS if run_scenario(tried, rules) is not None]

    assert slow == []


@pytest.mark.parametrize("tried", SCENARIOS, ids=lambda tried: tried.origin)
def test_a_server_with_another_order_of_peers_passes_too(tried: Scenario) -> None:
    def make(
        id: str, servers: tuple[str, ...], rules: Rules, settings: Settings, disk: object
    ) -> Server:
        server = Server(id, servers, rules, settings, disk)
        server.peers = tuple(reversed(server.peers))
        return server

    failure = run_scenario(tried, make_server=make)

    assert failure is None


def test_names_and_origins_are_unique() -> None:
    assert len({tried.name for tried in SCENARIOS}) == len(SCENARIOS)
    assert len({tried.origin for tried in SCENARIOS}) == len(SCENARIOS)


def test_a_server_class_of_ones_own_is_judged_too() -> None:
    class Mute(Server):
        """A server that never asks for a vote."""

        def start_election(self) -> None:
            self.change_election_timer("started an election")

    failure = run_scenario(scenario("InitialElection"), make_server=Mute)

    assert failure is not None
    assert "expected a leader among S1, S2, S3" in failure


def test_the_same_seed_tells_the_same_story() -> None:
    class Hasty(Server):
        """A server that leads as soon as it asks."""

        def start_election(self) -> None:
            super().start_election()
            self.standing = type(self.standing)("leader", self.standing.current_term, self.id)

    first = run_scenario(scenario("ManyElections"), make_server=Hasty)
    second = run_scenario(scenario("ManyElections"), make_server=Hasty)

    assert first is not None
    assert first == second
