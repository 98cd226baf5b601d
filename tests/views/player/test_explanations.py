"""Each decision is explained by the rule that made it, in the paper's words."""

import pytest

from raftkit import Cluster
from raftkit.checkers import draw_long_trial, run_trial
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    Entry,
    Log,
    Persistent,
    RequestVoteRequest,
    RequestVoteResponse,
    Rules,
    Server,
    TimerFired,
)
from raftkit.simulator import Step
from raftkit.views.player.explanations import reason_for

LOG = Log.of_terms(1, 1)


def why(event, *earlier, term=2, vote=None, log=LOG, servers=("S1", "S2", "S3"), rules=None):
    """The reason for S1's answer to an event, after some earlier ones."""
    server = Server("S1", servers, rules or Rules(), persistent=Persistent(term, vote, log))
    server.start()
    for each in earlier:
        server.handle(each)
    before = server.observe()
    effects = server.handle(event)
    return reason_for(before, Step(0, "S1", event, effects, server.observe()))


def asked(term=2, index=2, last_term=1):
    """S2 asks S1 for its vote."""
    return RequestVoteRequest("S2", "S1", term, index, last_term)


def voted(term, granted, voter="S2"):
    """An answer to S1's request."""
    return RequestVoteResponse(voter, "S1", term, granted)


def sent(index, term, *entries, commit=0):
    """S2, leader of term 2, sends what follows `index`."""
    return AppendEntriesRequest("S2", "S1", 2, index, term, entries, commit)


def heard(success, match=0, **conflict):
    """S2 answers S1, leader of term 3."""
    return AppendEntriesResponse("S2", "S1", 3, success, match, **conflict)


CAMPAIGN = TimerFired("election")
COMMAND = ClientRequest("", "S1", 0, "x=1")
ELECTED = (CAMPAIGN, voted(3, True))


@pytest.mark.parametrize(
    ("rule", "words", "reason"),
    [
        ("should_grant_vote", "Grants", lambda: why(asked())),
        ("should_grant_vote", "is S3's already", lambda: why(asked(), vote="S3")),
        ("is_up_to_date", "ends in term 1 at index 1", lambda: why(asked(index=1))),
        ("treat_request", "term 1 is over", lambda: why(asked(term=1))),
        ("should_grant_vote", "Adopts term 7 first", lambda: why(asked(term=7))),
        ("start_election", "term 3", lambda: why(CAMPAIGN)),
        ("has_majority", "leads term 3", lambda: why(ELECTED[1], CAMPAIGN)),
        ("count_vote", "Counts: 1 for, 1 against", lambda: why(voted(3, False), CAMPAIGN)),
        ("count_vote", "says nothing in term 3", lambda: why(voted(2, True), CAMPAIGN)),
        ("count_vote", "Leads already", lambda: why(voted(3, True, "S3"), *ELECTED)),
        ("count_vote", "no candidate any more", lambda: why(voted(2, True))),
        ("adopt_term", "higher term 9", lambda: why(voted(9, False), CAMPAIGN)),
        ("previous_entry_matches", "no entry of term 2 at index 5", lambda: why(sent(5, 2))),
        ("merge_entries", "Holds entries up to 3", lambda: why(sent(2, 1, Entry(2)))),
        ("merge_entries", "Deletes what conflicts after index 1",
         lambda: why(sent(1, 1, Entry(2)))),
        ("merge_entries", "Has these entries already", lambda: why(sent(0, 0, Entry(1)))),
        ("follower_commit_index", "up to 2 are committed", lambda: why(sent(2, 1, commit=2))),
        ("election_timer_change", "waits anew", lambda: why(sent(2, 1))),
        ("append_command", "at index 3", lambda: why(COMMAND, *ELECTED)),
        ("append_command", "only a leader", lambda: why(COMMAND)),
        ("heartbeat_targets", "patience", lambda: why(TimerFired("heartbeat"), *ELECTED)),
        ("advance_commit_index", "older term", lambda: why(heard(True, 2), *ELECTED)),
        ("back_up", "earlier entries",
         lambda: why(heard(False, prev_log_index=2, conflict_index=1), *ELECTED)),
    ],
)  # fmt: skip
def test_a_decision_has_its_rule_and_its_reason(rule, words, reason):
    found = reason()

    assert found.rule == rule
    assert words in found.words


def test_a_commit_of_the_leaders_own_term_is_explained():
    found = why(heard(True, 3), *ELECTED, COMMAND)

    assert found.rule == "advance_commit_index"
    assert "Entry 3 is on a majority" in found.words


def test_every_step_of_a_stormy_run_has_a_reason_with_a_rule_that_exists():
    history = run_trial(draw_long_trial(5, ms=3_000)).history
    last = {}
    for step in history.steps():
        reason = reason_for(last.get(step.process), step)
        last[step.process] = step.state

        assert reason is not None, step
        assert reason.words, step
        assert hasattr(Rules(), reason.rule)


def test_what_is_no_raft_server_has_no_reason():
    cluster = Cluster(servers=3, clients=1)
    cluster.ask("C1", "x=1")
    step = next(each for each in cluster.history.steps() if each.process == "C1")

    assert isinstance(step, Step)
    assert reason_for(None, step) is None


@pytest.mark.parametrize(
    ("request_", "vote", "words"),
    [
        (asked(index=1), None, "although S2's log ends in term 1 at index 1, its own in term 1 at"),
        (asked(), "S3", "although its vote of term 2 is S3's already (§5.2)"),
        (asked(term=3), "S3", "Grants: no other vote in term 3"),
    ],
)
def test_of_a_vote_that_was_given_wrongly_it_says_what_was_overlooked(request_, vote, words):
    generous = Rules().with_rule("should_grant_vote", lambda standing, request, up_to_date: True)

    assert words in why(request_, vote=vote, rules=generous).words
