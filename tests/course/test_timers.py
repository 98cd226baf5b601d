"""Notebook 01: durations and experiments are judged by bounds, and by the same ones everywhere."""

from typing import Any

import pytest

from raftkit import try_out
from raftkit.course import examine, exercise
from raftkit.course.checking.answers import read_answer
from raftkit.course.checking.checks import checks_of, reference_of
from raftkit.course.checking.examine_function import run_case
from raftkit.course.errors import StudentError
from raftkit.course.wrong_answers import ODD_ANSWERS, WRONG_ANSWERS, OddAnswer, WrongAnswer
from raftkit.protocol import Settings
from raftkit.protocol.rules import Names
from raftkit.views import Picture

# These tests are about the cases.
pytestmark = [pytest.mark.once, pytest.mark.usefixtures("no_story")]

SEEDS = (1, 2, 3)
EXPERIMENT = [wrong for wrong in WRONG_ANSWERS if wrong.check == "1.6"]
ODD = [odd for odd in ODD_ANSWERS if odd.check.startswith("1.")]
JUDGED = [wrong for wrong in WRONG_ANSWERS if wrong.check in ("1.2", "1.3", "1.5", "1.6")]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("wrong", JUDGED, ids=lambda wrong: wrong.id)
def test_a_wrong_answer_fails_its_case_under_other_seeds(wrong: WrongAnswer, seed: int) -> None:
    asked = exercise(wrong.check)
    (case,) = (case for case in checks_of(asked).cases if case.name == wrong.case)

    def answer(*arguments: Any) -> Any:
        return read_answer(wrong.rule(*arguments), checks_of(asked).returns)

    assert run_case(asked, case, answer, seed).outcome == "failed"


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.id)
def test_an_odd_answer_keeps_its_points_under_another_seed(odd: OddAnswer) -> None:
    assert examine(exercise(odd.check), odd.rule, seed=7).status == "full"


@pytest.mark.parametrize("seed", range(6))
def test_the_kits_own_timeouts_pass_on_every_network(seed: int) -> None:
    assert examine(exercise("1.6"), reference_of(exercise("1.6")), seed).status == "full"


@pytest.mark.parametrize("wrong", EXPERIMENT, ids=lambda wrong: wrong.id)
def test_bad_timeouts_are_explained_and_what_was_measured_is_drawn(wrong: WrongAnswer) -> None:
    result = examine(exercise("1.6"), wrong.rule)
    failed = next(case for case in result.cases if case.name == wrong.case)

    assert dict(failed.lines)["Returned"].startswith("Settings(")
    assert isinstance(failed.picture, Picture) == (wrong.case != "the settings fit the network")


# What an answer may look like --------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "returns", "read"),
    [
        (1.5, float, 1.5),
        (7, float, 7),
        (["S1"], Names, ("S1",)),
        (None, str | None, None),
        (Settings(1.5, 2.5, 1.2), Settings, Settings(1, 2, 1)),  # type: ignore[arg-type]
    ],
)
def test_what_python_people_write_is_taken(result: Any, returns: Any, read: Any) -> None:
    assert read_answer(result, returns) == read


@pytest.mark.parametrize(
    ("result", "returns", "says"),
    [
        (None, float, "a number was expected: does every path end in a return?"),
        (True, float, "True, and a number was expected"),
        (float("nan"), float, "nan, and a number was expected"),
        ("S2", Names, "a tuple of one has a comma, as in ('S2',)"),
        ({"S2"}, Names, "a tuple of names was expected: a set has no order, sorted(...) gives it"),
        ((2,), Names, "2 is no server's name"),
        (Settings(0, 5, 1), Settings, "election_timeout_min is 0"),
        (Settings("a", 5, 1), Settings, "election_timeout_min is 'a'"),  # type: ignore[arg-type]
        (Settings(9, 5, 1), Settings, "election_timeout_max is 5, less than"),
    ],
)
def test_what_cannot_be_an_answer_is_told_in_a_sentence(
    result: Any, returns: Any, says: str
) -> None:
    with pytest.raises(StudentError) as error:
        read_answer(result, returns)

    assert says in error.value.text


# The play cell of the experiment -----------------------------------------------------------


def test_timeouts_can_be_tried_on_a_network() -> None:
    def choose_timeouts(latency_min: int, latency_max: int, loss: float) -> Settings:
        return Settings(100_000, 200_000, 20_000)

    drawn = try_out(choose_timeouts, crashes=20)

    assert isinstance(drawn, Picture)
    assert "the paper's 150-300 ms" in drawn.alt


def test_where_the_papers_timeouts_cannot_work_they_are_left_out() -> None:
    def choose_timeouts(latency_min: int, latency_max: int, loss: float) -> Settings:
        return Settings(10 * latency_max, 20 * latency_max, 2 * latency_max)

    drawn = try_out(choose_timeouts, 50_000, 100_000, crashes=20)

    assert "the paper's" not in str(drawn)


def test_timeouts_that_do_not_fit_are_not_tried() -> None:
    def choose_timeouts(latency_min: int, latency_max: int, loss: float) -> Settings:
        return Settings()

    said = try_out(choose_timeouts, 50_000, 100_000)

    assert "A request and its answer take up to 200,000 µs" in str(said)


def test_a_mistake_in_the_function_is_told_and_not_raised() -> None:
    def choose_timeouts(latency_min: int, latency_max: int, loss: float) -> Settings:
        return 1 // 0  # type: ignore[return-value]

    said = try_out(choose_timeouts)

    assert str(said).startswith("Your function raised ZeroDivisionError")
