"""Logs as the paper draws them: terms in boxes, and where they part."""

from collections.abc import Callable
from typing import Any

import pytest

from raftkit.protocol import Entry, Log
from raftkit.views import Picture, draw_last_entries, draw_logs
from raftkit.views.palette import ALARM

Read = Callable[[Picture], Any]


def _outlines(drawn: Any) -> int:
    return sum(
        element.get("stroke") == ALARM and element.get("rx") == "6" for element in drawn.root.iter()
    )


def test_each_entry_has_a_box_with_its_term(read: Read) -> None:
    drawn = read(draw_logs({"S1": Log.of_terms(1, 1, 4), "S2": Log.of_terms(1)}))
    boxes = [title for title in drawn.titles if ", index " in title]

    assert boxes == [
        "S1, index 1: term 1", "S1, index 2: term 1", "S1, index 3: term 4", "S2, index 1: term 1"
    ]  # fmt: skip
    assert "4" in drawn.texts


def test_committed_entries_are_solid_and_others_dashed(read: Read) -> None:
    root = read(draw_logs({"S1": Log.of_terms(1, 1, 1)}, commit={"S1": 2})).root
    boxes = [e for e in root.iter() if e.get("height") == "36" and e.get("rx") == "3"]

    assert [box.get("stroke-dasharray") for box in boxes] == [None, None, "5 3"]


@pytest.mark.parametrize(
    ("other", "index"),
    [((1, 1, 2), 3), ((1, 1), 3), ((2, 2, 2), 1), ((1, 1, 3, 3, 3), 5), ((), 1)],
)
def test_two_logs_show_where_they_part(other: tuple[int, ...], index: int, read: Read) -> None:
    picture = draw_logs({"S1": Log.of_terms(1, 1, 3, 3), "S2": Log.of_terms(*other)})

    assert f"S2 parts from S1 at index {index}." in picture.alt
    assert _outlines(read(picture)) == 2


def test_equal_logs_have_no_difference(read: Read) -> None:
    picture = draw_logs({"S1": Log.of_terms(1, 2), "S2": Log.of_terms(1, 2)})

    assert "parts from" not in picture.alt
    assert _outlines(read(picture)) == 0


def test_comparison_can_be_left_out(read: Read) -> None:
    picture = draw_logs({"S1": Log.of_terms(1), "S2": Log.of_terms(2)}, compare=False)

    assert _outlines(read(picture)) == 0


def test_last_entries_are_outlined(read: Read) -> None:
    picture = draw_last_entries({"S1": Log.of_terms(1, 1), "S2": Log.of_terms(2), "S3": Log()})

    assert _outlines(read(picture)) == 2
    assert "S2 ends at index 1 in term 2." in picture.alt
    assert "S3 is empty." in picture.alt


def test_chosen_indexes_are_outlined(read: Read) -> None:
    picture = draw_logs({"S1": Log.of_terms(1, 1, 1)}, outline={"S1": (1, 3)})

    assert _outlines(read(picture)) == 2


def test_what_the_leader_believes_is_drawn(read: Read) -> None:
    drawn = read(draw_logs({"S2": Log.of_terms(1, 1)}, next_index={"S2": 3}, match_index={"S2": 2}))

    assert "next_index of S2: 3" in drawn.titles
    assert "match_index of S2: 2" in drawn.titles


def test_long_logs_are_shown_where_they_part(read: Read) -> None:
    picture = draw_logs({"S1": Log.of_terms(*[1] * 500, 2), "S2": Log.of_terms(*[1] * 499, 3)})
    drawn = read(picture)

    assert float(drawn.root.get("width")) < 1_000
    assert "500" in drawn.texts
    assert "…" in drawn.texts
    assert _outlines(drawn) == 2


def test_long_logs_that_part_early_are_shown_from_there(read: Read) -> None:
    drawn = read(draw_logs({"S1": Log.of_terms(*[1] * 90), "S2": Log.of_terms(1, 1, *[2] * 88)}))

    assert "3" in drawn.texts
    assert _outlines(drawn) == 2


def test_commands_are_written_short_and_told_in_full(read: Read) -> None:
    command = "append a very long line to the book"
    drawn = read(draw_logs({"S1": Log([Entry(1, command)])}))

    assert f"S1, index 1: term 1, “{command}”" in drawn.titles
    assert "append a ve…" in drawn.texts


def test_empty_logs_have_a_picture() -> None:
    assert "index" in draw_logs({"S1": Log(), "S2": Log()}).text
