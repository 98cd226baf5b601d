"""The cluster trials: right rules survive each of them, and each catches a mistake of its own."""

import pytest

from raftkit.checkers import run_trial
from raftkit.course.checking.cluster_trials import CLUSTER_TRIALS, cluster_trial
from raftkit.course.proving import AnswerUnderTest, answer
from raftkit.course.wrong_answers import ODD_ANSWERS, OddAnswer
from raftkit.protocol import Rules

SEEDS = range(4)
ODD_RULES = [odd for odd in ODD_ANSWERS if odd.server is None and odd.is_for_servers]


@pytest.mark.parametrize("number", range(CLUSTER_TRIALS * 12))
def test_the_reference_survives_every_cluster_trial(number: int) -> None:
    assert run_trial(cluster_trial(number), Rules()).violations == []


@pytest.mark.parametrize("odd", ODD_RULES, ids=lambda odd: odd.id)
def test_an_odd_but_right_rule_survives_every_cluster_trial(odd: OddAnswer) -> None:
    rules = AnswerUnderTest(odd).rules

    assert [
        run_trial(cluster_trial(number), rules).violations for number in range(CLUSTER_TRIALS)
    ] == [[]] * CLUSTER_TRIALS


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("id", "story", "broken"),
    [
        ("T17", 1, "A Leader Is Elected"),
        ("T9a", 1, "A Leader Stays"),
        ("T9c", 1, "A Leader Stays"),
        ("T18", 2, "A Leader Is Elected"),
        ("T11", 3, "A Leader Is Elected"),
        ("T5", 4, "A Leader Is Elected"),
        ("T1", 5, "A Leader Is Elected"),
        ("T13", 6, "A Leader Is Elected"),
        ("T14", 6, "A Leader Is Elected"),
    ],
)
def test_a_cluster_trial_catches_the_mistake_that_it_is_for(
    id: str, story: int, broken: str, seed: int
) -> None:
    found = run_trial(
        cluster_trial(CLUSTER_TRIALS * seed + story), AnswerUnderTest(answer(id)).rules
    )

    assert [violation.property for violation in found.violations] == [broken]


def test_what_a_cluster_trial_finds_can_be_pasted() -> None:
    from raftkit.checkers.trial_program import program

    names: dict[str, object] = {}
    exec(program(cluster_trial(1)), names)

    assert names["trial"] == cluster_trial(1)
