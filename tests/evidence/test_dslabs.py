"""DSLabs' run and search tests: the lists are complete, and each is shown to fail somewhere."""

import pytest

from raftkit.checkers.explorer import Bounds, leads
from raftkit.course.proving import answer
from raftkit.scenarios import Scenario, ScenarioFailed, SystemUnderTest, run_scenario
from tests.evidence import dslabs
from tests.evidence.dslabs import explorations, random_walks
from tests.evidence.dslabs.clients import Clients

SCENARIOS = {tried.origin: tried for tried in dslabs.SCENARIOS}
RUNS = [tried for tried in dslabs.SCENARIOS if tried.suite == "DSLabs"]
SEARCHES = [tried for tried in dslabs.SCENARIOS if tried.suite == "DSLabs search"]

# Their names; ClearsMemory is left out, because Figure 2 never forgets an old command.
NAMES = (
    "ThrowsException Basic NoPartition ProgressInMajority NoProgressInMinority ProgressAfterHeal "
    "ServerSwitchesPartitions SynchronousClients ConcurrentAppends MessageCount BasicUnreliable "
    "SimplePutGetUnreliable SynchronousClientsUnreliable ConcurrentAppendsUnreliable "
    "SinglePartition ConstantRepartition ConstantRepartitionUnreliable RepartitionFullThroughput"
)
SEARCH_NAMES = (
    "BasicSearch NoProgressInMinoritySearch TwoClientsSearch QuorumCheckingSearch "
    "ThreeServerRandomSearch FiveServerRandomSearch Singleton"
)

# A wrong answer, a scenario that must catch it, and words of the sentence that says so.
CAUGHT = (
    ("V17d", "ThrowsException", "C2 waited 5,000 ms for an answer, in vain"),
    ("L25", "Basic", "Log Matching (§5.3) is broken"),
    ("L6a", "NoPartition", "Log Matching (§5.3) is broken"),
    ("V14a", "ProgressInMajority", "Election Safety (§5.2) is broken"),
    ("V14e", "ProgressInMajority", "C1 waited 5,000 ms for an answer, in vain"),
    ("V15", "NoProgressInMinority", "Election Safety (§5.2) is broken"),
    ("V18", "ProgressAfterHeal", "Role Transitions (Figure 4) is broken"),
    ("V6", "ServerSwitchesPartitions", "Leader Completeness (§5.4) is broken"),
    ("C8", "ServerSwitchesPartitions", "Leader Completeness (§5.4) is broken"),
    ("L15", "ServerSwitchesPartitions", "waited 5,000 ms"),
    ("L2a", "SynchronousClients", "waited 20,000 ms"),
    ("L2a", "ConcurrentAppends", "waited 20,000 ms"),
    ("T8", "MessageCount", "became candidate on “election timeout”"),
    ("L6a", "BasicUnreliable", "Log Matching (§5.3) is broken"),
    ("L25", "SimplePutGetUnreliable", "Log Matching (§5.3) is broken"),
    ("T8", "SynchronousClientsUnreliable", "Role Transitions"),
    ("L2a", "ConcurrentAppendsUnreliable", "a storm of messages"),
    ("L26", "SinglePartition", "State Machine Safety (§5.4.3) is broken"),
    ("L11", "ConstantRepartition", "raised IndexError"),
    ("T4a", "ConstantRepartition", "a client waited 12,000 ms for an answer"),
    ("L3", "ConstantRepartitionUnreliable", "Log Matching (§5.3) is broken"),
    ("C9", "RepartitionFullThroughput", "State Machine Safety (§5.4.3)"),
    ("V14a", "BasicSearch", "Election Safety (§5.2) is broken after 2 actions"),
    ("V15", "NoProgressInMinoritySearch", "Election Safety (§5.2) is broken"),
    ("V6", "TwoClientsSearch", "Leader Completeness (§5.4) is broken"),
    ("C1", "QuorumCheckingSearch", "Leader Completeness (§5.4) is broken"),
    ("C2", "QuorumCheckingSearch", "Never S4 has committed 1"),
    ("L15", "QuorumCheckingSearch", "Never S1's log is 1 and S4 leads term 3"),
    ("L3", "QuorumCheckingSearch", "Ran out of budget, which proves nothing"),
    ("L2a", "ThreeServerRandomSearch", "the same commands in the same order"),
    ("V28b", "FiveServerRandomSearch", "a follower, became leader"),
    ("V14e", "Singleton", "a storm of messages"),
)


