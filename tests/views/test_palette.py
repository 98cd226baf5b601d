"""Colours that can be read: every text on its ground, every line on the paper."""

import re
from collections.abc import Callable

import pytest

from raftkit.protocol import Log
from raftkit.simulator import History
from raftkit.views import draw_logs, space_time
from raftkit.views.draw_outages import STYLES
from raftkit.views.palette import (
    ALARM,
    BLACK,
    BLUE,
    DEAD,
    ELECTION_BLUE,
    FAINT,
    IN_THE_DARK,
    INK,
    NO_TERM,
    ON_ALARM,
    ORANGE,
    PAPER,
    QUIET,
    TERM_COLOURS,
    contrast,
    term_colour,
    text_on,
)

Theme = Callable[[str], str]
TERMS = [*TERM_COLOURS, NO_TERM]
SERIES = [style[0] for style in STYLES]


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> Theme:
    """A colour as it is on a light or on a dark page."""
    return (lambda colour: colour) if request.param == "light" else lambda c: IN_THE_DARK.get(c, c)


@pytest.mark.parametrize("ground", [*TERMS, ORANGE])
def test_text_on_a_colour_is_legible(theme: Theme, ground: str) -> None:
    assert contrast(theme(text_on(ground)), theme(ground)) >= 4.5


@pytest.mark.parametrize(
    ("ink", "ground"),
    [(INK, PAPER), (QUIET, PAPER), (INK, DEAD), (QUIET, NO_TERM), (ON_ALARM, ALARM), (PAPER, BLUE)],
)
def test_every_other_text_is_legible(theme: Theme, ink: str, ground: str) -> None:
    assert contrast(theme(ink), theme(ground)) >= 4.5


@pytest.mark.parametrize("colour", [FAINT, ALARM, ELECTION_BLUE, INK, *SERIES])
def test_every_line_is_visible_on_paper(theme: Theme, colour: str) -> None:
    assert contrast(theme(colour), theme(PAPER)) >= 3


@pytest.mark.parametrize("ground", [*TERMS, DEAD])
def test_an_outline_differs_from_what_it_encloses(theme: Theme, ground: str) -> None:
    assert contrast(theme(INK), theme(ground)) >= 3


def test_a_picture_gives_each_of_its_colours_a_dark_one(partition: History) -> None:
    svg = space_time(partition).svg
    drawn, _, style = svg.partition("<style>")
    used = set(re.findall(' (fill|stroke)="(#[0-9A-F]{6})"', drawn))
    changed = set(re.findall(r'\[(fill|stroke)="(#[0-9A-F]{6})"\]', style))

    assert {light for _, light in used - changed} <= {ON_ALARM}
    assert changed <= used


def test_pictures_write_in_no_other_colour(partition: History) -> None:
    pictures = [space_time(partition), draw_logs({"S1": Log.of_terms(*range(1, 12))})]
    fills = {
        fill
        for picture in pictures
        for fill in re.findall(r'<text[^>]* fill="([^"]+)"', picture.svg)
    }

    assert fills <= {INK, QUIET, BLACK, ON_ALARM}


def test_neighbouring_terms_differ_and_colours_repeat() -> None:
    for term in range(1, 40):
        assert term_colour(term) != term_colour(term + 1)
    assert term_colour(1) == term_colour(1 + len(TERM_COLOURS))
