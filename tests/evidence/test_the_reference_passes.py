"""The reference passes every test of other courses, whatever the seed and the order of peers."""

import pytest

from raftkit.protocol import Rules, Server, Settings, back_up_by_one
from raftkit.scenarios import SCENARIOS as OURS
from raftkit.scenarios import Scenario, run_scenario
from tests.evidence.comparison import SCENARIOS

ALL = (*OURS, *SCENARIOS)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("tried", SCENARIOS, ids=lambda tried: tried.origin)
def test_the_reference_passes(tried: Scenario, seed: int) -> None:
    assert run_scenario(tried, seed=seed) is None


def test_figure_2s_own_back_up_is_fast_enough() -> None:
    rules = Rules(back_up=back_up_by_one)

    assert [tried.origin for tried in SCENARIOS if run_scenario(tried, rules) is not None] == []


@pytest.mark.parametrize("tried", SCENARIOS, ids=lambda tried: tried.origin)
def test_a_server_with_another_order_of_peers_passes_too(tried: Scenario) -> None:
    def make(
        id: str, servers: tuple[str, ...], rules: Rules, settings: Settings, disk: object
    ) -> Server:
        server = Server(id, servers, rules, settings, disk)
        server.peers = tuple(reversed(server.peers))
        return server

    assert run_scenario(tried, make_server=make) is None


def test_names_and_origins_are_unique() -> None:
    assert len({tried.name for tried in ALL}) == len(ALL)
    assert len({tried.origin for tried in ALL}) == len(ALL)