def test_each_of_their_tests_is_here() -> None:
    assert {tried.origin for tried in RUNS} == set(NAMES.split())
    assert {tried.origin for tried in SEARCHES} == set(SEARCH_NAMES.split())


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("tried", RUNS, ids=lambda tried: tried.origin)
def test_the_reference_passes_with_yet_other_seeds(tried: Scenario, seed: int) -> None:
    assert run_scenario(tried, seed=seed) is None


@pytest.mark.parametrize(("id", "origin", "words"), CAUGHT)
def test_a_wrong_answer_fails_the_scenario_about_it(id: str, origin: str, words: str) -> None:
    found = answer(id)
    failure = run_scenario(SCENARIOS[origin], found.rules, found.server)

    assert failure is not None
    assert words in failure


def test_each_scenario_is_shown_to_fail() -> None:
    assert {origin for _, origin, _ in CAUGHT} == {*NAMES.split(), *SEARCH_NAMES.split()}


# What searches conclude ------------------------------------------------------------------


def test_a_search_that_ran_out_of_budget_is_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explorations, "BUDGET", 50)

    with pytest.raises(ScenarioFailed, match="Ran out of budget, which proves nothing"):
        explorations.exhaust(SystemUnderTest(), Bounds(terms=2))


def test_a_goal_out_of_reach_is_no_pass() -> None:
    with pytest.raises(ScenarioFailed, match="Never S1 leads term 2"):
        explorations.reach(SystemUnderTest(), Bounds(terms=1), leads("S1", 2))


def test_who_may_not_take_part_does_not() -> None:
    found = explorations.reach(
        SystemUnderTest(), Bounds(), leads("S2"), prune=explorations.moved(None, "S3")
    )
    later = explorations.reach(
        SystemUnderTest(),
        Bounds(terms=2),
        leads("S3"),
        prune=explorations.moved(found, "S1"),
        start=found,
    )

    assert [explorations.states_after(found)["S3"].standing.current_term] == [0]
    assert explorations.states_after(later)["S1"] == explorations.states_after(found)["S1"]


def test_random_walks_come_to_something() -> None:
    applied = []
    for seed in range(20):
        walk = random_walks.Walk(SystemUnderTest(seed=seed), servers=3)
        walk.run()
        applied.append(max(len(server.applied) for server in walk.servers.values()))

    assert applied.count(2) > 15


# What users of clients judge ---------------------------------------------------------------


@pytest.fixture
def served() -> Clients:
    """Two clients of three servers that have elected a leader."""
    clients = Clients(SystemUnderTest().cluster(servers=3, clients=2))
    clients.answer("C1", "start")
    return clients


def test_a_client_that_loses_patience_asks_all_servers(served: Clients) -> None:
    for server in served.cluster.servers[:2]:
        served.partition(*(set(served.cluster.servers) - {server}), "C1")

        assert served.answer("C1", "x=1", within_ms=2_000) == "1"


def test_a_wrong_answer_is_told_apart(served: Clients) -> None:
    served.expect_answer("C1", "x=1", "1")

    with pytest.raises(ScenarioFailed, match="C2 asked for x and was told '1', expected '2'"):
        served.expect_answer("C2", "x", "2")


def test_waits_count_also_while_they_last(served: Clients) -> None:
    served.expect_short_waits(1_000)
    served.partition("C2")
    served.ask("C2", "x=1")
    served.cluster.run(1_500)

    assert 1_400 < served.longest_wait_ms() <= 1_500
    with pytest.raises(ScenarioFailed, match=r"a client waited 1,500 ms"):
        served.expect_short_waits(1_000)


def test_appends_of_one_client_are_told_from_those_of_another(served: Clients) -> None:
    served.answer("C1", "x+=1")
    served.answer("C2", "x+=2")
    served.answer("C1", "x+=3")

    with pytest.raises(ScenarioFailed, match="C1, alone at its key, was told"):
        served.expect_own_appends()
