"""Committed notebooks are run anew: outputs and pictures are today's, and nothing else changes."""

import json

import pytest

from raftkit.course import picture
from raftkit.grading.notebook_form import ReleaseError
from raftkit.grading.rehearse import rehearse


@pytest.fixture
def notebook(tmp_path):
    """A notebook of an exercise's prompt, with another picture than today's, and of some code."""

    def write(*sources):
        prompt = {
            "cell_type": "markdown",
            "id": "prompt-2-1",
            "metadata": {},
            "source": "## 2.1\n\n<img>\n\nA word, and <img> again.",
        }
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
        path.write_text(json.dumps({"cells": [prompt, *code], "metadata": {}}), encoding="utf-8")
        return path

    return write


def test_outputs_and_pictures_are_of_today_and_a_second_run_changes_nothing(notebook):
    path = notebook("x = 20\nprint('hello')", "x + 1")

    assert rehearse([path]) == [path]

    prompt, first, second = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = "".join(prompt["source"])
    assert f'<img alt="{picture("2.1").alt}"' in text
    assert text.endswith("\n\nA word, and <img> again.")
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

    (output,) = json.loads(path.read_text(encoding="utf-8"))["cells"][1]["outputs"]
    assert set(output["data"]) == {"text/html", "text/plain"}
    assert "<img alt=" in "".join(output["data"]["text/html"])
