"""`raftkit wrong-answers`: a table, a picture, JSON, and the promised exit status."""

import json

import pytest

from raftkit.course.proving import Matrix, Row, kill_matrix


def test_the_table_fits_a_terminal_and_ends_in_figures(raftkit):
    done = raftkit("wrong-answers", "--only", "V1,V2", "--only", "O1", "--columns", "cases,mit 3a",
                   "--jobs", 1)  # fmt: skip
    lines = done.output.splitlines()

    assert done.exit_code == 0, done.output
    assert lines[0] == "Voting"
    assert lines[1].split() == ["ca", "3A"]
    assert lines[2].startswith("V1      ●  ·")
    assert "3A  MIT 3A            caught 0 of 2" in lines
    assert "2 of 2 wrong answers caught as intended, by the case meant for each" in lines
    assert "0 of 1 right answers touched" in lines
    assert max(map(len, lines)) <= 100


def test_a_family_of_columns_may_be_named(raftkit):
    done = raftkit("wrong-answers", "--only", "V1", "--columns", "exercise", "--jobs", 1, "--json")

    assert list(json.loads(done.output)["wrong"][0]["columns"]) == ["cases", "cluster", "search"]


def test_json_and_a_picture_can_be_had(raftkit, tmp_path):
    drawn = tmp_path / "matrix.svg"
    done = raftkit("wrong-answers", "--only", "V1,O1", "--intended", "--jobs", 1, "--json",
                   "--svg", drawn)  # fmt: skip
    form = json.loads(done.output)

    assert [entry["id"] for entry in form["wrong"]] == ["V1"]
    assert form["wrong"][0]["caught_by"] == form["wrong"][0]["intended"]
    assert [entry["id"] for entry in form["correct"]] == ["O1"]
    assert drawn.read_text(encoding="utf-8").startswith("<svg")


def test_a_miss_is_named_and_ends_in_status_1(raftkit, monkeypatch):
    monkeypatch.setattr(kill_matrix, "try_answer", lambda id, plan: Row(id, ()))

    done = raftkit("wrong-answers", "--only", "V1", "--intended", "--jobs", 1)

    assert done.exit_code == 1
    assert done.output.splitlines()[-1].startswith("V1 is not caught by its case “")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--only V999", "raftkit: there is no answer 'V999'"),
        ("--columns Elephant", "raftkit: there is no column 'Elephant'; there are cases, cluster"),
        ("--jobs 0", "raftkit: Invalid value for '--jobs': 0 is not in the range x>=1"),
        ("--seed -1", "raftkit: Invalid value for '--seed'"),
        ("--only V1 --columns cases --svg no/such/folder.svg", "No such file or directory"),
    ],
)
def test_bad_input_is_one_line(raftkit, arguments, said):
    done = raftkit("wrong-answers", *arguments.split())

    assert done.exit_code == 2
    assert said in done.output
    assert len(done.output.splitlines()) == 1


def test_nothing_to_count_is_no_miss():
    assert Matrix(("cases",), ()).misses() == []
