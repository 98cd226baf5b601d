"""Whole servers are judged by our own suites: wrong ones fall to their scenario, odd ones to none.

Answers to exercises are tested in test_wrong_answers.py as a student meets them, with
`check`; here they only have to leave no other check of ours in doubt.
"""

import re
from collections import Counter

import pytest

from raftkit.course import EXERCISES
from raftkit.course.proving import COLUMNS, AnswerUnderTest, Plan, try_answer
from raftkit.course.wrong_answers import ODD_ANSWERS, WRONG_ANSWERS, OddAnswer, WrongAnswer
from raftkit.scenarios import SCENARIOS, run_scenario
from raftkit.scenarios.small_world import SMALL_WORLD

pytestmark = pytest.mark.once

EXERCISE_IDS = {exercise.id for exercise in EXERCISES}
# Without the first column: test_capstone.py and test_wrong_answers.py try the exercises' cases.
SUITES = Plan(
    tuple(column.name for column in COLUMNS if column.name != "cases"), intended_only=True
)
OF_SERVERS = [wrong for wrong in WRONG_ANSWERS if wrong.check not in EXERCISE_IDS]
# A lone server's small world is the longest suite; a rule of the same values plays the same in it.
WITHOUT_SMALL_WORLD = Plan(
    tuple(name for name in SUITES.names if name != SMALL_WORLD), intended_only=True
)
RULES_IN_SMALL_WORLD = [odd.id for odd in ODD_ANSWERS if odd.server is None][::16]

# The mistakes that students and published Rafts really made; snapshots come later.
KNOWN_MISTAKES = {
    *("T1", "T3", "T4", "T5", "T7", "T8", "T9", "T10", "T11"),
    *("V1", "V2", "V4", "V5", "V6", "V7", "V8", "V9", "V11", "V12", "V14", "V15", "V16", "V17"),
    *("V18", "V20", "V21", "V22", "V23", "V24"),
    *("L1", "L2", "L3", "L4", "L6", "L7", "L9", "L11", "L12", "L14", "L15", "L16", "L17", "L19"),
    *("L20", "L22", "L23", "L25", "L26"),
    *("C1", "C2", "C4", "C5", "C7", "C8", "C9", "C11", "C13", "C15", "C16", "C17", "C18"),
    *("P1", "P2", "P3", "P5", "P7", "P8", "P9", "P11"),
}


@pytest.mark.parametrize("wrong", OF_SERVERS, ids=lambda wrong: wrong.id)
def test_a_wrong_server_fails_the_scenario_meant_for_it(wrong: WrongAnswer) -> None:
    row = try_answer(wrong.id, SUITES)

    assert row.intended is not None, row.cells
    assert row.intended.said.endswith((".", "!", "?")) or "raised" in row.intended.said


@pytest.mark.parametrize("odd", ODD_ANSWERS, ids=lambda odd: odd.id)
def test_an_odd_but_right_answer_passes_every_check_of_ours(odd: OddAnswer) -> None:
    rules_apart = odd.server is None and odd.id not in RULES_IN_SMALL_WORLD
    row = try_answer(odd.id, WITHOUT_SMALL_WORLD if rules_apart else SUITES)

    assert [(cell.failed, cell.said) for cell in row.cells if cell.caught] == []


def test_a_wrong_server_names_a_case_that_exists() -> None:
    columns = {column.name: column for column in COLUMNS}
    cases = {
        name: {case for case, _ in columns[name].cases(AnswerUnderTest(OF_SERVERS[0]), 0)}
        for name in {wrong.check for wrong in OF_SERVERS}
    }

    assert {wrong.id for wrong in OF_SERVERS if wrong.case not in cases[wrong.check]} == set()


def test_every_answer_is_judged_by_a_check_of_ours() -> None:
    suites = {column.name for column in COLUMNS if column.family == "raftkit"}
    unknown = {
        answer.id
        for answer in (*WRONG_ANSWERS, *ODD_ANSWERS)
        if answer.check not in EXERCISE_IDS | suites
    }

    assert unknown == set()


def test_every_scenario_of_ours_catches_some_wrong_answer() -> None:
    meant = {(wrong.check, wrong.case) for wrong in OF_SERVERS}
    ours = [tried for tried in SCENARIOS if tried.suite.startswith("raftkit ")]
    # A mistake in one rule is meant for its exercise; in a whole server it must be seen as well.
    to_exercises = [
        AnswerUnderTest(wrong)
        for wrong in WRONG_ANSWERS
        if wrong.check in EXERCISE_IDS and wrong.is_for_servers
    ]
    idle = [
        tried.name
        for tried in ours
        if (tried.suite, tried.name) not in meant
        and all(run_scenario(tried, wrong.rules) is None for wrong in to_exercises)
    ]

    assert idle == []


def test_ids_are_unique() -> None:
    ids = [answer.id for answer in (*WRONG_ANSWERS, *ODD_ANSWERS)]

    assert [id for id, uses in Counter(ids).items() if uses > 1] == []


def test_every_known_mistake_is_in_the_catalogue() -> None:
    ids = {re.sub("[a-z]+$", "", wrong.id) for wrong in WRONG_ANSWERS}

    assert sorted(KNOWN_MISTAKES - ids) == []


def test_the_catalogue_is_large_enough_to_prove_something() -> None:
    assert len(WRONG_ANSWERS) >= 100
    assert len(ODD_ANSWERS) >= 25
