"""DSLabs' run and search tests: the lists are complete, and each is shown to fail somewhere."""

from collections.abc import Callable

import pytest
from raftkit.checkers.scenarios import SCENARIOS, Scenario, Stage, run_scenario, scenario
from raftkit.checkers.scenarios.dslabs import seeking, walks
from raftkit.checkers.scenarios.dslabs.visitors import Visitors
from raftkit.checkers.scenarios.scenario import ScenarioFailed

from raftkit.checkers.explorer import Bounds, leads
from raftkit.protocol import Rules

RUNS = [tried for tried in SCENARIOS if tried.suite == "DSLabs"]
SEARCHES = [tried for tried in SCENARIOS if tried.suite == "DSLabs search"]

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

# A wrong rule, a scenario that must catch it, and words of the sentence that says so.
CAUGHT = (
    ("deaf_to_higher_terms", "ThrowsException", "C2 waited 5,000 ms for an answer, in vain"),
    ("every_server_takes_commands", "Basic", "Log Matching (§5.3) is broken"),
    ("ignores_the_entry_before", "NoPartition", "Log Matching (§5.3) is broken"),
    ("half_is_enough", "ProgressInMajority", "Election Safety (§5.2) is broken"),
    ("does_not_count_itself", "ProgressInMajority", "C1 waited 5,000 ms for an answer, in vain"),
    ("majority_of_answers", "NoProgressInMinority", "Election Safety (§5.2) is broken"),
    ("keeps_leading", "ProgressAfterHeal", "Role Transitions (Figure 4) is broken"),
    ("votes_for_any_log", "ServerSwitchesPartitions", "Leader Completeness (§5.4) is broken"),
    ("commits_at_once", "ServerSwitchesPartitions", "Leader Completeness (§5.4) is broken"),
    ("never_backs_up", "ServerSwitchesPartitions", "waited 5,000 ms"),
    ("always_truncates", "SynchronousClients", "waited 20,000 ms"),
    ("always_truncates", "ConcurrentAppends", "waited 20,000 ms"),
    ("never_resets_its_timer", "MessageCount", "became candidate on “election timeout”"),
    ("ignores_the_entry_before", "BasicUnreliable", "Log Matching (§5.3) is broken"),
    ("every_server_takes_commands", "SimplePutGetUnreliable", "Log Matching (§5.3) is broken"),
    ("never_resets_its_timer", "SynchronousClientsUnreliable", "Role Transitions"),
    ("always_truncates", "ConcurrentAppendsUnreliable", "a storm of messages"),
    ("commits_beyond_the_match", "SinglePartition", "State Machine Safety (§5.4.3) is broken"),
    ("reports_its_whole_log", "ConstantRepartition", "raised IndexError"),
    ("fixed_timeout", "ConstantRepartition", "a client waited 12,000 ms for an answer"),
    ("never_truncates", "ConstantRepartitionUnreliable", "Log Matching (§5.3) is broken"),
    ("applies_before_commit", "RepartitionFullThroughput", "State Machine Safety (§5.4.3)"),
    ("half_is_enough", "BasicSearch", "Election Safety (§5.2) is broken after 2 acts"),
    ("majority_of_answers", "NoProgressInMinoritySearch", "Election Safety (§5.2) is broken"),
    ("votes_for_any_log", "TwoClientsSearch", "Leader Completeness (§5.4) is broken"),
    ("commits_older_terms", "QuorumCheckingSearch", "Leader Completeness (§5.4) is broken"),
    ("stops_at_an_older_term", "QuorumCheckingSearch", "Never S4 has committed 1"),
    ("never_backs_up", "QuorumCheckingSearch", "Never S1's log is 1 and S4 leads term 3"),
    ("never_truncates", "QuorumCheckingSearch", "Ran out of budget, which proves nothing"),
    ("always_truncates", "ThreeServerRandomSearch", "the same commands in the same order"),
    ("counts_old_votes", "FiveServerRandomSearch", "a follower, became leader"),
    ("does_not_count_itself", "Singleton", "a storm of messages"),
)


