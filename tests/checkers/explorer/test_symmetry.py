"""Of states that differ in names alone one stands for all, if the servers do not mind names."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from itertools import permutations
from typing import Any

import pytest

from raftkit.checkers import run_trial
from raftkit.checkers.explorer import Bounds, Invariant, any_leader, explore, leads
from raftkit.protocol import Effects, Log, Rules, Server
from raftkit.protocol.replication import make_append_entries

pytestmark = pytest.mark.once

SMALL = Bounds(terms=2, log=0, commands=0, in_flight=3)
# Room for two candidates in one term.
CONTESTED = Bounds(log=0, commands=0, in_flight=4)


# Held against an independent search ---------------------------------------------------------


def renamed(names: Mapping[str, str], value: Any) -> Any:
    """A value with every name in it exchanged, whatever it is."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, tuple):
        return tuple(renamed(names, item) for item in value)
    if isinstance(value, frozenset):
        return frozenset(renamed(names, item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        parts: Any = {f.name: renamed(names, getattr(value, f.name)) for f in fields(value)}
        return replace(value, **parts)
    assert isinstance(value, int | Log | None), value
    return value


def value_under(names: Mapping[str, str], world: Any) -> tuple[Any, ...]:
    """What a world would be called if its servers had other names."""
    machines, network, votes, left = world.value()
    moved = {}
    for name, (state, *rest) in zip(names, machines, strict=True):
        peers = [peer for peer in names if peer != name]
        progress = zip(peers, state.progress, strict=False)
        # Progress stands in the order of the peers, which are others now.
        known = frozenset((names[peer], each) for peer, each in progress)
        view = (renamed(names, replace(state, progress=())), known, *renamed(names, tuple(rest)))
        moved[names[name]] = view
    return tuple(sorted(moved.items())), renamed(names, network), renamed(names, votes), left


@pytest.mark.parametrize(
    "bounds",
    [
        Bounds(servers=2),
        Bounds(servers=2, log=0, commands=0, crashes=2, duplicates=1, losses=1),
        Bounds(log=0, commands=0, timeouts=1),
    ],
    ids=str,
)
def test_there_are_as_many_kinds_of_states_as_an_independent_search_finds(
    bounds: Bounds, brute_force: Any
) -> None:
    search, kinds = brute_force(bounds), set()
    turns = [dict(zip(bounds.names, turn, strict=True)) for turn in permutations(bounds.names)]
    for level in search.levels():
        for world in level:
            kinds.add(frozenset(value_under(names, world) for names in turns))

    found = explore(bounds)

    assert found.symmetric
    assert found.states == len(kinds)


# Held against the search without it -----------------------------------------------------------

GENEROUS = Rules().with_rule("should_grant_vote", lambda standing, request, fits: True)


def prefers_the_first(standing: Any, request: Any, up_to_date: bool) -> bool:
    """Wrong, and only for one name."""
    if request.source == "S1":
        return True
    free = standing.voted_for in (None, request.source)
    return request.term >= standing.current_term and free and up_to_date


PARTIAL = Rules().with_rule("should_grant_vote", prefers_the_first)


@pytest.mark.parametrize(
    "bounds",
    [
        SMALL,
        Bounds(in_flight=4),
        Bounds(log=0, commands=0, terms=2, crashes=1, duplicates=1, losses=1, in_flight=2),
        Bounds(servers=4, log=0, in_flight=4),
    ],
    ids=str,
)
def test_the_verdict_is_the_same_with_far_fewer_states(bounds: Bounds) -> None:
    reduced, whole = explore(bounds), explore(bounds, symmetry=False)

    assert (reduced.verdict, reduced.depth) == (whole.verdict, whole.depth)
    assert reduced.calls == whole.calls
    orders = len([*permutations(bounds.names)])
    assert whole.states / orders <= reduced.states < 1.4 * whole.states / orders


@pytest.mark.parametrize(
    ("rules", "bounds"),
    [(GENEROUS, Bounds(log=0)), (GENEROUS, CONTESTED), (PARTIAL, CONTESTED)],
)
def test_the_shortest_counterexample_is_as_short_and_happens(rules: Rules, bounds: Bounds) -> None:
    reduced, whole = explore(bounds, rules=rules), explore(bounds, rules=rules, symmetry=False)

    assert reduced.violation is not None
    assert whole.violation is not None
    assert reduced.violation.property == whole.violation.property
    assert len(reduced.path) == len(whole.path)
    assert reduced.trial is not None
    assert run_trial(reduced.trial, rules=rules).violations[:1] == [reduced.violation]


def test_a_way_through_renamed_states_is_told_under_the_real_names() -> None:
    found = explore(Bounds(terms=3, log=0, commands=0, in_flight=3), goal=any_leader(3))

    assert found.symmetric
    assert found.history is not None
    roles = {step.process: step.state.standing for step in found.history.steps()}
    assert [s.current_term for s in roles.values() if s.role == "leader"] == [3]
    assert len(found.path) == len(
        explore(replace(found.bounds), goal=any_leader(3), symmetry=False).path
    )


# Where it would be unsound ---------------------------------------------------------------------


class Reluctant(Server):
    """S3 takes no part in elections: it starts none."""

    def start(self) -> Effects:
        effects = super().start()
        if self.id == "S3":
            effects.timers = ()
        return effects


class Ranked(Server):
    """Sends to one peer only, the first by name."""

    def handle(self, event: Any) -> Effects:
        effects = super().handle(event)
        effects.messages = effects.messages[:1]
        return effects


@pytest.mark.parametrize("make_server", [Reluctant, Ranked])
def test_servers_that_mind_names_are_searched_one_by_one(make_server: type[Server]) -> None:
    found = explore(SMALL, make_server=make_server)

    assert not found.symmetric
    assert found == explore(SMALL, make_server=make_server, symmetry=False)


@pytest.mark.parametrize(
    "rules", [PARTIAL, {"S2": GENEROUS}], ids=["a rule by name", "a rule of one server"]
)
def test_rules_that_mind_names_are_searched_one_by_one(rules: Any) -> None:
    found = explore(CONTESTED, rules=rules)

    assert not found.symmetric
    assert replace(found, history=None) == replace(
        explore(CONTESTED, rules=rules, symmetry=False), history=None
    )


def test_a_message_that_holds_a_list_is_like_its_twin() -> None:
    def listed(*given: Any) -> Any:
        request = make_append_entries(*given)
        return replace(request, entries=list(request.entries))

    reference, found = (
        explore(SMALL, rules=rules) for rules in (Rules(), Rules(make_append_entries=listed))
    )

    assert found.symmetric
    assert (found.verdict, found.states) == (reference.verdict, reference.states)


def test_what_names_somebody_is_searched_by_name() -> None:
    everybody = Invariant("Any", "§5", lambda states: True, names_servers=False)

    assert explore(SMALL, invariants=[everybody], goal=any_leader(9)).symmetric
    assert not explore(SMALL, invariants=[replace(everybody, names_servers=True)]).symmetric
    assert not explore(SMALL, goal=leads("S1", 9)).symmetric
    assert not explore(SMALL, prune=leads("S1")).symmetric
    assert not explore(SMALL, start=explore(SMALL, goal=any_leader())).symmetric


def test_many_servers_have_too_many_orders() -> None:
    assert explore(Bounds(servers=5, log=0, in_flight=4)).symmetric
    assert not explore(Bounds(servers=6, log=0, in_flight=5)).symmetric
