"""The reader of pictures finds what is wrong with a picture, and only that."""

import pytest

from raftkit.views.svg import circle, document, line, path, rect, text
from tests.picture_boxes import faults_of

WORDS = text((40, 40), "Hello there", 12)


def _faults(*drawn: str, width: float = 200) -> list[str]:
    return faults_of(document(width, 100, "".join(drawn), "A title", "A picture."))


@pytest.mark.parametrize(
    "drawn",
    [
        rect(30, 30, 50, 20, fill="#FFFFFF"),
        rect(45, 36, 4, 4, fill="#FFFFFF"),
        circle((60, 36), 9, fill="#FFFFFF"),
        line((20, 36), (150, 36)),
        line((50, 10), (60, 60)),
        path("M", 20, 36, "h", 90, fill="none"),
        path("M", 20, 60, "C", 40, 0, 60, 0, 90, 60, fill="none"),
        text((60, 38), "over it", 12),
    ],
)
def test_what_is_over_a_text_is_found(drawn: str) -> None:
    assert len(_faults(WORDS, drawn)) == 1
    # A text over a mark is legible.
    assert "<text" in drawn or not _faults(drawn, WORDS)


@pytest.mark.parametrize(
    "drawn",
    [
        rect(30, 20, 120, 40, fill="none"),
        circle((150, 36), 9, fill="#FFFFFF"),
        line((20, 44), (150, 44)),
        text((40, 54), "below it", 12),
    ],
)
def test_what_is_around_a_text_is_not(drawn: str) -> None:
    assert not _faults(WORDS, drawn)


@pytest.mark.parametrize(
    "drawn",
    [
        text((150, 40), "to the right", 12),
        text((20, 40), "to the left", 12, anchor="middle"),
        circle((197, 50), 9),
        line((20, 90), (40, 110)),
        rect(-8, 20, 20, 20, fill="none"),
    ],
)
def test_what_is_over_the_edge_is_found(drawn: str) -> None:
    assert len(_faults(drawn)) == 1


def test_a_picture_that_is_too_wide_is_found() -> None:
    assert _faults(width=1_200) == ["1200 wide"]
