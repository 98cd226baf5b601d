"""One seed, one history, and one grade: across processes, hash seeds, Pythons and WebAssembly."""

import json
import shutil
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parent / "fingerprints.py"


@pytest.fixture(scope="module")
def class_folder(repository, tmp_path_factory):
    """Ada has handed in the solutions, Bob an exercise with some answers, one of them endless."""
    folder = tmp_path_factory.mktemp("class")
    for student in ("ada", "bob"):
        (folder / student).mkdir()
    shutil.copy(repository / "solutions" / "02_voting.ipynb", folder / "ada")
    solved = (repository / "solutions" / "02_voting.ipynb").read_text(encoding="utf-8")
    wrong = solved.replace(">= ", "> ").replace("return granted >", "while True: pass #")
    (folder / "bob" / "02_voting.ipynb").write_text(wrong, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def here(run_python, class_folder):
    return read(run_python(sys.executable, PROGRAM, class_folder))


def read(output):
    return json.loads(output.splitlines()[-1])


def test_there_is_much_to_compare(here):
    run = here["run"]

    assert run["records"]["Step"] > 1_000
    assert run["records"]["Lost"] > 20
    assert run["records"]["Acted"] >= 24
    assert run["term"] >= 2
    assert run["answered"] >= 10
    assert run["violations"] == 0
    assert len(here["checks"]) > 40
    assert {*here["grades"]} == {
        *("feedback/ada.html", "feedback/bob.html", "grades.csv", "grades.json")
    }


def test_the_newest_python_writes_the_same_bytes_under_any_hash_seed(
    other_pythons, run_python, class_folder, here
):
    output = run_python(other_pythons[-1], PROGRAM, class_folder, hash_seed="random")

    assert read(output) == here


def test_a_browsers_python_writes_the_same_bytes(run_pyodide, here):
    found = read(run_pyodide(PROGRAM))

    assert found.pop("failed") == []
    assert found.pop("examples") > 50
    assert found == {name: here[name] for name in ("run", "checks")}
