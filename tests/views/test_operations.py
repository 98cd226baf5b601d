"""The timeline of operations: lanes, bars, the order found, and the answer that cannot be."""

from collections.abc import Callable
from typing import Any

import pytest

from raftkit.checkers.linearizability import Operation, Verdict, check_linearizable
from raftkit.views import Picture, draw_operations
from raftkit.views.operations_layout import MOST, layout_of


@pytest.fixture(scope="module")
def stale() -> Verdict:
    return check_linearizable(
        [
            Operation("C1", "put", "x", "1", None, 0, 10),
            Operation("C3", "put", "x", "2", None, 5, None),
            Operation("C2", "get", "x", None, "9", 20, 30),
            Operation("C1", "get", "y", None, None, 40, 50),
        ]
    )


def test_the_culprit_and_what_clashes_are_marked_by_more_than_colour(
    stale: Verdict, read: Callable[[Picture], Any]
) -> None:
    drawn = read(draw_operations(stale))

    assert [found.get("class") for found in drawn.of_class("culprit")] == ["culprit"]
    assert "!" in drawn.texts
    assert {"an answer that cannot be", "never answered"} <= {*drawn.texts}
    # No order has room for an answer that nobody wrote, whatever the others did.
    assert "cannot stand beside each other" not in drawn.texts


def test_what_clashes_is_framed_and_explained(read: Callable[[Picture], Any]) -> None:
    calls = [
        Operation("C1", "put", "x", "1", None, 0, 10),
        Operation("C2", "get", "x", None, None, 20, 30),
    ]
    drawn = read(draw_operations(check_linearizable(calls)))

    assert len(drawn.of_class("clashes")) == 1
    assert "cannot stand beside each other" in drawn.texts


def test_every_operation_has_a_title_and_a_line_of_text(
    stale: Verdict, read: Callable[[Picture], Any]
) -> None:
    picture = draw_operations(stale)

    assert "C2: get x → 9 (20 to 30 ms)" in read(picture).titles
    assert " 1    C1: put x 1 (0 to 10 ms)" in picture.text or " 1 *  C1" in picture.text
    assert "   !  C2: get x → 9 (20 to 30 ms)" in picture.text
    assert "C1: get y" not in picture.text  # another key


def test_the_order_is_numbered_and_runs_to_the_right() -> None:
    verdict = check_linearizable(
        [Operation(f"C{n}", "put", "x", str(n), None, n, 100) for n in range(5)]
        + [Operation("C9", "get", "x", None, "3", 200, 210)]
    )
    layout = layout_of(verdict)

    assert sorted(layout.number.values()) == [1, 2, 3, 4, 5, 6]
    points = [
        layout.points[place] for place in sorted(layout.number, key=layout.number.__getitem__)
    ]
    assert points == sorted(points)
    for place, point in layout.points.items():
        assert layout.left[place] < point < layout.right[place]


def test_what_took_effect_late_has_its_number_below_what_its_client_did_then(
    read: Callable[[Picture], Any],
) -> None:
    verdict = check_linearizable(
        [
            Operation("C1", "put", "x", "late", None, 0, None),
            Operation("C1", "put", "x", "1", None, 10, 20),
            Operation("C2", "get", "x", None, "1", 30, 40),
            Operation("C2", "get", "x", None, "late", 50, 60),
        ]
    )
    layout = layout_of(verdict)
    points = [
        layout.points[place] for place in sorted(layout.number, key=layout.number.__getitem__)
    ]

    assert [layout.number[place] for place in range(4)] == [3, 1, 2, 4]
    assert points == sorted(points)
    assert layout.points[0] > layout.right[0]
    assert {"1", "2", "3", "4"} <= {*read(draw_operations(verdict)).texts}


def test_lanes_are_in_the_order_of_names() -> None:
    names = ["C10", "C2", "B", "C1", "\x1b"]
    calls = [Operation(name, "put", "x", "1", None, n) for n, name in enumerate(names)]
    layout = layout_of(check_linearizable(calls))

    assert layout.clients == ("\x1b", "B", "C1", "C2", "C10")
    assert draw_operations(layout.verdict).text.splitlines()[-1].isprintable()


def test_of_many_that_clash_the_latest_are_drawn_with_the_answer_that_cannot_be() -> None:
    entered = [Operation("C1", "enqueue", "q", n, None, 2 * n, 2 * n + 1) for n in range(40)]
    left = [Operation("C2", "dequeue", "q", None, n, 100 + 2 * n, 101 + 2 * n) for n in range(39)]
    wrong = Operation("C2", "dequeue", "q", None, None, 300, 301)
    layout = layout_of(check_linearizable([*entered, *left, wrong], "queue"))

    assert 5 <= len(layout.operations) < MOST
    assert layout.operations[-1] == wrong


def test_labels_of_a_client_do_not_overlap() -> None:
    verdict = check_linearizable(
        [
            Operation("C1", "put", "x", "a long value " * 3 + str(n), None, 3 * n, 3 * n + 1)
            for n in range(6)
        ]
    )
    layout = layout_of(verdict)

    gaps = [after - before for before, after in zip(layout.left, layout.left[1:], strict=False)]
    assert min(gaps) > 200


def test_a_long_history_is_cut_down_to_what_matters(read: Callable[[Picture], Any]) -> None:
    calls = [
        Operation(f"C{n % 4}", "put", "x", str(n), None, 10 * n, 10 * n + 5) for n in range(90)
    ]
    calls.append(Operation("C9", "get", "x", None, "3", 905, 910))
    picture = draw_operations(check_linearizable(calls))

    drawn = read(picture)
    shown = sum(len(drawn.of_class(name)) for name in ("operation", "clashes", "culprit"))
    assert 5 <= shown <= MOST
    assert f"{len(calls) - shown} left out" in picture.alt
    assert any(f"{len(calls) - shown} left out" in words for words in drawn.texts)
    assert float(drawn.root.get("width")) <= 1_000


@pytest.mark.parametrize(
    ("budget", "title"), [(1_000, "Linearizable"), (1, "Unknown: the budget is spent")]
)
def test_the_title_is_the_verdict(budget: int, title: str) -> None:
    calls = [Operation(f"C{n}", "put", "x", str(n), None, 0, 10) for n in range(4)]

    assert draw_operations(check_linearizable(calls, budget=budget)).alt.startswith(f"{title}. ")


def test_no_operations_are_no_trouble() -> None:
    assert draw_operations(check_linearizable([])).text.startswith("Linearizable. 0 operations")
