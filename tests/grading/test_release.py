"""From a solved master to an exercise, with nbgrader's own preprocessors."""

import base64
import json
import re

import pytest

from raftkit.grading.notebook_form import ReleaseError
from raftkit.grading.release import release

SOLVED = '''def has_majority(granted: int, refused: int, servers: int) -> bool:
    """Whether it is one.

    >>> has_majority(3, 0, 5)
    True
    """
    # About 1 line.
    ### BEGIN SOLUTION
    return granted > servers // 2
    ### END SOLUTION'''

STUB = SOLVED[: SOLVED.index("    ### BEGIN")] + "    raise NotImplementedError"


def code(source, **marks):
    metadata = {"nbgrader": {"schema_version": 3, "task": False, **marks}} if marks else {}
    return {
        "cell_type": "code",
        "execution_count": 3,
        "metadata": {**metadata, "execution": {"iopub.status.busy": "2026-11-23T12:00:00Z"}},
        "outputs": [{"output_type": "stream", "name": "stdout", "text": ["True\n"]}],
        "source": source.splitlines(keepends=True),
    }


def master(solved=SOLVED, **metadata):
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["## 2.1\n", "A majority."]},
        code(solved, grade_id="ex-2-1", grade=False, solution=True, locked=False),
        code(
            'check("2.1", has_majority)',
            grade_id="check-2-1",
            grade=True,
            solution=False,
            locked=True,
            points=4,
        ),
    ]
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def course(tmp_path):
    """The folders of a course with one master in it."""
    solutions, exercises = tmp_path / "solutions", tmp_path / "exercises"
    solutions.mkdir()
    (solutions / "02_voting.ipynb").write_text(json.dumps(master()))
    return solutions, exercises


def test_the_stub_keeps_signature_and_docstring_and_loses_the_solution(course):
    solutions, exercises = course

    done = release(solutions, exercises)

    assert [path.name for path in done.stale] == ["02_voting.ipynb"]
    cells = json.loads((exercises / "02_voting.ipynb").read_text())["cells"]
    assert "".join(cells[1]["source"]) == STUB
    assert [cell.get("outputs", []) for cell in cells] == [[], [], []]


def test_cells_are_locked_and_summed_up_as_nbgrader_does_it(course):
    solutions, exercises = course

    release(solutions, exercises)

    answer, check = json.loads((exercises / "02_voting.ipynb").read_text())["cells"][1:]
    assert answer["metadata"]["deletable"] is False
    assert "editable" not in answer["metadata"]
    assert check["metadata"]["editable"] is False
    assert len(answer["metadata"]["nbgrader"]["checksum"]) == 32
    assert check["metadata"]["nbgrader"]["points"] == 4


def test_the_bytes_do_not_depend_on_who_saved_the_master(course):
    solutions, exercises = course
    release(solutions, exercises)
    first = (exercises / "02_voting.ipynb").read_bytes()

    other = master(
        kernelspec={"name": "my-env", "display_name": "Mine", "language": "python"},
        language_info={"name": "python", "version": "3.13.1"},
    )
    (solutions / "02_voting.ipynb").write_text(json.dumps(other))

    assert release(solutions, exercises).stale == ()
    assert (exercises / "02_voting.ipynb").read_bytes() == first
    assert first.endswith(b"}\n")


def test_check_names_what_is_out_of_date_and_writes_nothing(course):
    solutions, exercises = course

    assert [path.name for path in release(solutions, exercises, check=True).stale] == [
        "02_voting.ipynb"
    ]
    assert not exercises.exists()
    release(solutions, exercises)
    assert release(solutions, exercises, check=True).stale == ()
    (exercises / "02_voting.ipynb").write_text("{}")
    assert release(solutions, exercises, check=True).stale != ()


def test_an_exercise_without_a_master_is_named_and_kept(course):
    solutions, exercises = course
    release(solutions, exercises)
    stray = exercises / "99_old.ipynb"
    stray.write_text("{}")

    assert release(solutions, exercises).stray == (stray,)
    assert stray.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "02_voting.ipynb"),
        ("[]", "not a notebook"),
        (json.dumps(master(SOLVED.replace("END", "STOP"))), "end solution"),
        (json.dumps(master(SOLVED)).replace("check-2-1", "ex-2-1"), "02_voting.ipynb"),
    ],
)
def test_a_master_that_cannot_be_released_is_named_in_one_line(course, content, said):
    solutions, exercises = course
    (solutions / "02_voting.ipynb").write_text(content)

    with pytest.raises(ReleaseError, match=said) as caught:
        release(solutions, exercises)

    assert "\n" not in str(caught.value)


def test_without_masters_there_is_nothing_to_release(tmp_path):
    with pytest.raises(ReleaseError, match="run this in the course's folder"):
        release(tmp_path / "solutions", tmp_path / "exercises")


def test_without_nbgrader_one_line_says_what_to_install(course, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "nbgrader", None)

    with pytest.raises(ReleaseError, match=r'pip install "raftkit-course\[teach\]"'):
        release(*course)


def test_a_picture_beside_a_master_becomes_part_of_the_exercise(course):
    solutions, exercises = course
    content = master()
    content["cells"][0]["source"] = (
        '## 2.1\n\n<img alt="A." src="pictures/prompt-2-1.svg">\n\nA word.'
    )
    (solutions / "02_voting.ipynb").write_text(json.dumps(content))
    (solutions / "pictures").mkdir()
    svg = "<svg>" + "a" * 900 + "</svg>"
    (solutions / "pictures" / "prompt-2-1.svg").write_text(f"{svg}\n", encoding="utf-8")

    release(solutions, exercises)

    prompt = json.loads((exercises / "02_voting.ipynb").read_text())["cells"][0]
    data = re.search(r'src="data:image/svg\+xml;base64,([^"]*)">', "".join(prompt["source"]))[1]
    assert base64.b64decode(data).decode() == svg
    assert max(map(len, prompt["source"])) <= 1_010


def test_a_picture_that_is_missing_is_named_with_what_makes_it(course):
    solutions, exercises = course
    content = master()
    content["cells"][0]["source"] = '<img alt="A." src="pictures/prompt-2-1.svg">'
    (solutions / "02_voting.ipynb").write_text(json.dumps(content))

    with pytest.raises(ReleaseError, match=r"there is no .*prompt-2-1\.svg: raftkit rehearse"):
        release(solutions, exercises)
