"""`raftkit mutants`: a table, JSON, and the promised exit status."""

import json
from pathlib import Path

import pytest

SOLUTIONS = Path(__file__).parents[2] / "solutions"


def test_the_table_has_a_line_for_each_exercise(raftkit):
    done = raftkit("mutants", "--only", "2.1,2.3", "--jobs", 1, "--solutions", SOLUTIONS)
    lines = done.output.splitlines()

    assert done.exit_code == 0, done.output
    assert lines[0].split() == ["mutants", "caught", "equal", "reviewed", "escaped", "median", "s"]
    assert [line.split()[0] for line in lines[1:] if line] == ["2.1", "2.3", "02_voting", "all"]


def test_json_has_the_figures_of_each_exercise_and_of_all(raftkit):
    done = raftkit("mutants", "--only", "2.1", "--share", 4, "--jobs", 1, "--json", "--solutions",
                   SOLUTIONS)  # fmt: skip
    form = json.loads(done.output)

    assert set(form) == {
        "mutants", "caught", "equal", "reviewed", "escaped", "seconds", "exercises"
    }  # fmt: skip
    assert form["mutants"] == form["caught"] + form["equal"] > 0
    assert form["exercises"]["2.1"] == {key: form[key] for key in form if key != "exercises"}


def test_one_that_escapes_is_named_and_ends_in_status_1(raftkit, monkeypatch):
    monkeypatch.setattr(
        "raftkit.course.proving.mutants.judging.judged", lambda solution, mutant: "escaped"
    )
    done = raftkit("mutants", "--only", "2.1", "--share", 99, "--jobs", 1, "--solutions", SOLUTIONS)

    assert done.exit_code == 1
    assert "escaped, with full points:" in done.output
    assert done.output.splitlines()[-1].startswith("2.1 line ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--only 9.9", "raftkit: there is no exercise '9.9' here"),
        ("--only 6.1", "raftkit: there is no exercise '6.1' here"),
        ("--share 0", "raftkit: Invalid value for '--share'"),
        ("--solutions nowhere", "raftkit: there is no folder nowhere"),
    ],
)
def test_bad_input_is_one_line(raftkit, monkeypatch, arguments, said):
    monkeypatch.chdir(SOLUTIONS.parent)
    done = raftkit("mutants", *arguments.split())

    assert done.exit_code == 2
    assert said in done.output
    assert len(done.output.splitlines()) == 1
