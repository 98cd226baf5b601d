"""Answers of notebook 02 that were found by trying: wrong ones lose the case that asks, right ones
lose nothing, with every seed.
"""

from collections.abc import Callable
from typing import Any

import pytest

from raftkit import check
from raftkit.course import exercise
from raftkit.course.checking.answer_kinds import examine
from raftkit.course.checking.guard import guarded
from raftkit.protocol import (
    AppendEntriesRequest,
    Standing,
    Tally,
    adopt_term,
    count_vote,
    should_grant_vote,
)

# These tests are about the cases.
pytestmark = [pytest.mark.once, pytest.mark.usefixtures("no_story")]

Rule = Callable[..., Any]


def counts_answers(granted: int, refused: int, servers: int) -> bool:
    return granted + refused > servers // 2 and granted > refused


def repeats_its_vote(standing: Standing, request: Any, up_to_date: bool) -> bool:
    if standing.voted_for == request.source:
        return True
    return should_grant_vote(standing, request, up_to_date)


def repeats_its_vote_in_its_term(standing: Standing, request: Any, up_to_date: bool) -> bool:
    if request.term == standing.current_term and standing.voted_for == request.source:
        return True
    return should_grant_vote(standing, request, up_to_date)


def concedes_to_a_refusal(standing: Standing, message: Any) -> Standing:
    refusal = getattr(message, "vote_granted", True) is False
    if standing.role == "candidate" and message.term == standing.current_term and refusal:
        return Standing("follower", standing.current_term, standing.voted_for)
    return adopt_term(standing, message)


def a_leader_concedes_too(standing: Standing, message: Any) -> Standing:
    """No leader ever hears of another one in its term."""
    if message.term == standing.current_term and isinstance(message, AppendEntriesRequest):
        return Standing("follower", standing.current_term, standing.voted_for)
    return adopt_term(standing, message)


def counts_a_yes_after_a_no(standing: Standing, tally: Tally, response: Any) -> Tally:
    """The no answered a request of an older term."""
    asked = standing.role == "candidate" and response.term == standing.current_term
    if asked and response.vote_granted and response.source in tally.refused:
        left = tuple(name for name in tally.refused if name != response.source)
        return Tally((*tally.granted, response.source), left)
    return count_vote(standing, tally, response)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("id", "answer", "case"),
    [
        ("2.1", counts_answers, "half of an even cluster is not"),
        ("2.3", repeats_its_vote, "refuses a candidate of an older term"),
        ("2.3", repeats_its_vote_in_its_term, "refuses a candidate whose log is behind"),
        ("2.4", concedes_to_a_refusal, "an equal or older term changes nothing"),
    ],
)
def test_a_wrong_answer_loses_the_case_that_asks(
    id: str, answer: Rule, case: str, seed: int
) -> None:
    result = examine(exercise(id), guarded(answer), seed)
    failed = {each.name for each in result.cases if each.outcome == "failed"}

    assert case in failed


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("id", "answer"), [("2.4", a_leader_concedes_too), ("2.7", counts_a_yes_after_a_no)]
)
def test_a_right_answer_loses_nothing(id: str, answer: Rule, seed: int) -> None:
    result = examine(exercise(id), guarded(answer), seed)
    assert result.status == "full", result


@pytest.mark.parametrize(
    ("id", "value"),
    [
        ("2.1", False),
        ("2.1", True),
        ("2.2", True),
        ("2.3", False),
        ("2.3", True),
        ("2.5", "refuse"),
    ],
)
def test_the_same_answer_to_everything_earns_nothing(id: str, value: Any) -> None:
    result = check(id, lambda *arguments: value)

    assert result.points == 0
    assert f"every call gets the same answer, {value!r}" in str(result)


def test_what_a_function_prints_or_keeps_does_not_make_it_constant() -> None:
    result = check("2.3", lambda standing, request, up_to_date: up_to_date)

    assert 0 < result.points < result.exercise.points


def test_a_changed_argument_is_shown_as_it_was_and_spoils_no_later_check() -> None:
    def should_grant_vote(standing: Standing, request: Any, up_to_date: bool) -> bool:
        standing.voted_for = "S9"
        return True

    first, second = (check("2.3", should_grant_vote) for _ in range(2))

    assert "changed one of its arguments" in str(first)
    assert "S9" not in str(first)
    assert str(first) == str(second)
    assert check("2.3", globals()["should_grant_vote"]).status == "full"
