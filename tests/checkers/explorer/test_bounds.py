"""Each bound bounds what it says, no more and no less: something is there with it and not below."""

from dataclasses import replace
from typing import Any

import pytest

from raftkit.checkers.explorer import (
    Bounds,
    Invariant,
    Predicate,
    any_leader,
    committed,
    explore,
    leads,
    log_is,
)
from raftkit.checkers.explorer.search_actions import Arrives, Crashes, Torn, Vanishes
from raftkit.protocol import Rules
from raftkit.protocol.election import Tally
from raftkit.protocol.persistence import Persistent
from raftkit.protocol.roles import CANDIDATE


def reached(bounds: Bounds, goal: Predicate, rules: Rules | None = None) -> bool:
    """Whether a goal is there within the bounds; all of them have been looked at if not."""
    found = explore(bounds, goal=goal, rules=rules)
    assert found.verdict in ("goal reached", "exhausted")
    return found.verdict == "goal reached"


two_entries = Predicate(
    "anybody holds two entries",
    lambda states: any(state.log.last_index == 2 for state in states.values()),
    names_servers=False,
)


@pytest.mark.parametrize(
    ("bounds", "less", "goal"),
    [
        (Bounds(terms=2, log=0, in_flight=3), {"terms": 1}, any_leader(2)),
        (Bounds(log=2, commands=2, timeouts=1, in_flight=4), {"log": 1}, two_entries),
        (Bounds(log=2, commands=2, timeouts=1, in_flight=4), {"commands": 1}, two_entries),
        (Bounds(terms=2, log=0, timeouts=2, in_flight=3), {"timeouts": 1}, any_leader(2)),
        (Bounds(log=0, in_flight=3), {"in_flight": 2}, any_leader()),
        (Bounds(servers=2, in_flight=1), {"commands": 0}, committed("S1", 1)),
    ],
    ids=str,
)
def test_a_bound_makes_room_for_what_a_lower_one_does_not(
    bounds: Bounds, less: dict[str, int], goal: Predicate
) -> None:
    assert reached(bounds, goal)
    assert not reached(replace(bounds, **less), goal)


def test_no_state_is_beyond_the_bounds() -> None:
    def within(states: Any) -> bool:
        terms = [state.standing.current_term for state in states.values()]
        return max(terms) <= 2 and all(state.log.last_index <= 1 for state in states.values())

    bounds = Bounds(terms=2, log=1, commands=2, in_flight=3)
    inside = Invariant("Within the Bounds", "§5", within, names_servers=False)

    assert explore(bounds, invariants=[inside]).verdict == "exhausted"


def test_what_was_under_way_at_the_start_needs_no_room() -> None:
    elected = explore(Bounds(log=0, terms=1), goal=leads("S1", 1))
    later = Bounds(log=0, terms=1, in_flight=1)

    # Three messages are under way, and all of them can still arrive.
    found = explore(later, start=elected, goal=in_term_of_all(1))

    assert found.verdict == "goal reached"


def in_term_of_all(term: int) -> Predicate:
    """Every server has come to a term."""
    return Predicate(
        f"all are in term {term}",
        lambda states: all(state.standing.current_term == term for state in states.values()),
        names_servers=False,
    )


# What only a fault can break ---------------------------------------------------------------


def counted_again(standing: Any, tally: Tally, response: Any) -> Tally:
    """Wrong: a vote that comes twice counts twice."""
    if response.term != standing.current_term or standing.role != CANDIDATE:
        return tally
    if not response.vote_granted:
        return tally
    return Tally((*tally.granted, response.source), tally.refused)


def forgets_its_vote(on_disk: Persistent, in_memory: Persistent) -> tuple[Persistent, ...]:
    """Wrong: the vote is not written."""
    forgotten = Persistent(in_memory.current_term, None, in_memory.log)
    return () if on_disk == forgotten else (forgotten,)


TWICE = Rules().with_rule("count_vote", counted_again)
FORGETS = Rules().with_rule("writes_needed", forgets_its_vote)
HASTY = Rules().with_rule("waits_for_disk", lambda message: False)


@pytest.mark.parametrize(
    ("rules", "bounds", "broken", "kind"),
    [
        (
            TWICE,
            Bounds(servers=4, log=0, commands=0, duplicates=2, timeouts=2, in_flight=8),
            "Election Safety",
            Arrives,
        ),
        (FORGETS, Bounds(log=0, commands=0, crashes=1, in_flight=4), "One Vote per Term", Crashes),
        (HASTY, Bounds(log=0, commands=0, crashes=1, in_flight=4), "One Vote per Term", Torn),
    ],
    ids=["a duplicate", "a crash", "a torn write"],
)
def test_what_only_a_fault_breaks(rules: Rules, bounds: Bounds, broken: str, kind: type) -> None:
    found = explore(bounds, rules=rules)
    faults = [action for action in found.path if isinstance(action, kind)]

    assert found.violation is not None
    assert found.violation.property == broken
    assert any(getattr(action, "again", True) for action in faults)
    without = explore(replace(bounds, duplicates=0, crashes=0), rules=rules)
    assert without.verdict == "exhausted"


def test_a_loss_makes_room_on_a_narrow_network() -> None:
    # What was sent to a server that never moves stays on the network, and fills it.
    bounds = Bounds(in_flight=3, timeouts=1, losses=1)
    goal = leads("S1", 1) & log_is("S1", 1)
    still = Predicate("S3 has moved", lambda states: states["S3"].standing.current_term > 0)

    found = explore(bounds, goal=goal, prune=still)

    assert any(isinstance(action, Vanishes) for action in found.path)
    assert explore(replace(bounds, losses=0), goal=goal, prune=still).verdict == "exhausted"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"servers": 0}, "servers"), ({"terms": -1}, "terms"), ({"in_flight": 1.5}, "in_flight"),
     ({"crashes": True}, "crashes"), ({"timeouts": "2"}, "timeouts")],
)  # fmt: skip
def test_numbers_that_are_no_bounds_are_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Bounds(**wrong)
