"""Several processes see what one sees, whoever owns which states and however often that changes."""

from dataclasses import replace
from typing import Any

import pytest

from raftkit.checkers import run_trial
from raftkit.checkers.explorer import Bounds, Predicate, committed, explore
from raftkit.checkers.explorer.bit_layout import Layout
from raftkit.checkers.explorer.moves import Moves
from raftkit.checkers.explorer.parallel_search import ParallelSearch
from raftkit.checkers.explorer.raft_behaviour import RaftBehaviour
from raftkit.checkers.explorer.search import Search
from raftkit.checkers.explorer.sharding import SHARDS, Sharding, rebalanced
from raftkit.checkers.explorer.state_checker import StateChecker
from raftkit.protocol import Rules

pytestmark = pytest.mark.once

GENEROUS = Rules().with_rule("should_grant_vote", lambda standing, request, fits: True)
CRASHING = Bounds(terms=2, log=0, commands=0, crashes=1, in_flight=3)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches are shared early."""
    monkeypatch.setattr("raftkit.checkers.explorer.search.WIDE", 10)


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the shards that have changed hands."""
    numbers: list[int] = []
    rebalance = ParallelSearch._rebalance

    def noted(parallel: ParallelSearch, reports: Any) -> Any:
        given = rebalance(parallel, reports)
        numbers.extend(given)
        return given

    monkeypatch.setattr(ParallelSearch, "_rebalance", noted)
    return numbers


# The same is seen --------------------------------------------------------------------------


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("symmetry", [True, False])
@pytest.mark.parametrize("jobs", [2, 3])
def test_several_processes_see_the_same(jobs: int, symmetry: bool, moved: list[int]) -> None:
    alone = explore(CRASHING, symmetry=symmetry)
    together = explore(CRASHING, symmetry=symmetry, jobs=jobs)

    assert together == replace(alone, calls=together.calls)
    assert together.symmetric is symmetry
    assert moved


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("servers", [1, 2])
def test_few_servers_are_on_few_shelves(servers: int) -> None:
    bounds = Bounds(servers=servers, terms=3, log=0, commands=0, in_flight=4)

    alone, together = explore(bounds), explore(bounds, jobs=2)

    assert together == replace(alone, calls=together.calls)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("symmetry", [True, False])
def test_several_processes_forget_what_is_pruned(symmetry: bool) -> None:
    voted = Predicate(
        "everybody has voted",
        lambda states: all(state.standing.voted_for for state in states.values()),
        names_servers=False,
    )

    alone = explore(CRASHING, prune=voted, symmetry=symmetry)
    together = explore(CRASHING, prune=voted, symmetry=symmetry, jobs=2)

    assert together == replace(alone, calls=together.calls)
    assert together.states < explore(CRASHING, symmetry=symmetry).states


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("jobs", [2, 3])
@pytest.mark.parametrize(
    ("rules", "bounds", "goal", "budget"),
    [
        (GENEROUS, Bounds(log=0, in_flight=5), None, 10_000),
        (Rules(), Bounds(log=1, in_flight=5), committed("S2", 1), 100_000),
        (Rules(), Bounds(log=1, in_flight=5), None, 2_000),
    ],
    ids=["a violation", "a goal", "out of budget"],
)
def test_several_processes_end_alike(
    rules: Rules, bounds: Bounds, goal: Predicate | None, budget: int, jobs: int
) -> None:
    alone = explore(bounds, rules=rules, goal=goal, budget=budget)
    together = explore(bounds, rules=rules, goal=goal, budget=budget, jobs=jobs)

    assert together.verdict == alone.verdict
    assert len(together.path) == len(alone.path)
    if together.trial is not None and together.violation is not None:
        again = run_trial(together.trial, rules=rules).violations
        assert again[:1] == [together.violation]


@pytest.mark.usefixtures("soon")
def test_a_budget_that_is_just_enough_is_enough_for_several() -> None:
    states = explore(CRASHING).states

    for budget in (states // 2, states, states + 1):
        alone, together = (explore(CRASHING, budget=budget, jobs=jobs) for jobs in (1, 2))
        assert together.verdict == alone.verdict
        assert together.states >= min(budget, states)


@pytest.mark.usefixtures("soon")
def test_a_budget_of_calls_is_one_for_all_processes() -> None:
    assert explore(CRASHING, calls=200, jobs=2).verdict == "out of budget"


@pytest.mark.usefixtures("soon")
def test_one_process_searches_where_a_system_cannot_fork(
    moved: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("raftkit.checkers.explorer.exploration.can_fork", lambda: False)

    assert explore(CRASHING, jobs=2) == explore(CRASHING)
    assert not moved


# Shards ------------------------------------------------------------------------------------


@pytest.fixture
def walked() -> tuple[Layout, Search]:
    """A complete search, with the layout of its states."""
    layout = Layout(CRASHING, 8)
    behaviour = RaftBehaviour(CRASHING.names)
    moves = Moves(behaviour, layout)
    search = Search(moves, StateChecker(behaviour, layout), 100_000, 50_000)
    search.run(moves.start())
    return layout, search


def test_steps_of_the_last_server_stay_on_a_shelf(walked: tuple[Layout, Search]) -> None:
    layout, search = walked
    sharding, last = Sharding(layout), layout.names[-1]
    changes = {True: 0, False: 0}

    for state in search.parents:
        number = sharding.number(state)
        assert 0 <= number < SHARDS
        for action, after in search.moves.all(state):
            if action.server == last or after & layout.servers_mask == state & layout.servers_mask:
                assert sharding.number(after) == number
            else:
                changes[sharding.number(after) == number] += 1

    assert changes[False] > 20 * changes[True]


def test_the_states_of_a_search_are_on_many_shelves(walked: tuple[Layout, Search]) -> None:
    layout, search = walked
    sharding = Sharding(layout)

    assert len({sharding.number(state) for state in search.parents}) > SHARDS / 2


def test_the_shelves_of_the_busiest_are_given_to_the_idlest() -> None:
    new = {number: number for number in range(SHARDS)}
    owners = [number * 3 // SHARDS for number in range(SHARDS)]

    again = rebalanced(owners, new, {}, 3)

    loads = [sum(new[n] for n, owner in enumerate(again) if owner == me) for me in range(3)]
    assert max(loads) < 1.02 * sum(loads) / 3
    assert rebalanced(again, new, {}, 3) == again


def test_a_shelf_that_is_soon_moved_is_moved_first() -> None:
    new, old = {0: 100, 1: 20, 2: 20, 3: 100}, {0: 0, 1: 5_000, 2: 50, 3: 0}

    assert rebalanced([0, 0, 0, 1], new, old, 2) == [0, 0, 1, 1]


def test_what_is_even_or_cannot_be_is_left_alone() -> None:
    assert rebalanced([0, 1], {0: 500, 1: 500}, {}, 2) == [0, 1]
    assert rebalanced([0, 0, 1], {0: 500}, {}, 2) == [0, 0, 1]
    assert rebalanced([0, 1], {}, {}, 2) == [0, 1]
