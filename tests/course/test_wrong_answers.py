"""The graders are proven: wrong answers lose points where they should, right ones lose none."""

from functools import cache

import pytest

from raftkit.course import EXERCISES, CaseResult, Result, check, exercise
from raftkit.course.checking.answer_kinds import answer_kind_of
from raftkit.course.checking.checks import checks_of, reference_of
from raftkit.course.wrong_answer import (
    CLIENTS_ARE_ANSWERED,
    COMMANDS_COMMITTED,
    CONTRACT,
    LEADER_ELECTED,
    WASTED_WORK,
)
from raftkit.course.wrong_answers import ODD_ANSWERS, WRONG_ANSWERS, OddAnswer, WrongAnswer
from tests.course.conftest import looking_for_no_story
from tests.picture_boxes import clipped_texts

# The votes-and-terms group of the mistakes that students and published Rafts have made.
# Whole servers have tests of their own: test_capstone.py.
OF_FUNCTIONS = [exercise for exercise in EXERCISES if not answer_kind_of(exercise).is_class]
EXERCISE_IDS = {exercise.id for exercise in EXERCISES}
WRONG = [wrong for wrong in WRONG_ANSWERS if wrong.check in EXERCISE_IDS]
BY_ID = {wrong.id: wrong for wrong in WRONG}
ODD = [odd for odd in ODD_ANSWERS if odd.check in EXERCISE_IDS]

# What no run needs to break for: bounds on time and work, and promises that others make up for.
NOT_SAFETY = {
    LEADER_ELECTED, COMMANDS_COMMITTED, CLIENTS_ARE_ANSWERED, WASTED_WORK, CONTRACT
}  # fmt: skip
UNSAFE = [
    wrong for wrong in WRONG if exercise(wrong.check).is_rule and wrong.violates not in NOT_SAFETY
]
# No run is known in which C5a, L67 and P5 break a property while all other rules are right.
WITHOUT_STORY = {"C5a", "L17b", "L66", "L67", "P5"}

KNOWN_MISTAKES = {
    *("V1", "V2", "V4", "V5", "V6", "V7", "V8", "V9", "V11", "V12", "V14", "V15", "V16", "V17"),
    *("V18", "V20", "V21", "V22", "V23", "V24"),
}


@cache
def _checked(id: str) -> Result:
    """What comes of a wrong answer, for every test of its cases."""
    with looking_for_no_story():
        return check(BY_ID[id].check, BY_ID[id].rule)


def _meant(wrong: WrongAnswer, result: Result) -> CaseResult:
    """What came of the case that must catch the answer."""
    by_name = {case.name: case for case in result.cases}
    assert wrong.case in by_name, f"{wrong.check} has no case {wrong.case!r}, only {[*by_name]}"
    return by_name[wrong.case]


@pytest.mark.once
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.id)
def test_a_wrong_answer_fails_the_case_meant_for_it(wrong: WrongAnswer) -> None:
    result = _checked(wrong.id)

    assert _meant(wrong, result).outcome == "failed", f"{wrong.case!r} passes:\n{result}"
    assert result.points < result.max_points


@pytest.mark.once
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.id)
def test_the_feedback_names_the_place_in_the_paper(wrong: WrongAnswer) -> None:
    result = _checked(wrong.id)

    case = _meant(wrong, result)
    if case.error and case.error.kind == "wrong type":
        return  # no rule of the paper is the reason
    why = dict(case.lines)["Why"]
    assert "§" in why or "Figure" in why, f"name the section or the Figure in this: {why}"


@pytest.mark.once
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.id)
def test_no_text_in_a_picture_of_the_feedback_is_cut_off(wrong: WrongAnswer) -> None:
    pictures = [case.picture for case in _checked(wrong.id).cases if case.picture]

    assert [clipped_texts(picture.svg) for picture in pictures] == [[] for _ in pictures]


@pytest.mark.once
@pytest.mark.parametrize("wrong", UNSAFE, ids=lambda wrong: wrong.id)
def test_a_wrong_answer_that_can_break_a_property_gets_a_story(wrong: WrongAnswer) -> None:
    found = check(wrong.check, wrong.rule).program != ""

    assert found != (wrong.id in WITHOUT_STORY), "a story too few, or one more: keep the set exact"


def test_nine_of_ten_such_answers_get_a_story() -> None:
    assert len(WITHOUT_STORY) <= len(UNSAFE) / 10
    assert {wrong.id for wrong in UNSAFE} >= WITHOUT_STORY


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.id)
def test_an_odd_but_right_answer_loses_no_point(odd: OddAnswer) -> None:
    result = check(odd.check, odd.rule)

    assert result.points == result.max_points, str(result)


@pytest.mark.parametrize("exercise", OF_FUNCTIONS, ids=lambda exercise: exercise.id)
def test_the_reference_earns_full_points(exercise) -> None:
    result = check(exercise.id, reference_of(exercise))

    assert (result.status, result.points) == ("full", exercise.points), str(result)


@pytest.mark.once
@pytest.mark.parametrize("exercise", OF_FUNCTIONS, ids=lambda exercise: exercise.id)
def test_every_case_catches_some_wrong_answer(exercise) -> None:
    caught = {wrong.case for wrong in WRONG if wrong.check == exercise.id}
    needless = [case.name for case in checks_of(exercise).cases if case.name not in caught]

    # A case that only a right answer's luck could fail proves nothing; one is the plain good case.
    assert len(needless) <= 1, f"no wrong answer to {exercise.id} is meant for {needless}"


def test_every_known_mistake_about_votes_is_in_the_catalogue() -> None:
    ids = {wrong.id.rstrip("abc") for wrong in WRONG_ANSWERS}

    assert ids >= KNOWN_MISTAKES


def test_a_wrong_answer_names_an_exercise_and_a_case_that_exist() -> None:
    for wrong in WRONG:
        names = [case.name for case in checks_of(exercise(wrong.check)).cases]

        assert wrong.case in names, wrong.id
