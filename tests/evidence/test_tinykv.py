"""TinyKV's tests, told for this simulator: each passes the reference, and is shown to fail."""

import pytest

from raftkit.course.proving import answer
from raftkit.course.wrong_answers import WRONG_ANSWERS
from raftkit.protocol import RequestVoteRequest, Rules, Standing
from raftkit.scenarios import run_scenario
from tests.evidence import tinykv

SCENARIOS = {tried.origin: tried for tried in tinykv.SCENARIOS}
# A wrong answer, a scenario that must catch it, and words of the sentence that says so.
CAUGHT = (
    ("V1", "FollowerVote", "S1 had voted for S2 in term 1 and granted the vote"),
    ("V1", "SplitVote", "one vote and is a leader"),
    ("V6", "Voter", "A voter with 1 1 granted the vote"),
    ("V7", "Voter", "A voter with 1 1 refused the vote"),
    ("V14a", "LeaderElectionInOneRoundRPC", "S1 is a leader"),
    ("V15", "LeaderElectionInOneRoundRPC", "votes S1 is a leader"),
    ("V17d", "FollowerUpdateTermFromMessage", "is in term 2"),
    ("V18", "LeaderUpdateTermFromMessage", "became leader on “higher term”"),
    ("V2", "CandidateFallback", "Its vote is None"),
    ("V20", "OldMessages", "expected one answer of term 3"),
    ("V24c", "FollowerStartElection", "voted for None"),
    ("V33", "VoteRequest", "last_log_term=2"),
    ("V14e", "SingleNodeCommit", "S1 is alone and a candidate"),
    ("V28b", "DuelingCandidates", "S3"),
    ("T4a", "ElectionTimeoutNonconflict", "timed out within"),
    ("T9a", "LeaderBcastBeat", "A heartbeat went to []"),
    ("L6a", "FollowerCheckMsgAppend", "expected success=False"),
    ("L3", "FollowerAppendEntries", "and holds 1 2 4, expected 1 3 4."),
    ("L3", "LeaderSyncFollowerLog", "unlike the leader's"),
    ("L2a", "FollowerAppendEntries", "and holds 1, expected 1 2."),
    ("L15", "LeaderSyncFollowerLog", "unlike the leader's"),
    ("C1", "LeaderOnlyCommitsLogFromCurrentTerm", "of terms 1, 2, 3"),
    ("C2", "LeaderCommitPrecedingEntries", "it applied []"),
    ("C5a", "FollowerCommitEntry", "leaderCommit 2 commitIndex is 2, expected 1"),
    ("P1", "FollowerVote", "voted for S2, restarted, and remembers None"),
    ("P9", "FollowerVote", "Figure 4 does not have this change of role"),
)


@pytest.mark.parametrize(("id", "origin", "words"), CAUGHT)
def test_a_wrong_answer_fails_the_scenario_about_it(id: str, origin: str, words: str) -> None:
    found = answer(id)
    failure = run_scenario(SCENARIOS[origin], found.rules, found.server)

    assert failure is not None
    assert words in failure


def test_a_rule_that_is_not_written_yet_is_a_failure() -> None:
    def not_written_yet(standing: Standing, request: RequestVoteRequest, up_to_date: bool) -> bool:
        raise NotImplementedError("write this rule")

    failure = run_scenario(SCENARIOS["Voter"], Rules(should_grant_vote=not_written_yet))

    assert failure is not None
    assert failure.startswith("A server raised NotImplementedError: write this rule (in not_writ")


def test_each_scenario_fails_for_a_wrong_answer() -> None:
    blind = set(tinykv.SCENARIOS)

    # What a restarted leader does is caught by nearly every scenario, so it proves nothing.
    for wrong in WRONG_ANSWERS:
        if wrong.is_for_servers and wrong.server is None and wrong.id != "P9":
            blind -= {tried for tried in blind if run_scenario(tried, wrong.rules) is not None}

    assert blind == set()
