"""Logs at several moments, and memory above disk: what each picture must tell apart."""

from collections.abc import Callable
from typing import Any

import pytest

from raftkit.protocol import Log, Persistent
from raftkit.simulator import RaftSystem, Timeout
from raftkit.views import Picture, draw_moments, draw_storage
from raftkit.views.palette import ALARM

Read = Callable[[Picture], Any]


@pytest.fixture(scope="module")
def cluster() -> RaftSystem:
    """S1 leads and has committed x=1; then S2 crashes."""
    cluster = RaftSystem(servers=3, seed=1)
    cluster.do(Timeout("S1"))
    cluster.run(ms=20)
    cluster.propose("x=1")
    cluster.run(ms=20)
    cluster.crash("S2")
    cluster.run(ms=5)
    return cluster


def test_an_action_comes_after_the_moment_in_which_it_is_done(
    cluster: RaftSystem, read: Read
) -> None:
    before, after = (
        read(draw_moments(cluster.history, {"now": at_ms})).titles for at_ms in (40, 45)
    )

    assert "S2 is down" not in before
    assert "S2 is down" in after


def test_only_what_a_server_knows_is_drawn_as_committed(cluster: RaftSystem, read: Read) -> None:
    titles = read(draw_moments(cluster.history, {"now": 45})).titles

    assert "S1, index 1: term 1, “x=1”, committed" in titles
    assert "S2, index 1: term 1, “x=1”" in titles


def test_each_moment_has_a_panel(cluster: RaftSystem) -> None:
    picture = draw_moments(cluster.history, {str(number): number for number in range(0, 42, 6)})

    assert picture.alt.startswith("The logs of S1, S2 and S3 at 7 moments: 0 (0 ms), 6 (6 ms), ")
    assert picture.text.count("S3") == 1 + 7


def test_a_long_log_is_drawn_in_rows_from_an_index_on(read: Read) -> None:
    long = Persistent(9, "S1", Log.of_terms(*range(1, 71)))
    whole, part = (
        read(draw_storage(long, long, "leader", 3, 2, first_index=first)) for first in (None, 5)
    )

    assert "indexes 23 to 70 of 70" in whole.texts
    assert "indexes 5 to 52 of 70" in part.texts
    assert part.titles.count("index 5: term 5") == 2
    assert "index 4: term 4" not in part.titles
    assert float(part.root.get("width")) <= 1_000


def test_the_first_difference_of_long_logs_is_drawn(read: Read) -> None:
    one, other = Log.of_terms(*[1] * 70), Log.of_terms(1, 1, *[2] * 60)
    drawn = read(draw_storage(Persistent(2, "S1", one), Persistent(2, "S1", other)))

    assert "index 3: term 2" in drawn.titles


def _outlines(drawn: Any) -> int:
    # The last one is the key's.
    return max(0, sum(e.get("stroke") == ALARM for e in drawn.root.iter()) - 1)


@pytest.mark.parametrize(
    ("disk", "behind"),
    [
        (Persistent(2, "S1", Log.of_terms(1, 2)), 0),
        (Persistent(1, "S1", Log.of_terms(1, 2)), 1),
        (Persistent(1, None, Log.of_terms(1)), 3),
    ],
)
def test_what_the_disk_lacks_is_outlined(disk: Persistent, behind: int, read: Read) -> None:
    picture = draw_storage(Persistent(2, "S1", Log.of_terms(1, 2)), disk)

    assert _outlines(read(picture)) == behind
    assert ("holds what memory does" in picture.alt) == (behind == 0)


def test_volatile_values_are_drawn_if_they_are_given(read: Read) -> None:
    same = Persistent()
    drawn = read(draw_storage(same, same, role="leader", commit_index=0))

    assert {"role: leader", "commit_index: 0"} <= set(drawn.titles)
    assert "last_applied" not in " ".join(drawn.titles)