def test_each_of_their_tests_is_here() -> None:
    assert {tried.origin for tried in RUNS} == set(NAMES.split())
    assert {tried.origin for tried in SEARCHES} == set(SEARCH_NAMES.split())


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("tried", RUNS, ids=lambda tried: tried.origin)
def test_the_reference_passes_with_yet_other_seeds(tried: Scenario, seed: int) -> None:
    assert run_scenario(tried, seed=seed) is None


@pytest.mark.parametrize(("name", "origin", "words"), CAUGHT)
def test_a_wrong_rule_fails_the_scenario_about_it(
    wrong_rules: Callable[[str], Rules], name: str, origin: str, words: str
) -> None:
    failure = run_scenario(scenario(origin), wrong_rules(name))

    assert failure is not None
    assert words in failure


def test_each_scenario_is_shown_to_fail() -> None:
    assert {origin for _, origin, _ in CAUGHT} == {*NAMES.split(), *SEARCH_NAMES.split()}


# What searches conclude ------------------------------------------------------------------


def test_a_search_that_ran_out_of_budget_is_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeking, "BUDGET", 50)

    with pytest.raises(ScenarioFailed, match="Ran out of budget, which proves nothing"):
        seeking.exhaust(Stage(), Bounds(terms=2))


def test_a_goal_out_of_reach_is_no_pass() -> None:
    with pytest.raises(ScenarioFailed, match="Never S1 leads term 2"):
        seeking.reach(Stage(), Bounds(terms=1), leads("S1", 2))


def test_who_may_not_take_part_does_not() -> None:
    found = seeking.reach(Stage(), Bounds(), leads("S2"), prune=seeking.moved(None, "S3"))
    later = seeking.reach(
        Stage(), Bounds(terms=2), leads("S3"), prune=seeking.moved(found, "S1"), start=found
    )

    assert [seeking.states_after(found)["S3"].standing.current_term] == [0]
    assert seeking.states_after(later)["S1"] == seeking.states_after(found)["S1"]


def test_random_walks_come_to_something() -> None:
    applied = []
    for seed in range(20):
        walk = walks.Walk(Stage(seed=seed), servers=3)
        walk.run()
        applied.append(max(len(server.applied) for server in walk.servers.values()))

    assert applied.count(2) > 15


# What users of clients judge ---------------------------------------------------------------


@pytest.fixture
def served() -> Visitors:
    """Two clients of three servers that have elected a leader."""
    visitors = Visitors(Stage().cluster(servers=3, clients=2))
    visitors.answer("C1", "start")
    return visitors


def test_a_client_that_loses_patience_asks_all_servers(served: Visitors) -> None:
    for server in served.cluster.servers[:2]:
        served.partition(*(set(served.cluster.servers) - {server}), "C1")

        assert served.answer("C1", "x=1", within_ms=2_000) == "1"


def test_a_wrong_answer_is_told_apart(served: Visitors) -> None:
    served.expect_answer("C1", "x=1", "1")

    with pytest.raises(ScenarioFailed, match="C2 asked for x and was told '1', expected '2'"):
        served.expect_answer("C2", "x", "2")


def test_waits_count_also_while_they_last(served: Visitors) -> None:
    served.expect_short_waits(1_000)
    served.partition("C2")
    served.ask("C2", "x=1")
    served.cluster.run(1_500)

    assert 1_400 < served.longest_wait_ms() <= 1_500
    with pytest.raises(ScenarioFailed, match=r"a client waited 1,500 ms"):
        served.expect_short_waits(1_000)


def test_appends_of_one_client_are_told_from_those_of_another(served: Visitors) -> None:
    served.answer("C1", "x+=1")
    served.answer("C2", "x+=2")
    served.answer("C1", "x+=3")

    with pytest.raises(ScenarioFailed, match="C1, alone at its key, was told"):
        served.expect_own_appends()
