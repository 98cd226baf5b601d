"""The small worlds of the exercises: without a gap, and what can happen in a run, no more.

Runs under faults and exhaustive searches record every call that they make of the reference's
rules, and the worlds are held against those calls.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

import pytest

from raftkit.checkers import draw_short_trial, run_trial
from raftkit.checkers.explorer import Bounds, explore
from raftkit.course import EXERCISES
from raftkit.course.checking.cases import Checks
from raftkit.course.checking.checks import checks_of
from raftkit.course.checking.cluster_trials import CLUSTER_TRIALS, cluster_trial
from raftkit.course.checking.small_world import Arguments, Regions, SmallWorld, WorldCase
from raftkit.protocol import Entry, Log, Rules

pytestmark = pytest.mark.once


WORLDS: dict[str, Regions] = {
    exercise.id: case.regions
    for exercise in EXERCISES
    if isinstance(checks := checks_of(exercise), Checks)
    for case in checks.cases
    if isinstance(case, WorldCase)
}
OF_RULES = [id for id, regions in WORLDS.items() if hasattr(Rules(), regions.world.rule.__name__)]
every_world = pytest.mark.parametrize("id", WORLDS)
every_rules_world = pytest.mark.parametrize("id", OF_RULES)


@every_world
def test_every_small_call_is_in_a_case_and_every_case_has_some(id: str) -> None:
    regions = WORLDS[id]
    counts = {region.name: len(regions.calls_in(region)) for region in regions.regions}

    calls = regions.world.calls()
    asked = {call.values for each in regions.regions for call in regions.calls_in(each)}
    assert asked == set(calls)
    assert len(calls) <= 40_000
    assert all(counts.values()), counts


@every_world
def test_no_small_call_is_asked_twice(id: str) -> None:
    calls = WORLDS[id].world.calls()

    assert len(calls) == len(set(calls))


@every_world
def test_the_reference_is_right_everywhere(id: str) -> None:
    regions = WORLDS[id]
    rule = regions.world.rule

    for region in regions.regions:
        for call in regions.calls_in(region):
            assert call.flaw_in(rule(*call.values)) is None, call.arguments


@every_rules_world
def test_whatever_comes_in_a_run_can_happen(id: str) -> None:
    """Or the check would not ask what matters, and a judge could be wrong about it."""
    world = WORLDS[id].world
    calls = made_in_runs()[world.rule.__name__]

    assert len(calls) > 1
    assert [call for call in calls if not world.can_happen(*call)] == []


@every_rules_world
def test_no_small_call_of_a_run_is_missing(id: str) -> None:
    """A call that is not asked has a larger number somewhere than all that are asked."""
    world = WORLDS[id].world
    asked = {_renamed(_in_order(world, call)) for call in world.calls()}
    largest: dict[str, int] = defaultdict(int)
    for call in asked:
        for place, number in _numbers(call):
            largest[place] = max(largest[place], number)
    made = {_in_order(world, call) for call in made_in_runs()[world.rule.__name__]}
    missing = {_renamed(call) for call in made} - asked

    assert [
        call
        for call in missing
        if all(number <= largest[place] for place, number in _numbers(call))
    ] == []


# The calls of runs -------------------------------------------------------------------------

BOUNDS = (
    Bounds(terms=2, log=0, commands=0, crashes=1, duplicates=1, in_flight=3),
    Bounds(terms=2, in_flight=3),
    Bounds(servers=2, terms=3, log=3, commands=2, crashes=1, in_flight=2),
)


@cache
def made_in_runs() -> dict[str, set[Arguments]]:
    """Every call of every rule in trials with faults, and in searches of small clusters."""
    made: dict[str, set[Arguments]] = defaultdict(set)
    rules = _recording(made)
    for number in range(2 * CLUSTER_TRIALS):
        run_trial(cluster_trial(number), rules)
    for seed in range(100):
        run_trial(draw_short_trial(seed), rules)
    for bounds in BOUNDS:
        explore(bounds, rules=rules, budget=20_000)
    return made


def _recording(made: dict[str, set[Arguments]]) -> Rules:
    """The reference's rules, each of which records its calls."""

    def recorded(name: str, rule: Callable[..., Any]) -> Callable[..., Any]:
        calls = made[name]

        def call(*arguments: Any) -> Any:
            calls.add(tuple(tuple(each) if isinstance(each, list) else each for each in arguments))
            return rule(*arguments)

        return call

    rules = Rules()
    names = [field.name for field in fields(Rules)]
    return replace(rules, **{name: recorded(name, getattr(rules, name)) for name in names})


# Calls that differ only in names, commands and orders ----------------------------------------


def _in_order(world: SmallWorld, call: Arguments) -> Arguments:
    """A call with its sequences sorted whose order says nothing."""
    return tuple(
        tuple(sorted(value)) if name in world.unordered else value
        for name, value in zip(world.parameters, call, strict=True)
    )


def _renamed(call: Arguments) -> Any:
    """A call with its servers renamed in the order in which they come, and without commands.

    A draw may be any number, so it is only compared roughly.
    """
    names: dict[str, str] = {}

    def renamed(value: Any) -> Any:
        if isinstance(value, str) and re.fullmatch(r"S\d+", value):
            return names.setdefault(value, f"S{len(names) + 1}")
        if isinstance(value, float):
            return round(value, 1)
        if isinstance(value, Entry):
            return Entry(value.term)
        if isinstance(value, Log):
            return Log(map(renamed, value))
        if isinstance(value, tuple):
            return tuple(map(renamed, value))
        if is_dataclass(value):
            return type(value)(*(renamed(getattr(value, each.name)) for each in fields(value)))
        return value

    return renamed(call)


def _numbers(value: Any, place: str = "") -> Iterator[tuple[str, int]]:
    """Every number in a value and every length, each with its place in it."""
    if isinstance(value, int):
        yield place, int(value)
    elif isinstance(value, tuple | Log):
        yield f"{place}.length", len(value)
        for number, part in enumerate(value):
            # The arguments have a place each; in a sequence all parts have the same.
            yield from _numbers(part, f"{place}.{number}" if not place else f"{place}.part")
    elif is_dataclass(value):
        for each in fields(value):
            yield from _numbers(getattr(value, each.name), f"{place}.{each.name}")
