"""Lint finds what a rule does besides answering, says where, and leaves no trace of itself."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import pytest

from raftkit.checkers.lint import (
    CHANGES_WHAT_IT_IS_GIVEN,
    COMPARES_BY_IDENTITY,
    GIVES_TWO_ANSWERS,
    KEEPS_STATE_OUTSIDE,
    READS_A_CLOCK,
    lint_rules,
)
from raftkit.protocol import Rules

REFERENCE = Rules()
ASKED: list[int] = []
LATEST = 0


def kept_in_a_list(granted, refused, servers):
    ASKED.append(granted)
    return REFERENCE.has_majority(granted, refused, servers)


def kept_in_a_variable(granted, refused, servers):
    global LATEST
    LATEST += 1
    return REFERENCE.has_majority(granted, refused, servers)


def kept_in_a_default(granted, refused, servers, seen={}):  # noqa: B006 - the mistake
    seen[granted] = True
    return REFERENCE.has_majority(granted, refused, servers)


def kept_in_an_attribute(granted, refused, servers):
    kept_in_an_attribute.calls += 1
    return REFERENCE.has_majority(granted, refused, servers)


kept_in_an_attribute.calls = 0


def kept_in_a_closure() -> Callable[..., bool]:
    calls = 0

    def has_majority(granted, refused, servers):
        nonlocal calls
        calls += 1
        return REFERENCE.has_majority(granted, refused, servers)

    return has_majority


def kept_by_a_neighbour(granted, refused, servers):
    return kept_in_a_list(granted, refused, servers)


def times_out_by_the_clock(settings, draw):
    return settings.election_timeout_min + int(time.time()) % 2


def times_out_by_dice(settings, draw):
    from random import randint

    return randint(settings.election_timeout_min, settings.election_timeout_max)


def times_out_by_hash(settings, draw):
    return settings.election_timeout_min + hash("S1") % 10


@pytest.mark.parametrize(
    ("rule", "where"),
    [
        (kept_in_a_list, "the module's variable `ASKED`"),
        (kept_in_a_variable, "the module's variable `LATEST`"),
        (kept_in_a_default, "the default of the argument `seen` of kept_in_a_default"),
        (kept_in_an_attribute, "the attribute `calls` of kept_in_an_attribute"),
        (kept_in_a_closure(), "the variable `calls` of the function around has_majority"),
        (kept_by_a_neighbour, "the module's variable `ASKED`"),
        (partial(kept_in_a_list), "the module's variable `ASKED`"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_a_rule_keeps_is_found_where_it_is_kept(rule: Callable[..., Any], where: str) -> None:
    (finding,) = lint_rules(replace(REFERENCE, has_majority=rule))

    assert finding.kind == KEEPS_STATE_OUTSIDE
    assert finding.subject == "has_majority"
    assert where in finding.sentence


def test_what_a_rule_had_kept_is_as_it_was_before_the_lint() -> None:
    ASKED[:] = [7]
    before = LATEST, kept_in_an_attribute.calls

    for rule in (kept_in_a_list, kept_in_a_variable, kept_in_an_attribute):
        lint_rules(replace(REFERENCE, has_majority=rule))

    assert ASKED == [7]
    assert (LATEST, kept_in_an_attribute.calls) == before


def test_a_second_lint_finds_the_same_as_the_first() -> None:
    rules = replace(REFERENCE, has_majority=kept_in_a_default)

    assert lint_rules(rules) == lint_rules(rules) != ()


@pytest.mark.parametrize(
    ("rule", "clock"),
    [
        (times_out_by_the_clock, "time.time"),
        (times_out_by_dice, "random.randint"),
        (times_out_by_hash, "hash"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_clock_or_a_die_is_named(rule: Callable[..., Any], clock: str) -> None:
    (finding,) = lint_rules(replace(REFERENCE, election_timeout=rule))

    assert finding.kind == READS_A_CLOCK
    assert f"uses {clock}." in finding.sentence


def test_a_generator_with_a_seed_of_its_own_repeats_itself_and_is_fine() -> None:
    def seeded(settings, draw):
        return random.Random(draw).randint(150_000, 300_000)

    assert lint_rules(replace(REFERENCE, election_timeout=seeded)) == ()


def test_answers_that_change_are_found_where_nothing_is_seen_to_be_kept() -> None:
    answers: Iterator[bool] = iter([True, False] * 10_000)

    (finding,) = lint_rules(replace(REFERENCE, has_majority=lambda *counts: next(answers)))

    assert finding.kind in (GIVES_TWO_ANSWERS, KEEPS_STATE_OUTSIDE)
    assert "has_majority" in finding.sentence


def test_an_argument_that_is_written_to_is_shown_before_and_after() -> None:
    def sorts(log, current_term, commit_index, match_indexes):
        match_indexes.sort()
        return REFERENCE.advance_commit_index(log, current_term, commit_index, match_indexes)

    findings = lint_rules(replace(REFERENCE, advance_commit_index=sorts))

    assert [finding.kind for finding in findings] == [CHANGES_WHAT_IT_IS_GIVEN]
    assert "advance_commit_index changed an argument: [" in findings[0].sentence


def test_numbers_that_are_compared_by_identity_are_found_although_small_ones_are_one_object() -> (
    None
):
    def adopts(standing, message):
        if message.term is standing.current_term:
            return standing
        return REFERENCE.adopt_term(standing, message)

    def same_role(standing, message):
        return REFERENCE.adopt_term(standing, message)

    def grants(standing, request, fits):
        return fits and standing.voted_for is None and request.term is standing.current_term

    assert lint_rules(replace(REFERENCE, adopt_term=same_role)) == ()
    # The same answer by another way: an identity that cannot be seen does no harm here.
    assert lint_rules(replace(REFERENCE, adopt_term=adopts)) == ()
    (finding,) = lint_rules(replace(REFERENCE, should_grant_vote=grants))
    assert finding.kind == COMPARES_BY_IDENTITY
    assert "Compare with ==" in finding.sentence


def test_a_rule_that_raises_is_for_other_checks_to_judge() -> None:
    def breaks(granted, refused, servers):
        raise RuntimeError("not yet")

    assert lint_rules(replace(REFERENCE, has_majority=breaks)) == ()


def test_remembering_answers_is_no_crime() -> None:
    @lru_cache
    def remembered(granted, refused, servers):
        return REFERENCE.has_majority(granted, refused, servers)

    assert lint_rules(replace(REFERENCE, has_majority=remembered)) == ()
