"""The explorer finds as many states as an independent search, and no counterexample is shorter.

The independent search stands in conftest.py.
"""

from collections.abc import Callable
from typing import Any

import pytest

from raftkit.checkers.explorer import Bounds, explore
from raftkit.protocol import Persistent, Rules

pytestmark = pytest.mark.once

TINY = (
    Bounds(servers=2),
    Bounds(servers=2, log=0, commands=0, losses=1),
    Bounds(servers=2, log=0, commands=0, crashes=2, duplicates=1, losses=1),
    Bounds(servers=2, in_flight=1, crashes=1, losses=1),
    Bounds(servers=2, terms=2, log=0, commands=0, timeouts=2),
    Bounds(servers=1, log=2, commands=2, crashes=2),
    Bounds(log=0, commands=0, in_flight=3),
)


def in_two_writes(on_disk: Persistent, in_memory: Persistent) -> tuple[Persistent, ...]:
    """The term first, and then the vote: wrong, but harmless as long as nobody votes again."""
    if on_disk == in_memory:
        return ()
    return (Persistent(in_memory.current_term, on_disk.voted_for, on_disk.log), in_memory)


HALF = Rules().with_rule("has_majority", lambda granted, refused, servers: granted > 0)
GENEROUS = Rules().with_rule("should_grant_vote", lambda standing, request, fits: True)
TORN = Rules().with_rule("writes_needed", in_two_writes)


@pytest.mark.parametrize("bounds", TINY, ids=str)
def test_there_are_as_many_states_as_an_independent_search_finds(
    bounds: Bounds, brute_force: Any
) -> None:
    found = explore(bounds, symmetry=False)

    assert found.verdict == "exhausted"
    assert (found.states, found.depth) == brute_force(bounds).count()


def test_crashes_between_two_writes_are_counted_too(brute_force: Any) -> None:
    bounds = Bounds(servers=2, log=0, commands=0, crashes=1)

    found = explore(bounds, rules=TORN, symmetry=False)

    assert found.states > explore(bounds, symmetry=False).states
    assert (found.states, found.depth) == brute_force(bounds, TORN).count()


def leaders_of_one_term(world: Any) -> bool:
    """Whether two servers lead one term."""
    standings = [machine.server.observe().standing for machine in world.machines.values()]
    terms = [standing.current_term for standing in standings if standing.role == "leader"]
    return len(set(terms)) < len(terms)


def two_votes_of_one_server(world: Any) -> bool:
    """Whether somebody has been seen to vote twice in a term."""
    return len({vote[:2] for vote in world.votes}) < len(world.votes)


@pytest.mark.parametrize(
    ("rules", "bounds", "broken", "title"),
    [
        # Two candidates at once, each content with its own vote, and eight messages under way.
        (HALF, Bounds(log=0, commands=0), leaders_of_one_term, "Election Safety"),
        (GENEROUS, Bounds(log=0, in_flight=4), two_votes_of_one_server, "One Vote per Term"),
    ],
    ids=["half a majority", "votes for everybody"],
)
def test_breadth_first_finds_the_shortest_counterexample(
    rules: Rules, bounds: Bounds, broken: Callable[[Any], bool], title: str, brute_force: Any
) -> None:
    levels = brute_force(bounds, rules).levels()
    nearest = next(distance for distance, level in enumerate(levels) if any(map(broken, level)))

    found = explore(bounds, rules=rules)

    assert found.violation is not None
    assert found.violation.property == title
    assert len(found.path) == nearest


@pytest.mark.parametrize("name", ["losses", "duplicates", "crashes"])
def test_each_budget_adds_states(name: str) -> None:
    without = Bounds(servers=2)

    more = explore(Bounds(**{"servers": 2, name: 1}))

    assert more.states > explore(without).states
