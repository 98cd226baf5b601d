"""Figure 4 from its table, and the discs of a ballot."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from raftkit.protocol import TRANSITIONS
from raftkit.views import Picture, draw_ballot, draw_roles, role_graph

Read = Callable[[Picture], Any]


def test_the_picture_has_the_transitions_of_the_table_and_no_others(read: Read) -> None:
    drawn = read(draw_roles())
    arrows = [group[0].text for group in drawn.of_class("transition")]

    assert Counter(arrows) == Counter(
        f"{role or 'start'} to {new}: {occasion}" for (role, occasion), new in TRANSITIONS.items()
    )
    assert Counter(text for text in drawn.texts if " " in text) >= Counter(
        occasion for _, occasion in TRANSITIONS
    )


def test_a_large_ballot_has_rows(read: Read) -> None:
    drawn = read(draw_ballot(20, 16, 14))

    assert Counter(drawn.titles)["yes"] == 20
    assert Counter(drawn.titles)["silent"] == 14
    assert "majority: 26" in drawn.texts
    assert float(drawn.root.get("width")) <= 1_000


def test_the_graph_is_the_table() -> None:
    edges = {(a, kind["occasion"], b) for a, b, kind in role_graph().edges(data=True)}

    assert edges == {
        (role or "start", occasion, new) for (role, occasion), new in TRANSITIONS.items()
    }


@pytest.mark.parametrize("role", ["follower", "candidate", "leader"])
def test_the_current_role_is_lit_and_labelled(role: str, read: Read) -> None:
    picture = draw_roles(role)  # type: ignore[arg-type]
    drawn = read(picture)

    assert f"{role}, the role now" in drawn.titles
    assert drawn.texts.count("now") == 1
    assert f"A server is a {role} now." in picture.alt


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no role 'king'"):
        draw_roles("king")  # type: ignore[arg-type]


@pytest.mark.parametrize(("servers", "majority"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3)])
def test_the_line_stands_at_the_majority(servers: int, majority: int, read: Read) -> None:
    picture = draw_ballot(servers, 0, 0)

    assert f"majority: {majority}" in read(picture).texts
    assert picture.text.splitlines()[1].split("│")[0].count("✓") == majority


def test_each_answer_has_a_sign_of_its_own(read: Read) -> None:
    titles = read(draw_ballot(granted=2, refused=1, silent=3)).titles

    assert [titles.count(sign) for sign in ("yes", "no", "silent")] == [2, 1, 3]


@pytest.mark.parametrize("numbers", [(0, 0, 0), (-1, 2, 3)])
def test_an_impossible_ballot_is_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="at least one server"):
        draw_ballot(*numbers)
