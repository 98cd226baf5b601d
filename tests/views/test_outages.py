"""The cumulative picture of outages: every series told apart, every figure in words."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from raftkit.views import Picture, draw_outages
from raftkit.views.draw_outages import SERIES_AT_MOST

Read = Callable[[Picture], Any]

SIX = {f"series {number}": [10.0 * number, 20.0 * number] for number in range(1, 7)}


def test_no_two_series_share_colour_dash_or_marker(read: Read) -> None:
    drawn = read(draw_outages(SIX)).of_class("series")
    lines = [series.find("{*}path") for series in drawn]
    markers = [(series[2].tag, series[2].get("fill")) for series in drawn]

    assert len({line.get("stroke") for line in lines}) == SERIES_AT_MOST
    assert len({line.get("stroke-dasharray") for line in lines}) == SERIES_AT_MOST
    assert len(set(markers)) == SERIES_AT_MOST


def test_a_curve_rises_from_nothing_to_all_and_never_falls(read: Read) -> None:
    (series,) = read(draw_outages({"one": [30, 20, 20, 400]})).of_class("series")
    numbers = [float(part) for part in re.findall(r"[\d.]+", series.find("{*}path").get("d"))]
    xs, ys = numbers[::2], numbers[1::2]

    assert xs == sorted(xs)
    assert ys == sorted(ys, reverse=True)
    assert ys[0] - ys[-1] == 240


def test_half_of_the_outages_are_marked_and_said(read: Read) -> None:
    picture = draw_outages({"one": [100, 200, 900]}, title="Three crashes")

    assert picture.alt == (
        "Three crashes. Of each series half the outages are shorter than: one 200 ms."
    )
    assert "one: median 200 ms, longest 900 ms" in read(picture).titles


@pytest.mark.parametrize(
    ("series", "says"),
    [
        ({}, "one to 6 series"),
        (SIX | {"seventh": [1.0]}, "not 7"),
        ({"none": []}, "'none' has no outages"),
        ({"none": [0.0]}, "takes no time"),
    ],
)
def test_what_cannot_be_drawn_is_refused(series: dict[str, list[float]], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        draw_outages(series)
