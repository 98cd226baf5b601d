"""The kill matrix counts, words and draws what happened, whatever an answer does."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from raftkit.course.proving import (
    COLUMNS,
    AnswerUnderTest,
    Cell,
    Column,
    Matrix,
    Plan,
    Row,
    answer,
    kill_matrix,
    run_matrix,
    try_answer,
    try_column,
)
from raftkit.course.proving import event_budget as counter_module
from raftkit.course.proving import matrix_cells as cell_module
from raftkit.course.proving.matrix_columns import CaseCheck
from raftkit.course.proving.matrix_report import mark_of, matrix_json, picture_of, summary
from raftkit.course.wrong_answers import WrongAnswer
from raftkit.protocol import Rules, Server, TimerFired

QUICK = Plan(("cases", "cluster", "search", "raftkit logs"))


def column(name: str) -> Column:
    return next(each for each in COLUMNS if each.name == name)


def server_answer(**replaced) -> AnswerUnderTest:
    """A wrong answer whose rules go to a suite of scenarios, with no exercise of its own."""
    return AnswerUnderTest(
        WrongAnswer("X1", "raftkit timers", replaced, None, "I think.", "A rule.", "A bound.", "?")
    )


def saying(*sentences: str | None) -> Column:
    """A column whose cases say these things, whoever is tried."""

    def cases(subject: AnswerUnderTest, seed: int) -> Iterator[tuple[str, CaseCheck]]:
        for number, sentence in enumerate(sentences, start=1):

            def tried(sentence: str | None = sentence) -> str | None:
                subject.counter.tick()
                return sentence

            yield f"case {number}", tried

    return Column("said", "sa", "exercise", cases)


# One cell ----------------------------------------------------------------------------------


def test_a_column_stops_at_the_first_case_that_catches_the_answer():
    cell = try_column(saying(None, "No.", "Never."), server_answer(), seed=0)

    assert (cell.tried, cell.failed, cell.said, cell.events) == (2, ("case 2",), "No.", 2)


def test_the_case_meant_for_an_answer_is_tried_even_after_another_has_caught_it():
    cell = try_column(saying("No.", None, "Never.", "Not."), server_answer(), 0, case="case 3")

    assert (cell.tried, cell.failed, cell.said) == (3, ("case 1", "case 3"), "Never.")
    assert cell.events == 1  # up to the first counterexample


def test_every_case_is_tried_if_points_are_wanted():
    cell = try_column(saying("No.", None, "Never."), server_answer(), seed=0, every=True)

    assert (cell.tried, cell.failed) == (3, ("case 1", "case 3"))


def test_a_column_without_cases_does_not_apply():
    assert try_column(column("cases"), server_answer(), seed=0).tried == 0


@pytest.mark.parametrize("name", ["cases", "cluster", "search", "MIT 3A", "raftkit logs"])
def test_events_are_the_same_every_time(name):
    cells = [try_column(column(name), AnswerUnderTest(answer("V1")), seed=3) for _ in range(2)]

    assert cells[0].events > 0
    assert replace(cells[0], seconds=0) == replace(cells[1], seconds=0)


def test_a_storm_of_messages_is_a_verdict():
    storm = server_answer(heartbeat_interval=lambda settings: 0)

    cell = try_column(column("search"), storm, seed=0)

    assert cell.said.startswith("Bounded Work (§5.6) is broken: ")


def test_an_endless_loop_is_a_verdict(monkeypatch):
    def endless(*arguments):
        while True:
            pass

    monkeypatch.setattr(cell_module, "SECONDS_A_CASE", 0.1)

    cell = try_column(column("cluster"), server_answer(has_majority=endless), seed=0)

    assert "so it was stopped" in cell.said


@pytest.mark.parametrize("name", ["cases", "cluster", "search", "MIT 3A", "raftkit logs"])
def test_an_error_is_a_verdict(name):
    subject = AnswerUnderTest(
        replace(answer("V1"), replaced={"should_grant_vote": lambda *any: 1 / 0})
    )

    assert "ZeroDivisionError" in try_column(column(name), subject, seed=0).said


def test_an_answer_may_be_a_whole_server():
    class Mute(Server):
        """A server that never asks for a vote."""

        def start_election(self) -> None:
            self.change_election_timer("started an election")

    subject = AnswerUnderTest(
        replace(answer("V1"), check="raftkit timers", replaced={}, server=Mute)
    )

    assert "expected a leader" in try_column(column("MIT 3A"), subject, seed=0).said


def test_the_reference_is_caught_by_nothing_that_is_quick():
    reference = server_answer(has_majority=Rules().has_majority)
    names = ("cluster", "search", "MIT 3A", "MIT 3B", "raftkit logs")

    assert [try_column(column(name), reference, seed=0).failed for name in names] == [()] * 5


@pytest.mark.parametrize("kind", [Server, type("Own", (Server,), {}), type("Other", (Server,), {
    "handle": lambda self, event: Server.handle(self, event)})])  # fmt: skip
def test_a_class_of_servers_is_as_before_when_its_events_are_counted(kind):
    before, counter = (kind.handle, set(vars(kind))), counter_module.EventCounter()
    with counter.counting(kind):
        server = kind("S1", ("S1", "S2"))
        server.start()
        server.handle(TimerFired("election"))

    assert counter.events == 1
    assert (kind.handle, set(vars(kind))) == before
    assert type(server) is kind


# The matrix --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def matrix() -> Matrix:
    """Three wrong answers and a right one, out of order."""
    return run_matrix(QUICK, ["V11", "O1", "V1", "V14b"])


def test_rows_come_in_the_order_in_which_they_were_asked_for(matrix):
    assert [row.id for row in matrix.rows] == ["V11", "O1", "V1", "V14b"]
    assert [row.id for row in matrix.odd] == ["O1"]


def test_an_answer_is_caught_as_intended_by_its_case(matrix):
    row = matrix.rows[2]

    assert row.intended is row.cell("cases")
    assert answer("V1").case in row.intended.failed
    assert [mark_of(row, name) for name in matrix.names] == [
        "meant",
        "caught",
        "caught",
        "caught",
    ]
    assert matrix.misses() == []


def test_each_column_is_found_to_be_blind_for_something(matrix):
    marks = {row.id: [mark_of(row, name) for name in matrix.names] for row in matrix.rows}

    assert marks["V11"] == ["meant", "missed", "missed", "missed"]
    assert marks["O1"] == ["missed"] * 4


def test_several_processes_find_the_same(matrix):
    again = run_matrix(QUICK, ["V11", "O1", "V1", "V14b"], jobs=2)

    def timeless(tried: Matrix) -> list[tuple[Cell, ...]]:
        return [tuple(replace(cell, seconds=0) for cell in row.cells) for row in tried.rows]

    assert timeless(again) == timeless(matrix)


def test_a_bar_sees_every_row():
    totals = []

    def bar(rows, total):
        totals.append(total)
        yield from rows

    run_matrix(Plan(("cases",)), ["V1", "V2"], progress=bar)

    assert totals == [2]


def test_an_unknown_id_is_refused_before_anything_is_run():
    with pytest.raises(KeyError, match="there is no answer 'V999'"):
        run_matrix(QUICK, ["V1", "V999"])


def test_only_the_intended_check_is_tried_if_nothing_else_is_wanted():
    plan = Plan(tuple(column.name for column in COLUMNS), intended_only=True)
    tried = run_matrix(plan, ["V1", "O1"])

    assert [cell.column for cell in tried.rows[0].cells] == ["cases"]
    assert {cell.column for cell in tried.rows[1].cells} == {
        column.name for column in COLUMNS if column.ours
    }


# What has gone wrong ------------------------------------------------------------------------


@pytest.fixture
def spoilt(matrix) -> Matrix:
    """The same, had V1 fallen to another case, V11 to none, and the right answer to one."""
    v1, v11 = matrix.rows[2], matrix.rows[0]
    cases = replace(v1.cell("cases"), failed=("grants a vote",))
    rows = (
        Row("V1", (cases, *v1.cells[1:])),
        Row("V11", (Cell("cases", 5), *v11.cells[1:])),
        Row("O1", (Cell("cases", 5, ("counts",), "Two of five are no majority."),)),
    )
    return Matrix(matrix.columns, rows)


def test_each_answer_that_falls_short_of_the_goal_has_a_sentence(spoilt):
    assert spoilt.misses() == [
        f"V1 is not caught by its case “{answer('V1').case}” of {answer('V1').check}; "
        "it falls to “grants a vote”.",
        f"V11 is not caught by its case “{answer('V11').case}” of {answer('V11').check}, "
        "nor by another.",
        "O1 is right, yet “counts” of cases says: Two of five are no majority.",
    ]


def test_a_public_suite_that_refuses_a_right_answer_is_told_but_misses_nothing(matrix):
    refused = Row("O1", (Cell("MIT 3B", 5, ("one too many",), "That is too many."),))
    tried = Matrix((*matrix.columns, column("MIT 3B")), (refused,))

    assert tried.misses() == []
    assert tried.refusals() == ["O1 is right, yet “one too many” of MIT 3B says: That is too many."]
    assert summary(tried) == [
        "0 of 1 right answers touched",
        "1 of them refused by public suites",
    ]
    assert mark_of(refused, "MIT 3B") == "escaped"


def test_what_should_not_be_is_marked(spoilt):
    assert [mark_of(row, "cases") for row in spoilt.rows] == ["escaped"] * 3


def test_who_leaves_out_the_intended_check_misses_nothing(matrix):
    assert run_matrix(Plan(("raftkit logs",)), ["V11"]).misses() == []


def test_a_check_that_is_not_there_catches_nothing(monkeypatch, matrix):
    row = Row("V1", ())
    monkeypatch.setattr(kill_matrix, "answer", lambda id: replace(answer(id), check="raftkit logs"))

    assert mark_of(row, "raftkit logs") == "escaped"
    assert "nor by another" in Matrix((column("raftkit logs"),), (row,)).misses()[0]


# Forms --------------------------------------------------------------------------------------


def test_json_is_as_in_the_design(matrix):
    form = json.loads(json.dumps(matrix_json(matrix)))
    wrong = {entry["id"]: entry for entry in form["wrong"]}

    assert wrong["V1"]["exercise"] == answer("V1").check
    assert wrong["V1"]["intended"] == wrong["V1"]["caught_by"] == answer("V1").case
    assert wrong["V1"]["seconds"] > 0
    assert wrong["V1"]["events"] > 0
    assert set(wrong["V1"]["columns"]) == set(QUICK.names)
    assert form["correct"][0]["points"] == form["correct"][0]["max_points"] > 0
    assert form["misses"] == []


def test_json_tells_what_has_gone_wrong(spoilt):
    form = matrix_json(spoilt)

    assert [entry["caught_by"] for entry in form["wrong"]] == ["grants a vote", None]
    assert form["wrong"][1]["seconds"] is None
    assert form["correct"][0]["points"] == form["correct"][0]["max_points"] - 1
    assert len(form["misses"]) == 3


def test_the_summary_counts(matrix, spoilt):
    said = summary(matrix)

    assert said[0] == "3 of 3 wrong answers caught as intended, by the case meant for each"
    assert said[1].startswith("seconds to the first counterexample: median 0.0")
    assert said[2].startswith("events to the first counterexample: median ")
    assert said[3] == "0 of 1 right answers touched"
    assert summary(spoilt) == ["1 of 1 right answers touched"]


def test_the_picture_has_no_seconds_and_every_answer(matrix):
    slower = Matrix(
        matrix.columns,
        tuple(
            Row(row.id, tuple(replace(cell, seconds=9.0) for cell in row.cells))
            for row in matrix.rows
        ),
    )
    picture = picture_of(matrix)

    assert picture_of(slower) == picture
    assert all(f"{row.id}: " in picture.svg for row in matrix.rows)
    assert "3 wrong answers: cases caught 3 of 3" in picture.alt


def test_what_an_answer_keeps_outside_does_not_change_how_the_next_check_finds_it() -> None:
    alone = try_answer("W4", Plan(("lint",)))
    after_others = try_answer("W4", Plan(("MIT 3A", "lint")))

    assert alone.cell("lint").failed == after_others.cell("lint").failed != ()
