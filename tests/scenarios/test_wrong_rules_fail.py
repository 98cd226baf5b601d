"""Scenarios can fail: each wrong rule breaks the scenarios that are about it, with a sentence."""

from collections.abc import Callable

import pytest
from raftkit.checkers.scenarios import SCENARIOS, run_scenario, scenario

from raftkit.protocol import Rules

# A wrong rule, a scenario that must catch it, and words of the sentence that says so.
CAUGHT = (
    (
        "votes_twice",
        "FollowerVote",
        "S1 had voted for S2 in term 1 and granted the vote",
    ),
    ("votes_twice", "SplitVote", "one vote and is a leader"),
    (
        "votes_for_any_log",
        "Voter",
        "A voter with 1 1 granted the vote",
    ),
    ("votes_twice", "Figure8Unreliable", "One Vote per Term (§5.2) is broken"),
    ("votes_for_any_log", "Rejoin", "is broken"),
    ("votes_for_any_log", "Persist3", "is broken"),
    (
        "compares_length_only",
        "Voter",
        "A voter with 1 1 refused the vote",
    ),
    ("compares_length_only", "Backup", "is broken"),
    ("half_is_enough", "LeaderElectionInOneRoundRPC", "S1 is a leader"),
    ("half_is_enough", "ReElection", "Election Safety (§5.2) is broken"),
    ("majority_of_answers", "LeaderElectionInOneRoundRPC", "votes S1 is a leader"),
    ("deaf_to_higher_terms", "FollowerUpdateTermFromMessage", "is in term 2"),
    ("deaf_to_higher_terms", "InitialElection", "expected a leader"),
    ("keeps_leading", "LeaderUpdateTermFromMessage", "became leader on “higher term”"),
    ("forgets_vote_when_conceding", "CandidateFallback", "Its vote is None"),
    ("obeys_old_leaders", "OldMessages", "expected one answer of term 3"),
    ("does_not_vote_for_itself", "FollowerStartElection", "voted for None"),
    ("asks_with_the_new_term_as_its_last", "VoteRequest", "last_log_term=2"),
    ("does_not_count_itself", "SingleNodeCommit", "S1 is alone and a candidate"),
    ("counts_old_votes", "DuelingCandidates", "S3"),
    ("fixed_timeout", "ElectionTimeoutNonconflict", "timed out within"),
    ("fixed_timeout", "ManyElections", "expected a leader"),
    (
        "never_resets_its_timer",
        "InitialElection",
        "S1, a leader, became candidate on “election timeout”",
    ),
    ("beats_too_often", "Count", "requests were sent to elect a leader: too many"),
    ("silent_leader", "LeaderBcastBeat", "A heartbeat went to []"),
    ("ignores_the_entry_before", "FollowerCheckMsgAppend", "expected success=False"),
    ("ignores_the_entry_before", "ConcurrentStarts", "At "),
    ("ignores_the_entry_before", "FailAgree", "is broken"),
    ("never_truncates", "FollowerAppendEntries", "and holds 1 2 4, expected 1 3 4."),
    ("never_truncates", "Rejoin", "is broken"),
    ("never_truncates", "LeaderSyncFollowerLog", "unlike the leader's"),
    ("always_truncates", "FollowerAppendEntries", "and holds 1, expected 1 2."),
    ("never_truncates", "UnreliableChurn", "is broken"),
    ("always_truncates", "UnreliableAgree", "is broken"),
    ("every_server_takes_commands", "BasicAgree", "in time"),
    ("reports_its_whole_log", "FailNoAgree", "raised IndexError"),
    ("sends_everything_each_time", "RPCBytes", "commands are sent more than once"),
    ("never_backs_up", "ReliableChurn", "expected 5 servers to apply 'end' in time"),
    ("never_backs_up", "FailAgree", "expected 3 servers to apply 'x=106' in time"),
    ("never_backs_up", "LeaderSyncFollowerLog", "unlike the leader's"),
    ("commits_older_terms", "LeaderOnlyCommitsLogFromCurrentTerm", "of terms 1, 2, 3"),
    ("stops_at_an_older_term", "LeaderCommitPrecedingEntries", "it applied []"),
    ("commits_at_once", "FailNoAgree", "without a majority"),
    (
        "commits_beyond_the_match",
        "FollowerCommitEntry",
        "leaderCommit 2 commitIndex is 2, expected 1",
    ),
    ("applies_before_commit", "FollowerFailure", "without a majority"),
    ("applies_before_commit", "LeaderFailure", "applied"),
    ("forgets_votes", "FollowerVote", "voted for S2, restarted, and remembers None"),
    ("writes_nothing", "Persist1", "is broken"),
    ("forgets_terms", "Persist2", "is broken"),
    ("restarts_as_leader", "Persist1", "Role Transitions (Figure 4) is broken"),
    ("restarts_as_leader", "FollowerVote", "Figure 4 does not have this change of role"),
    ("not_written_yet", "Voter", "A server raised NotImplementedError: write this rule"),
    ("not_written_yet", "BasicAgree", "raised NotImplementedError: write this rule"),
)


@pytest.mark.parametrize(("name", "origin", "words"), CAUGHT)
def test_a_wrong_rule_fails_the_scenario_about_it(
    wrong_rules: Callable[[str], Rules], name: str, origin: str, words: str
) -> None:
    failure = run_scenario(scenario(origin), wrong_rules(name))

    assert failure is not None
    assert words in failure


def test_figure_8_catches_a_leader_that_counts_older_entries(
    wrong_rules: Callable[[str], Rules],
) -> None:
    rules = wrong_rules("commits_older_terms")

    # One seed in two leads to the situation of Figure 8.
    failures = (run_scenario(scenario("Figure8"), rules, seed=seed) for seed in range(12))

    assert "Leader Completeness (§5.4) is broken" in next(filter(None, failures), "")


def test_each_scenario_of_mit_is_shown_to_fail_for_a_wrong_rule() -> None:
    of_mit = {tried.origin for tried in SCENARIOS if tried.suite.startswith("MIT")}

    # Figure 8 has the test above, on several seeds.
    assert of_mit - {origin for _, origin, _ in CAUGHT} == {"Figure8"}


def test_each_scenario_of_tinykv_fails_for_a_wrong_rule(
    wrong_rules: Callable[[str], Rules], wrong_names: tuple[str, ...]
) -> None:
    trivial = {"restarts_as_leader", "not_written_yet"}
    blind = {tried for tried in SCENARIOS if tried.suite == "TinyKV"}

    for name in set(wrong_names) - trivial:
        rules = wrong_rules(name)
        blind -= {tried for tried in blind if run_scenario(tried, rules) is not None}

    assert blind == set()


def test_every_wrong_rule_is_caught_somewhere(wrong_names: tuple[str, ...]) -> None:
    assert {name for name, _, _ in CAUGHT} == set(wrong_names)


def test_a_storm_of_messages_ends(wrong_rules: Callable[[str], Rules]) -> None:
    storm = wrong_rules("beats_without_pause")

    failure = run_scenario(scenario("InitialElection"), storm)

    assert failure is not None
    assert "a storm of messages" in failure
