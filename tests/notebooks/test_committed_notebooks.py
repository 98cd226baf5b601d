"""A committed notebook: run in order, free of noise, with links that lead somewhere.

That the outputs are those of today is nbval's to check, cell by cell.
"""

import json
import re
from urllib.parse import unquote

import pytest

from raftkit.grading.rehearse import MEND, stale
from tests.picture_boxes import clipped_texts

KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
LESSON_CELL_LINES_MAX = 10
PICTURE = re.compile(r'src="data:image/svg\+xml,([^"]+)"')
MARKUP = ("text/html", "text/plain")


@pytest.fixture
def executed(masters, lessons):
    """Every notebook that is committed with its outputs."""
    return [*masters.values(), *lessons]


def test_masters_and_readme_say_what_the_catalogue_says(masters, repository):
    paths = [cells.path for cells in masters.values()]

    assert stale(paths, repository / "README.md") == [], MEND


def test_every_file_is_written_in_one_way(executed, handouts):
    for cells in (*executed, *handouts.values()):
        written = json.dumps(cells.content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"

        assert cells.path.read_text(encoding="utf-8") == written, cells.path
        assert cells.content["metadata"] == KERNEL, cells.path


def test_no_text_in_a_picture_is_cut_off(executed):
    pictures = [
        unquote(found)
        for cells in executed
        for cell in cells.code
        for output in cell["outputs"]
        for found in PICTURE.findall("".join(output.get("data", {}).get("text/html", [])))
    ]

    assert len(pictures) > 50
    assert [clipped_texts(picture) for picture in pictures] == [[] for _ in pictures]


def test_every_cell_has_been_run_in_order_and_none_failed(executed):
    for cells in executed:
        counts = [cell["execution_count"] for cell in cells.code]
        kinds = {output["output_type"] for cell in cells.code for output in cell["outputs"]}

        assert counts == list(range(1, len(cells.code) + 1)), f"raftkit rehearse {cells.path}"
        assert kinds <= {"execute_result", "stream"}, cells.path


def test_no_cell_tells_when_it_was_run(executed):
    for cells in executed:
        names = {name for cell in cells.all for name in cell["metadata"]}

        assert names <= {"nbgrader"}, cells.path


def test_every_picture_is_an_image_with_words_for_it(executed):
    for cells in executed:
        shown = [output["data"] for cell in cells.code for output in cell["outputs"]
                 if "data" in output]  # fmt: skip
        images = re.findall(r"<img [^>]*>", json.dumps(shown))

        assert all(set(bundle) <= set(MARKUP) for bundle in shown), cells.path
        assert images, cells.path
        assert all(re.match(r'<img alt=\\"[^"\\]', image) for image in images), cells.path


def test_every_link_leads_to_a_file(executed, handouts, source_of):
    for cells in (*executed, *handouts.values()):
        text = "".join(source_of(cell) for cell in cells.all if cell["cell_type"] == "markdown")
        missing = [to for to in LINK.findall(text) if not (cells.path.parent / to).is_file()]

        assert missing == [], cells.path


def test_the_code_cells_of_a_lesson_are_short(lessons, source_of):
    for cells in lessons:
        lines = [sum(bool(line.strip()) for line in source_of(cell).splitlines())
                 for cell in cells.code]  # fmt: skip

        assert max(lines) <= LESSON_CELL_LINES_MAX, cells.path
