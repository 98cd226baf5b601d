"""The kill matrix as a picture: signs, totals, words, and nothing that only colour says."""

from collections.abc import Callable
from typing import Any

import pytest

from raftkit.views import Picture
from raftkit.views.draw_matrix import draw_matrix
from raftkit.views.matrix_table import MatrixColumn, MatrixGroup, MatrixRow, totals_of

COLUMNS = (
    MatrixColumn("cases", "ca", "exercise"),
    MatrixColumn("MIT 3A", "3A", "public"),
    MatrixColumn("DSLabs", "DS", "public"),
)
GROUPS = (
    MatrixGroup(
        "Timers", (MatrixRow("T4", "One number will do.", ("untried", "meant", "caught")),)
    ),
    MatrixGroup(
        "Votes",
        (
            MatrixRow("V1", "Yes to everybody who asks.", ("meant", "missed", "caught")),
            MatrixRow("V2", "No to all.", ("escaped", "missed", "missed")),
        ),
    ),
    MatrixGroup("Right", (MatrixRow("O1", "counts", ("missed", "escaped", "missed")),), right=True),
)


@pytest.fixture(scope="module")
def picture() -> Picture:
    return draw_matrix(COLUMNS, GROUPS)


def test_totals_count_wrong_answers_only(picture: Picture) -> None:
    assert totals_of(COLUMNS, GROUPS) == [(1, 2), (1, 3), (2, 3)]
    assert picture.alt == (
        "Which check catches which wrong answer. 3 wrong answers: cases caught 1 of 2, "
        "MIT 3A 1 of 3, DSLabs 2 of 3. Of 1 right one, 1 touched."
    )


def test_the_text_has_a_line_for_each_answer_and_each_column(picture: Picture) -> None:
    lines = picture.text.splitlines()

    assert "V1      ●  ·  ○   Yes to everybody who asks." in lines
    assert "T4      –  ●  ○   One number will do." in lines
    assert "3A  MIT 3A            caught 1 of 3" in lines
    assert max(len(line) for line in lines[2:]) <= 100


def test_each_answer_is_told_in_words(picture: Picture, read: Callable[[Picture], Any]) -> None:
    assert (
        "V1: Yes to everybody who asks. Caught by the check meant for it: cases. "
        "Caught too: DSLabs. Missed: MIT 3A." in read(picture).titles
    )


def test_signs_differ_in_shape(picture: Picture, read: Callable[[Picture], Any]) -> None:
    def shapes(row: Any) -> list[str]:
        """What is drawn in a row, without its ground and words."""
        return [found.tag.partition("}")[2] for found in row if "fill-opacity" not in found.attrib]

    rows = [shapes(row) for row in read(picture).of_class("answer")]
    words = ["title", "text", "text"]

    assert rows == [
        [*words, "line", "circle", "circle"],
        [*words, "circle", "circle"],
        [*words, "path", "path"],
        [*words, "path", "path"],
    ]


def test_a_filled_disc_is_not_a_ring(picture: Picture, read: Callable[[Picture], Any]) -> None:
    discs = [
        found.get("fill") == found.get("stroke") or found.get("fill") != "#FFFFFF"
        for found in read(picture).of_class("answer")[1]
        if found.tag.endswith("circle")
    ]

    assert discs == [True, False]


def test_long_words_are_cut_and_never_reach_the_signs(read: Callable[[Picture], Any]) -> None:
    row = MatrixRow("V1", "very " * 60, ("meant", "missed", "missed"))
    drawn = read(draw_matrix(COLUMNS, [MatrixGroup("Votes", (row,))]))

    words = next(found for found in drawn.texts if found.startswith("very"))
    assert words.endswith("…")
    assert len(words) < 60


def test_families_stand_apart(picture: Picture, read: Callable[[Picture], Any]) -> None:
    heads = [found for found in read(picture).root.iter() if found.text in ("ca", "3A", "DS")]
    first, second, third = (float(found.get("x")) for found in heads[:3])

    assert second - first > third - second


@pytest.mark.parametrize(
    ("columns", "groups", "said"),
    [
        ((), GROUPS, "at least one column and one row"),
        (COLUMNS, (), "at least one column and one row"),
        (COLUMNS[:2], GROUPS, "a mark for each column"),
    ],
)
def test_what_is_no_matrix_is_refused(columns: Any, groups: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        draw_matrix(columns, groups)
