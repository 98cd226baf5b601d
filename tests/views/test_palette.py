"""Colours that can be read: every text on its ground, every line on the paper."""

import re

import pytest

from raftkit.protocol import Log
from raftkit.simulator import History
from raftkit.views import draw_logs, space_time
from raftkit.views.palette import (
    ALARM,
    BLACK,
    DEAD,
    ELECTION_BLUE,
    FAINT,
    INK,
    NO_TERM,
    ORANGE,
    PAPER,
    QUIET,
    TERM_COLOURS,
    contrast,
    term_colour,
    text_on,
)


@pytest.mark.parametrize("ground", [*TERM_COLOURS, NO_TERM, ORANGE])
def test_text_on_a_colour_is_legible(ground: str) -> None:
    assert contrast(text_on(ground), ground) >= 4.5


@pytest.mark.parametrize(
    ("ink", "ground"), [(INK, PAPER), (QUIET, PAPER), (INK, DEAD), (BLACK, ALARM)]
)
def test_every_other_text_is_legible(ink: str, ground: str) -> None:
    assert contrast(ink, ground) >= 4.5


@pytest.mark.parametrize("colour", [FAINT, ALARM, ELECTION_BLUE, INK])
def test_every_line_is_visible_on_paper(colour: str) -> None:
    assert contrast(colour, PAPER) >= 3


def test_pictures_write_in_no_other_colour(partition: History) -> None:
    pictures = [space_time(partition), draw_logs({"S1": Log.of_terms(*range(1, 12))})]
    fills = {
        fill
        for picture in pictures
        for fill in re.findall(r'<text[^>]* fill="([^"]+)"', picture.svg)
    }

    assert fills <= {INK, QUIET, BLACK}


def test_neighbouring_terms_differ_and_colours_repeat() -> None:
    for term in range(1, 40):
        assert term_colour(term) != term_colour(term + 1)
    assert term_colour(1) == term_colour(1 + len(TERM_COLOURS))
