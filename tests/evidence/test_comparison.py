"""`python -m tests.evidence`, and the table that is kept: it is what the JSON beside it says."""

import json
import re

import pytest
from click.testing import CliRunner

from raftkit.course.proving import answer, run_matrix
from tests.evidence import comparison
from tests.evidence.__main__ import evidence
from tests.evidence.comparison import SUITES, Comparison, kept_form, table_of

NAMES = tuple(column.name for column in SUITES)
KEPT = json.loads(comparison.KEPT.read_text(encoding="utf-8"))


def run(*arguments):
    return CliRunner().invoke(evidence, [str(each) for each in arguments])


# The command -------------------------------------------------------------------------------


def test_a_comparison_is_a_table():
    done = run("compare", "--only", "V1,V2,O1", "--suites", "tiny", "--jobs", 1)
    lines = done.output.splitlines()

    assert done.exit_code == 0, done.output
    assert lines[0] == "Voting"
    assert lines[2].startswith("V1      ○")
    assert "TK  TinyKV            caught 2 of 2" in lines


def test_a_suite_that_refuses_a_right_answer_is_named():
    done = run("compare", "--only", "O69", "--suites", "MIT 3B", "--jobs", 1, "--json")

    (said,) = json.loads(done.output)["refusals"]
    assert said.startswith("O69 is right, yet “")


def test_a_picture_can_be_had(tmp_path):
    drawn = tmp_path / "matrix.svg"
    run("compare", "--only", "V1", "--suites", "TinyKV", "--jobs", 1, "--svg", drawn)

    assert drawn.read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--only V999", "raftkit: there is no answer 'V999'"),
        ("--suites Elephant", "raftkit: there is no column 'Elephant'; there are MIT 3A, MIT 3B"),
        ("--jobs 0", "raftkit: Invalid value for '--jobs': 0 is not in the range x>=1"),
    ],
)
def test_bad_input_is_one_line(arguments, said):
    done = run("compare", *arguments.split())

    assert (done.exit_code, len(done.output.splitlines())) == (2, 1)
    assert said in done.output


def test_several_processes_find_the_same():
    runs = [run_matrix(Comparison(("TinyKV",)), ["V1", "V11"], jobs) for jobs in (1, 2)]

    assert runs[0].names == ("TinyKV",)
    assert [[cell.failed for cell in row.cells] for row in runs[0].rows] == [
        [cell.failed for cell in row.cells] for row in runs[1].rows
    ]


# What is kept ------------------------------------------------------------------------------


def test_the_table_is_made_of_what_is_kept():
    assert comparison.TABLE.read_text(encoding="utf-8") == table_of(KEPT)


def test_it_says_when_it_was_measured_and_where():
    assert re.fullmatch("[0-9a-f]{7,40}", KEPT["commit"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", KEPT["date"])


def test_everything_that_servers_can_decide_with_was_measured_by_every_suite():
    rows = KEPT["wrong"] | KEPT["right"]

    assert {tuple(columns) for columns in rows.values()} == {NAMES}
    # Answers that are newer than the measurement are missing in it.
    assert set(rows) <= set(comparison.comparable())
    assert len(rows) >= 320


def test_a_sample_of_it_comes_out_the_same_today():
    ids = ["T7b", "V1", "V15", "L3", "C1", "P1"]
    matrix = run_matrix(Comparison(("MIT 3A", "TinyKV")), ids)
    again = kept_form(matrix, "", "")["wrong"]

    kept = {id: {name: KEPT["wrong"][id][name] for name in matrix.names} for id in ids}
    assert again == kept


def test_keeping_writes_both(monkeypatch, tmp_path):
    monkeypatch.setattr(comparison, "KEPT", tmp_path / "kept.json")
    monkeypatch.setattr(comparison, "TABLE", tmp_path / "kept.md")
    monkeypatch.setattr(comparison, "comparable", lambda: ["V1"])
    monkeypatch.setattr(comparison, "SUITES", SUITES[:1])
    done = run("keep", "--jobs", 1)

    assert done.output.splitlines()[-1] == "kept.json and kept.md are new"
    form = json.loads((tmp_path / "kept.json").read_text(encoding="utf-8"))
    assert form["wrong"] == {"V1": {"MIT 3A": None}}
    table = (tmp_path / "kept.md").read_text(encoding="utf-8")
    assert "| Voting | 0 of 1 | 0 of 1 |" in table
    assert "Caught by none of them (1): V1." in table
    assert answer("V1").check == "2.3"
