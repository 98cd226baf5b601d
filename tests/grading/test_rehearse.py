"""Committed notebooks say what the catalogue says, and are run anew; nothing else changes."""

import copy
import json
import re
import shutil

import pytest

from raftkit.cli import main
from raftkit.course import NOTEBOOKS
from raftkit.grading.catalogue_facts import write_facts, write_table
from raftkit.grading.notebook_form import ReleaseError, read_committed
from raftkit.grading.rehearse import MEND, rehearse, stale

FIVE = 5


@pytest.fixture
def notebook(tmp_path):
    """A notebook with some code, which is none of the course."""

    def write(*sources):
        code = [
            {
                "cell_type": "code",
                "id": f"code-{place}",
                "metadata": {"scrolled": True},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for place, source in enumerate(sources)
        ]
        path = tmp_path / "some.ipynb"
        path.write_text(json.dumps({"cells": code, "metadata": {}}), encoding="utf-8")
        return path

    return write


def test_outputs_are_of_today_and_a_second_run_changes_nothing(notebook):
    path = notebook("x = 20\nprint('hello')", "x + 1")

    assert rehearse([path]) == [path]

    first, second = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert first["outputs"][0]["text"] == ["hello\n"]
    assert second["outputs"][0]["data"] == {"text/plain": ["21"]}
    assert (first["execution_count"], second["metadata"]) == (1, {})
    assert rehearse([path]) == []


def test_a_cell_that_fails_is_one_sentence_and_the_file_stays(notebook):
    path = notebook("1 / 0")
    before = path.read_bytes()

    with pytest.raises(
        ReleaseError, match="cell code-0 fails: ZeroDivisionError: division by zero"
    ):
        rehearse([path])

    assert path.read_bytes() == before


def test_what_is_no_notebook_is_one_sentence(tmp_path):
    path = tmp_path / "broken.ipynb"
    path.write_text("{", encoding="utf-8")

    with pytest.raises(ReleaseError, match=r"broken\.ipynb"):
        rehearse([path])


def test_of_a_widget_the_picture_stays_and_not_its_view(notebook):
    path = notebook("from raftkit import play\nplay()")

    rehearse([path])

    (output,) = json.loads(path.read_text(encoding="utf-8"))["cells"][0]["outputs"]
    assert set(output["data"]) == {"text/html", "text/plain"}
    assert "<img alt=" in "".join(output["data"]["text/html"])


def test_what_a_cell_prints_is_one_text_however_slowly_it_comes(notebook):
    path = notebook("import sys\nfor word in 'abc':\n    print(word)\n    sys.stdout.flush()")

    rehearse([path])

    (output,) = json.loads(path.read_text(encoding="utf-8"))["cells"][0]["outputs"]
    assert output["text"] == ["a\n", "b\n", "c\n"]


# What the catalogue knows --------------------------------------------------------------------


def as_an_author_writes_it(cells):
    """A master without anything that the catalogue knows, but for the numbers of its prompts."""
    cells = copy.deepcopy(cells)
    for place, cell in enumerate(cells):
        found = re.match(r"## (\d+\.\d+) ", cell["source"])
        if not found:
            continue
        prompt, stub, check, hint, _ = five = cells[place : place + FIVE]
        for number, each in enumerate(five):
            each["id"] = f"random-{place}-{number}"
            each["metadata"] = {}
        prompt["source"] = re.sub(r"\A.*", f"## {found[1]}", prompt["source"])
        prompt["source"] = re.sub(r"<img [^>]*>", "<img>", prompt["source"], count=1)
        prompt["source"] = re.sub(r"(?m)^(\*\*The rule\*\*) \(.*?\)", r"\1", prompt["source"])
        stub["source"] = re.sub(r"# TODO: about.*", "# TODO", stub["source"])
        check["source"] = hint["source"] = ""
    cells[0]["source"] = re.sub(
        r"\d+ points, about (\d+ minutes|\w+ hours)",
        "0 points, about 0 minutes",
        cells[0]["source"],
    )
    cells[0]["source"] = re.sub(r"some \d+ lines", "some 0 lines", cells[0]["source"])
    return cells


@pytest.mark.parametrize("name", [each.name for each in NOTEBOOKS])
def test_what_an_author_leaves_out_is_written_from_the_catalogue(name, repository):
    committed = read_committed(repository / "solutions" / f"{name}.ipynb")["cells"]
    cells = as_an_author_writes_it(committed)

    pictures = write_facts(cells, name)

    assert cells == committed
    for file, text in pictures.items():
        assert (repository / "solutions" / file).read_text(encoding="utf-8") == text


def without_a_prompt(cells):
    del cells[next(place for place, cell in enumerate(cells) if cell["id"] == "prompt-2-3")]


def without_a_hint(cells):
    del cells[next(place for place, cell in enumerate(cells) if cell["id"] == "hint-2-7")]


def without_a_picture(cells):
    (prompt,) = (cell for cell in cells if cell["id"] == "prompt-2-3")
    prompt["source"] = re.sub(r"<img [^>]*>", "", prompt["source"])


def without_points(cells):
    cells[0]["source"] = "# 2 · Voting"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (without_a_picture, "the prompt of 2.3 has no line for '<img alt="),
        (without_points, "the first cell has no line for '47 points, about 46 minutes'"),
        (without_a_prompt, r"are 2\.1, 2\.2, 2\.4, .*, and the catalogue has 2\.1, 2\.2, 2\.3, "),
        (without_a_hint, r"four code cells follow the prompt of 2\.7: ex, check, hint, play"),
    ],
)
def test_a_master_that_is_not_the_catalogues_is_one_sentence(spoil, said, repository, tmp_path):
    content = read_committed(repository / "solutions" / "02_voting.ipynb")
    spoil(content["cells"])
    path = tmp_path / "02_voting.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")

    with pytest.raises(ReleaseError, match=said) as told:
        stale([path])

    assert str(told.value).startswith(f"{path}: ")


def test_the_table_of_lessons_is_written_whole_and_nothing_around_it(repository):
    text = (repository / "README.md").read_text(encoding="utf-8")
    head, _, rest = re.split(r"(\| \[01_timers\].*\n)", text)

    assert write_table(head + rest.replace("| 47 |", "| 48 |", 1)) == text
    assert write_table("# Another README\n\n| a | b |\n") == "# Another README\n\n| a | b |\n"


def test_check_names_what_is_out_of_date_and_writes_nothing(
    repository, tmp_path, monkeypatch, capsys
):
    master = tmp_path / "solutions" / "02_voting.ipynb"
    shutil.copy(repository / "README.md", tmp_path)
    shutil.copytree(repository / "solutions" / "pictures", tmp_path / "solutions" / "pictures")
    shutil.copy(repository / "solutions" / "02_voting.ipynb", master)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["raftkit", "rehearse", "--check"])

    with pytest.raises(SystemExit) as fresh:
        main()
    text = master.read_text(encoding="utf-8").replace("is a majority? · 6 points", "is one?")
    master.write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as changed:
        main()

    assert (fresh.value.code, changed.value.code) == (0, 1)
    named = f"solutions/02_voting.ipynb is out of date: {MEND}"
    assert capsys.readouterr().err.replace("\\", "/").splitlines() == [named]
    assert master.read_text(encoding="utf-8") == text
