"""`explore` and `chain`: what they are asked for, what they find, and that it happens again."""

from dataclasses import replace

import pytest

from raftkit.checkers import run_trial
from raftkit.checkers.explorer import (
    Bounds,
    Exploration,
    Invariant,
    Leg,
    Predicate,
    any_leader,
    chain,
    committed,
    explore,
    leads,
    log_is,
    server_is,
)
from raftkit.checkers.explorer.search import TELL_EVERY
from raftkit.checkers.explorer.search_actions import Arrives
from raftkit.checkers.explorer.stories import STORIES, figure_8
from raftkit.protocol import Rules

pytestmark = pytest.mark.once

SMALL = Bounds(terms=2, log=0, commands=0, in_flight=3)
GENEROUS = Rules().with_rule("should_grant_vote", lambda standing, request, fits: True)
# A majority holds it, so it counts: wrong for entries of older terms.
ANY_TERM = Rules().with_rule(
    "advance_commit_index",
    lambda log, term, commit, matches: max(commit, sorted(matches)[(len(matches) - 1) // 2]),
)


# Verdicts ----------------------------------------------------------------------------------


def test_everything_was_looked_at() -> None:
    found = explore(SMALL)

    assert (found.verdict, found.violation, found.path) == ("exhausted", None, ())
    assert found.sentence == f"Nothing breaks within these bounds: {SMALL}."


def test_a_goal_is_reached_by_the_shortest_way() -> None:
    found = explore(SMALL, goal=leads("S2", 1))

    assert found.verdict == "goal reached"
    assert len(found.path) == found.depth == 3
    assert found.sentence == "After 3 actions, S2 leads term 1."
    assert found.history is not None
    assert found.history.steps()[-1].state.standing.role == "leader"


def test_a_goal_that_is_nowhere_is_said_to_be_nowhere() -> None:
    found = explore(SMALL, goal=committed("S1", 1))

    assert found.verdict == "exhausted"
    assert found.sentence.startswith(
        "Nothing breaks within these bounds, and never S1 has committed 1: "
    )


@pytest.mark.parametrize("spent", [{"budget": 100}, {"calls": 30}])
def test_a_spent_budget_is_no_pass(spent: dict[str, int]) -> None:
    found = explore(SMALL, **spent)  # type: ignore[arg-type]

    assert found.verdict == "out of budget"
    assert found.violation is None
    assert "proves nothing" in found.sentence


def test_a_violation_counts_for_more_than_a_goal_and_a_prune() -> None:
    everywhere = Predicate("anything goes", lambda states: len(states) == 3, names_servers=False)
    late = Predicate(
        "all have voted",
        lambda states: all(state.standing.voted_for for state in states.values()),
        names_servers=False,
    )
    bounds = Bounds(log=0)

    assert explore(bounds, rules=GENEROUS, goal=everywhere).verdict == "goal reached"
    assert explore(bounds, rules=GENEROUS, goal=~everywhere).verdict == "violated"
    broken = Invariant("Never All", "§5.2", lambda states: not late(states), names_servers=False)
    assert explore(bounds, invariants=[broken], prune=late, goal=late).verdict == "violated"


# Goals, prunes, invariants -----------------------------------------------------------------


def test_a_search_does_not_go_on_from_what_is_pruned() -> None:
    still = Predicate("S3 has moved", lambda states: states["S3"].standing.current_term > 0)

    assert explore(SMALL, prune=still, goal=leads("S3")).verdict == "exhausted"
    assert explore(SMALL, prune=still, goal=leads("S1")).verdict == "goal reached"
    assert (
        explore(SMALL, prune=still, symmetry=False).states < explore(SMALL, symmetry=False).states
    )


def test_an_invariant_of_your_own_is_reported_by_its_name() -> None:
    calm = Invariant(
        "Calm", "§5.2", lambda states: all(s.standing.role != "leader" for s in states.values())
    )

    found = explore(SMALL, invariants=[calm])

    assert found.violation is not None
    assert (found.violation.property, found.violation.section) == ("Calm", "§5.2")
    assert len(found.path) == 3
    assert found.sentence == "Calm (§5.2) is broken after 3 actions: “Calm” does not hold."


def test_predicates_are_put_together() -> None:
    states = explore(SMALL, goal=leads("S1", 1)).history
    assert states is not None
    now = {step.process: step.state for step in states.steps()}

    assert (leads("S1") & ~leads("S2"))(now)
    assert (leads("S2") | log_is("S3"))(now)
    assert not (leads("S2") | leads("S3"))(now)
    assert (~leads("S2") & any_leader()).words == "not (S2 leads) and anybody leads"
    assert (any_leader(1) | any_leader(2)).names_servers is False
    assert (any_leader() & server_is("S1", "is", lambda state: True)).names_servers is True


def test_the_state_at_the_start_may_be_the_goal_already() -> None:
    found = explore(SMALL, goal=log_is("S1"))

    assert (found.verdict, found.path) == ("goal reached", ())


# Chains ------------------------------------------------------------------------------------


def test_a_chain_goes_from_goal_to_goal() -> None:
    legs = [
        Leg(replace(SMALL, terms=1), leads("S1", 1)),
        Leg(replace(SMALL, terms=2), leads("S2", 2), forget_before=2),
    ]

    found = chain(legs)
    alone = explore(legs[0].bounds, goal=legs[0].goal)

    assert found.verdict == "goal reached"
    assert found.path[: len(alone.path)] == alone.path
    assert found.states > alone.states
    assert not any(
        isinstance(action, Arrives) and action.message.term < 2
        for action in found.path[len(alone.path) :]
    )


def test_a_chain_ends_where_a_goal_is_out_of_reach() -> None:
    legs = [Leg(SMALL, leads("S1", 3)), Leg(SMALL, leads("S1", 1))]

    found = chain(legs)

    assert (found.verdict, found.goal) == ("exhausted", "S1 leads term 3")


def test_a_chain_without_legs_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one leg"):
        chain([])


def test_figure_8_breaks_the_rule_that_counts_any_term() -> None:
    found = chain(figure_8(), rules=ANY_TERM)

    assert found.violation is not None
    assert found.violation.property == "Leader Completeness"
    assert len(found.path) == 20


def test_figure_8_cannot_happen_to_the_reference() -> None:
    assert STORIES["figure-8"] is figure_8
    assert chain(figure_8()).verdict == "exhausted"


# It happens again --------------------------------------------------------------------------

VOTES_AGAIN = explore(Bounds(log=0), rules=GENEROUS)
OLD_TERM = chain(figure_8(), rules=ANY_TERM)


@pytest.mark.parametrize(
    ("found", "rules"), [(VOTES_AGAIN, GENEROUS), (OLD_TERM, ANY_TERM)], ids=["votes", "Figure 8"]
)
def test_a_finding_happens_again_on_the_simulator(found: Exploration, rules: Rules) -> None:
    assert found.trial is not None

    cluster = run_trial(found.trial, rules=rules)

    assert cluster.violations[:1] == [found.violation]
    assert run_trial(found.trial).violations == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_whoever_waits_is_told_how_many_states_there_are(jobs: int) -> None:
    told: list[int] = []

    found = explore(Bounds(in_flight=5), symmetry=False, jobs=jobs, budget=90_000,
                    progress=told.append)  # fmt: skip

    assert told == sorted(told)
    assert len(told) >= 3
    assert TELL_EVERY < told[-1] <= found.states
