"""The search finds what is broken, and the shrinker leaves nothing needless in it."""

from dataclasses import replace

import pytest

from raftkit.checkers import Trial, leader_within, progress_within, run_trial, search, shrink
from raftkit.checkers.cluster import Cluster
from raftkit.checkers.schedules import first_violation, skirmish
from raftkit.protocol import Rules
from raftkit.protocol.json_form import from_json, to_json

BROKEN = {
    "votes for everybody": Rules().with_rule(
        "should_grant_vote", lambda standing, request, up_to_date: up_to_date
    ),
    "any log will do": Rules().with_rule(
        "should_grant_vote",
        lambda standing, request, up_to_date: standing.voted_for in (None, request.source),
    ),
    "half is enough": Rules().with_rule(
        "has_majority", lambda granted, refused, servers: granted >= servers // 2
    ),
}


@pytest.fixture(scope="module", params=BROKEN, ids=str)
def found(request: pytest.FixtureRequest) -> tuple[Rules, Trial, Trial]:
    rules = BROKEN[request.param]
    trial = search(rules, range(200))
    assert trial is not None
    return rules, trial, shrink(trial, rules)


def test_no_act_can_be_left_out_of_a_shrunk_trial(found: tuple[Rules, Trial, Trial]) -> None:
    rules, _, small = found
    broken = first_violation(small, rules)
    assert broken is not None

    for position in range(len(small.schedule)):
        rest = small.schedule[:position] + small.schedule[position + 1 :]
        without = first_violation(replace(small, schedule=rest), rules)
        assert without is None or without.property != broken.property


def test_a_shrunk_trial_breaks_the_same_property(found: tuple[Rules, Trial, Trial]) -> None:
    rules, trial, small = found
    before, after = first_violation(trial, rules), first_violation(small, rules)

    assert before is not None
    assert after is not None
    assert after.property == before.property
    assert len(small.schedule) <= len(trial.schedule)


def test_searching_and_shrinking_are_deterministic(found: tuple[Rules, Trial, Trial]) -> None:
    rules, trial, small = found

    assert search(rules, range(200)) == trial
    assert shrink(trial, rules) == small


def test_a_trial_survives_json_and_a_paste(found: tuple[Rules, Trial, Trial]) -> None:
    from raftkit import checkers, simulator

    _, _, small = found
    names = {**vars(simulator), **vars(checkers)}

    assert from_json(to_json(small)) == small
    assert eval(repr(small), names) == small


def test_a_shrunk_trial_is_small_enough_to_read() -> None:
    rules = BROKEN["votes for everybody"]
    trial = search(rules, range(200))
    assert trial is not None
    small = shrink(trial, rules)

    assert len(small.schedule) == 2
    assert len(run_trial(small, rules).history.records) <= 12


def test_a_trial_that_breaks_nothing_cannot_be_shrunk() -> None:
    with pytest.raises(ValueError, match="breaks no property"):
        shrink(skirmish(0), Rules())


def test_a_cluster_that_never_elects_misses_the_bound() -> None:
    rules = Rules().with_rule("has_majority", lambda granted, refused, servers: False)
    missed = leader_within(Cluster(servers=3, rules=rules))

    assert missed is not None
    assert missed.property == "A Leader Is Elected"


def test_a_cluster_that_never_commits_misses_the_bound() -> None:
    rules = Rules().with_rule("advance_commit_index", lambda log, term, commit, matches: commit)
    missed = progress_within(Cluster(servers=3, rules=rules))

    assert missed is not None
    assert missed.property == "Commands Get Committed"
