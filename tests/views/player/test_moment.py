"""A moment as a text: whoever opens it stands at the same instant, and can go on."""

from dataclasses import replace

import pytest

from raftkit import Cluster, Rules, play
from raftkit.simulator import Cut
from raftkit.views.player import PlaybackOnly
from raftkit.views.player.moment import moment_of, moment_text, run_text


@pytest.fixture(scope="module")
def shared():
    """A player at an instant of an eventful run."""
    cluster = Cluster(servers=5, seed=7)
    cluster.run(ms=400)
    player = play(cluster, at_ms=400)
    player.act(Cut("S1", "S2"))
    player.act(Cut("S1", "S3"), at_ms=650)
    player.time = 500.5
    return player


def test_it_opens_at_the_same_instant_of_the_same_run(shared):
    opened = play(shared.share())

    assert opened.time == 500.5
    assert opened.setup["still"]
    for name in opened.setup["servers"]:
        assert opened.cluster.state(name) == shared.cluster.state(name)
    opened.act(Cut("S4", "S5"))
    assert opened.history.inputs[-1].action == Cut("S4", "S5")


def test_it_is_a_text_that_can_be_sent(shared):
    text = shared.share()

    assert text.isascii()
    assert not set(text) & set(" \n\"'<>&#?/")
    assert len(text) < 1_000
    assert moment_of(f"  {text}\n").time == 500_500


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-10],
        lambda text: text + "A",
        lambda text: text.replace("-500500-", "-500501-"),
        lambda text: text[:200] + text[201:],
        lambda text: text[:200] + text[199] + text[201:] if text[199] != text[200] else "",
        lambda text: text.replace("raftkit1", "raftkit2"),
        lambda text: moment_text("eJwrSS0uAQAEXQHB", 1),
        lambda text: moment_text(text.split("-")[-1], 10**12),
        lambda text: "",
        lambda text: "hello",
    ],
)
def test_a_damaged_one_is_refused_with_a_sentence(shared, damage):
    with pytest.raises(ValueError, match=r"no moment to play.* copy it anew") as refused:
        play(damage(shared.share()))

    assert "\n" not in str(refused.value)


def test_a_run_with_rules_of_its_own_is_not_shared():
    cluster = Cluster(servers=3, rules=replace(Rules(), has_majority=lambda *counts: counts[0] > 1))

    with pytest.raises(PlaybackOnly, match="save_html"):
        play(cluster).share()


def test_a_saved_page_knows_its_own_run(shared, tmp_path):
    shared.save_html(tmp_path / "run.html")

    assert run_text(shared.history) in (tmp_path / "run.html").read_text(encoding="utf-8")
