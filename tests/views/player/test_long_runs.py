"""Long runs: saved with all futures, drawn from their latest part, told again from anywhere."""

import base64
import json
import zlib

import pytest

from raftkit import Cluster, play
from raftkit.views.player import saved_futures
from raftkit.views.player.history_parts import LATEST
from raftkit.views.player.packing import packed
from raftkit.views.player.timeline import WINDOW, Timeline


def saved_page(player, path, **options):
    """What a saved page holds, and its compressed windows."""
    player.save_html(path, **options)
    text = path.read_text(encoding="utf-8")
    held, windows = (
        text.partition(f'id="{name}">')[2].partition("</script>")[0]
        for name in ("recording", "windows")
    )
    return json.loads(held.replace("<\\/", "</")), windows.split("\n")


def window_in(line):
    return json.loads(zlib.decompress(base64.b64decode(line)))


@pytest.fixture
def with_three_futures(browser_of):
    """A run of ten seconds, a crash in it at five, and a cut in that one at seven."""
    browser = browser_of(Cluster(servers=3, seed=7))
    browser.player.windows(4)
    crash = [{"is": "Crash", "server": "S1"}]
    browser.ask(do="act", at=5_100_000, actions=crash, watched_until=9_000_000)
    browser.player.windows(5)
    cut = [{"is": "Cut", "source": "S2", "target": "S3"}]
    browser.ask(do="act", at=7_100_000, actions=cut, watched_until=9_000_000)
    return browser.player


def test_a_saved_page_keeps_every_future_and_stores_their_common_past_once(
    with_three_futures, tmp_path
):
    held, windows = saved_page(with_three_futures, tmp_path / "run.html")

    assert held["watched"] == 2
    futures = held["reports"]["2"]["futures"]
    assert [each["parent"] for each in futures] == [None, 0, 1]
    assert held["places"]["0"][:2] == held["places"]["1"][:2] == held["places"]["2"][:2]
    assert held["places"]["0"][3] != held["places"]["1"][3]
    assert len(windows) < sum(map(len, held["places"].values()))
    for future in with_three_futures._futures.all:
        told = [window_in(windows[place]) for place in held["places"][str(future.id)]]
        assert told == [
            json.loads(json.dumps(packed(future.timeline.window(number))))
            for number in range(future.end // WINDOW + 1)
        ]


def test_a_saved_page_that_would_be_too_large_says_which_futures_it_lacks(
    with_three_futures, tmp_path, monkeypatch
):
    monkeypatch.setattr(saved_futures, "LIMIT", 1)

    held, _ = saved_page(with_three_futures, tmp_path / "run.html")

    assert [each["id"] for each in held["reports"]["2"]["futures"]] == [2]
    assert held["reports"]["2"]["futures"][0]["parent"] is None
    assert "2 of 3 futures are left out (the first future; S1 crashes)" in held["note"]


def test_a_picture_of_a_long_run_shows_its_latest_part_in_the_right_roles():
    cluster = Cluster(servers=3, seed=7)
    cluster.run(ms=120_000)
    leader = cluster.leader
    cluster.propose("x=1")
    cluster.run(ms=1_000)

    picture = play(cluster, at_ms=cluster.now_ms).snapshot()

    assert len(cluster.history.records) > LATEST
    assert "to 121,000 ms" in picture.alt or "to 121000 ms" in picture.alt
    assert f"{leader}  gets the request “x=1”" in picture.text
    assert "becomes" not in picture.alt


def test_windows_are_told_alike_in_any_order():
    cluster = Cluster(servers=3, seed=7)
    cluster.run(ms=50_000)
    forwards, backwards = Timeline(cluster.history), Timeline(cluster.history)

    told = [forwards.window(number) for number in range(26)]

    assert told == [backwards.window(number) for number in reversed(range(26))][::-1]
    assert told[25]["start"] == 25 * WINDOW
    assert forwards.window(26) is None
