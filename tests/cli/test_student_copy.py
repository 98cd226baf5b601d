"""The student's copy of the course: made once, brought up to date, and never written over."""

import json
import os

import pytest

from raftkit.cli.student_copy import MANIFEST, bring_up_to_date

ANSWER = "exercises/02_voting.ipynb"
PICTURE = "notebooks/pictures/partition.svg"


def notebook(*sources, outputs=()):
    cells = [{"cell_type": "code", "source": text, "outputs": list(outputs)} for text in sources]
    return json.dumps({"cells": cells})


@pytest.fixture
def kit(tmp_path):
    """Set what the kit holds: `kit({path: text})` gives its files as the copy wants them."""

    def holds(texts):
        files = {name: tmp_path / "kit" / name for name in texts}
        for name, path in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts[name])
        return files

    return holds


@pytest.fixture
def copy(tmp_path):
    return tmp_path / "copy"


def test_a_new_copy_holds_every_file(kit, copy):
    brought = bring_up_to_date(copy, kit({ANSWER: notebook("stub"), PICTURE: "<svg/>"}))

    assert brought.new == [ANSWER, PICTURE]
    assert (copy / ANSWER).read_text() == notebook("stub")
    assert (copy / PICTURE).read_text() == "<svg/>"


def test_nothing_happens_the_second_time(kit, copy):
    files = kit({ANSWER: notebook("stub")})
    bring_up_to_date(copy, files)
    (copy / ANSWER).write_text(notebook("my answer"))

    brought = bring_up_to_date(copy, files)

    assert (brought.new, brought.updated, brought.left_alone) == ([], [], [])
    assert (copy / ANSWER).read_text() == notebook("my answer")


def test_an_update_replaces_what_the_student_left_as_it_was(kit, copy):
    bring_up_to_date(copy, kit({ANSWER: notebook("old"), PICTURE: "old"}))

    brought = bring_up_to_date(copy, kit({ANSWER: notebook("new"), PICTURE: "new"}))

    assert brought.updated == [ANSWER, PICTURE]
    assert (copy / ANSWER).read_text() == notebook("new")
    assert (copy / PICTURE).read_text() == "new"


def test_a_notebook_that_was_only_run_counts_as_left_as_it_was(kit, copy):
    bring_up_to_date(copy, kit({ANSWER: notebook("old")}))
    # Running the last cell adds an empty one, and saving writes sources as lists of lines.
    (copy / ANSWER).write_text(notebook(["o", "ld"], "", outputs=[{"text": "ran"}]))

    assert bring_up_to_date(copy, kit({ANSWER: notebook("new")})).updated == [ANSWER]


@pytest.mark.parametrize("mine", [notebook("old", "my answer"), notebook("mine"), "{", "", "[]"])
def test_what_the_student_wrote_is_left_alone_and_named_until_it_is_renamed(kit, copy, mine):
    bring_up_to_date(copy, kit({ANSWER: notebook("old")}))
    (copy / ANSWER).write_text(mine)
    newer = kit({ANSWER: notebook("new")})

    assert bring_up_to_date(copy, newer).left_alone == [ANSWER]
    assert bring_up_to_date(copy, newer).left_alone == [ANSWER]
    assert (copy / ANSWER).read_text() == mine

    (copy / ANSWER).rename(copy / "exercises" / "mine.ipynb")

    assert bring_up_to_date(copy, newer).new == [ANSWER]
    assert (copy / "exercises" / "mine.ipynb").read_text() == mine


def test_files_from_elsewhere_are_left_alone_and_those_that_say_the_same_are_not_named(kit, copy):
    (copy / "exercises").mkdir(parents=True)
    (copy / ANSWER).write_text(notebook("my answer"))
    (copy / "notebooks" / "pictures").mkdir(parents=True)
    (copy / PICTURE).write_text("same")

    brought = bring_up_to_date(copy, kit({ANSWER: notebook("stub"), PICTURE: "same"}))

    assert (brought.new, brought.updated, brought.left_alone) == ([], [], [ANSWER])
    assert (copy / ANSWER).read_text() == notebook("my answer")


def test_a_file_that_already_says_what_is_new_is_neither_named_nor_written(kit, copy):
    bring_up_to_date(copy, kit({ANSWER: notebook("old")}))
    mine = notebook("new", outputs=[{"text": "ran"}])
    (copy / ANSWER).write_text(mine)

    brought = bring_up_to_date(copy, kit({ANSWER: notebook("new")}))

    assert (brought.updated, brought.left_alone) == ([], [])
    assert (copy / ANSWER).read_text() == mine


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"files": 5}', '{"files": {"a": {"x": 1}}}'])
def test_without_its_memory_an_update_leaves_everything_alone(kit, copy, damage):
    bring_up_to_date(copy, kit({ANSWER: notebook("old")}))
    (copy / MANIFEST).write_text(damage)

    assert bring_up_to_date(copy, kit({ANSWER: notebook("new")})).left_alone == [ANSWER]
    assert (copy / ANSWER).read_text() == notebook("old")


def test_an_update_that_broke_off_is_taken_up_again(kit, copy):
    bring_up_to_date(copy, kit({ANSWER: notebook("old"), PICTURE: "old"}))
    # The first file was written, and then the power went.
    (copy / ANSWER).write_text(notebook("new"))

    brought = bring_up_to_date(copy, kit({ANSWER: notebook("new"), PICTURE: "new"}))

    assert (brought.updated, brought.left_alone) == ([PICTURE], [])


def test_what_the_kit_no_longer_holds_stays(kit, copy):
    bring_up_to_date(copy, kit({ANSWER: notebook("old")}))

    bring_up_to_date(copy, kit({PICTURE: "new"}))

    assert (copy / ANSWER).read_text() == notebook("old")


def test_a_folder_in_a_files_place_is_left_alone(kit, copy):
    (copy / ANSWER).mkdir(parents=True)

    assert bring_up_to_date(copy, kit({ANSWER: notebook("new")})).left_alone == [ANSWER]


def test_no_half_written_file_is_left_where_a_file_cannot_be_replaced(kit, copy, monkeypatch):
    def full(self, target):
        raise OSError(28, "No space left on device")

    bring_up_to_date(copy, kit({ANSWER: notebook("old")}))
    monkeypatch.setattr("pathlib.Path.replace", full)

    with pytest.raises(OSError, match="No space left"):
        bring_up_to_date(copy, kit({ANSWER: notebook("new")}))

    assert (copy / ANSWER).read_text() == notebook("old")
    assert os.listdir(copy / "exercises") == ["02_voting.ipynb"]
