"""The player's Python side: what the browser asks is answered, whatever it asks."""

import threading
from random import Random

import pytest
from ipywidgets import HBox, VBox, interactive

from raftkit import Cluster, play
from raftkit.simulator import Crash, History, Restart, Timeout
from raftkit.views.picture import FOLLOW_JUPYTER
from raftkit.views.player import SCENES, PlaybackOnly, Scene

CRASH = {"is": "Crash", "server": "S4"}


def crash(browser, at, watched_until):
    return browser.ask(do="act", at=at, watched_until=watched_until, actions=[CRASH])


def test_a_window_beyond_the_end_lets_the_run_go_on(browser_of):
    browser = browser_of(Cluster(servers=5, seed=7))

    report = browser.ask(do="window", number=1)["report"]

    assert [window["number"] for window in report["windows"]] == [1]
    assert report["end"] >= 4_000_000


def test_acting_where_nobody_has_watched_yet_makes_no_second_future(browser_of):
    browser = browser_of(Cluster(servers=5, seed=7))
    browser.ask(do="window", number=0)

    report = crash(browser, at=200_000, watched_until=200_000)["report"]

    assert [future["id"] for future in report["futures"]] == [0]
    assert browser.player.history.inputs[-1].action == Crash("S4")


def test_acting_in_the_past_begins_a_new_future_and_keeps_the_old(browser_of):
    browser = browser_of(Cluster(servers=5, seed=7))
    browser.ask(do="window", number=0)
    before = browser.player.history.to_json()

    report = crash(browser, at=200_000, watched_until=900_000)["report"]

    assert report["futures"][1] == {
        "id": 1, "parent": 0, "forked": 200_000, "label": "S4 crashes",
    }  # fmt: skip
    assert report["future"] == 1
    browser.ask(do="watch", future=0, at=0)
    assert browser.player.history.to_json() == before


def test_the_cluster_that_is_played_is_never_touched(browser_of):
    cluster = Cluster(servers=5, seed=7)
    cluster.run(ms=260)
    before = cluster.history.to_json()
    browser = browser_of(cluster)

    browser.ask(do="window", number=3)
    crash(browser, at=100_000, watched_until=500_000)

    assert cluster.history.to_json() == before


def test_the_lines_of_python_make_the_same_run_again(browser_of):
    browser = browser_of(Cluster(servers=5, seed=7, clients=1))
    crash(browser, at=200_000, watched_until=0)
    browser.ask(do="scene", scene=1, at=700_000, watched_until=700_000)
    text = browser.ask(do="python", at=1_000_000)["text"]
    names = {}

    exec(text, names)

    replayed = browser.player._futures.at(1_000_000)
    assert names["cluster"].history.to_json() == replayed.history.to_json()


@pytest.mark.parametrize(
    ("actions", "said"),
    [
        ([{"is": "Crash", "server": "S9"}], "there is no server 'S9'"),
        ([{"is": "Elephant"}], "unknown kind of value 'Elephant'"),
        ([{"is": "Entry", "term": 1}], "nothing to do to a cluster"),
        ([{"is": "NetworkConditions", "loss": 7.0}], "loss"),
        ([], "nobody to do that"),
    ],
)
def test_an_impossible_action_is_said_and_changes_nothing(browser_of, actions, said):
    browser = browser_of(Cluster(servers=5, seed=7))
    before = browser.player.history.to_json()

    answer = browser.ask(do="act", at=0, watched_until=0, actions=actions)

    assert said in answer["status"]
    assert browser.player.history.to_json() == before


def test_nonsense_from_a_browser_is_answered(browser_of):
    browser = browser_of(Cluster(servers=3, seed=7))

    for message in ({"do": "dance"}, {"do": "window"}, {"do": "watch", "future": 5, "at": 0}):
        assert browser.ask(**message)["status"]


def test_a_history_is_played_and_forked(browser_of):
    cluster = Cluster(servers=5, seed=7)
    cluster.run(ms=500)
    browser = browser_of(History.from_json(cluster.history.to_json()))

    report = crash(browser, at=300_000, watched_until=400_000)["report"]

    assert report["live"]
    assert report["future"] == 1


def test_a_history_with_rules_of_its_own_is_playback_only(browser_of, two_leaders):
    browser = browser_of(History.from_json(two_leaders.history.to_json()))

    answer = browser.ask(do="window", number=4)
    refused = crash(browser, at=0, watched_until=0)

    assert not answer["report"]["live"]
    assert "can be watched, not changed" in refused["status"]
    with pytest.raises(PlaybackOnly):
        _ = browser.player.cluster


def test_nothing_follows_a_broken_property(browser_of, two_leaders):
    browser = browser_of(two_leaders)
    browser.ask(do="window", number=0)
    end = browser.player.history.end

    answer = crash(browser, at=end + 5_000, watched_until=0)

    assert "a property is broken here" in answer["status"]


@pytest.mark.parametrize("scene", range(len(SCENES)))
@pytest.mark.parametrize("at", [0, 400_000])
def test_every_scene_can_be_played_at_any_time(browser_of, scene, at):
    browser = browser_of(Cluster(servers=5, seed=7))

    answer = browser.ask(do="scene", scene=scene, at=at, watched_until=at)

    assert answer.get("report", {}).get("violations", []) == []
    assert "Error" not in answer.get("status", "")


@pytest.mark.parametrize("title", ["A command", "The leader in a minority", "Logs that differ"])
def test_a_scene_about_a_leader_waits_for_one(browser_of, title):
    browser = browser_of(Cluster(servers=5, seed=7))
    number = next(n for n, scene in enumerate(SCENES) if scene.title == title)

    browser.ask(do="scene", scene=number, at=0, watched_until=0)

    browser.player.time = 500.0
    cluster = browser.player.cluster
    assert any(cluster.state(name).log for name in cluster.servers)


def test_the_story_names_a_server_once(browser_of):
    browser = browser_of(Cluster(servers=5, seed=7))
    crash(browser, at=400_000, watched_until=400_000)

    timeline = browser.player._futures.now.timeline
    told = [who + words for _, who, words, *_ in timeline.window(0)["events"]]

    assert [words for words in told if "crashes" in words] == [f"{CRASH['server']} crashes"]


def test_in_a_scene_logs_differ_and_become_equal(browser_of):
    browser = browser_of(Cluster(servers=5, seed=7))
    number = next(n for n, scene in enumerate(SCENES) if scene.title == "Logs that differ")
    times = browser.ask(do="scene", scene=number, at=400_000, watched_until=400_000)["times"]
    browser.ask(do="window", number=0)
    browser.player.time = times[1] / 1_000
    apart = browser.player.cluster
    browser.player.time = times[-1] / 1_000
    together = browser.player.cluster

    assert len({tuple(apart.state(name).log) for name in apart.servers}) > 1
    assert {str(together.state(name).log) for name in together.servers} == {
        str(apart.state(str(apart.leader)).log)
    }


def test_a_story_of_ones_own_is_a_scene(browser_of):
    def story(cluster):
        cluster.crash("S3")
        cluster.run(ms=100)
        cluster.restart("S3")

    browser = browser_of(Cluster(servers=3), scenes=(Scene("A nap", story=story),))
    browser.ask(do="scene", scene=0, at=400_000, watched_until=900_000)
    asked = browser.player.history.inputs

    assert [(each.now, each.action) for each in asked] == [
        (400_000, Crash("S3")),
        (500_000, Restart("S3")),
    ]
    assert browser.ask(do="window", number=0)["report"]["futures"][-1]["label"] == "A nap"


def test_a_scene_that_finds_nobody_says_so(browser_of):
    browser = browser_of(Cluster(servers=3), scenes=(Scene("", story=lambda cluster: None),))
    answer = browser.ask(do="scene", scene=0, at=0, watched_until=0)

    assert answer["status"] == "There is nobody to do that to now."


def test_a_rule_is_shown_as_the_kit_has_it(browser_of):
    text = browser_of(None).ask(do="rule", name="has_majority")["text"]

    assert "def has_majority(" in text


def test_python_can_act_and_observe_as_a_click_does():
    player = play(Cluster(servers=3, seed=7))
    told = []
    player.observe(lambda change: told.append(change.new), "time")

    player.time = 250.0
    player.act(Timeout("S1"))

    assert told == [250.0]
    assert player.cluster.history.inputs[-1].action == Timeout("S1")
    assert "cluster.do(Timeout" in player.program()


def test_sliders_and_boxes_of_ipywidgets_take_it():
    player = play(Cluster(servers=3, seed=7))
    told = []
    player.observe(lambda change: told.append((change.name, change.new)), ["time", "speed"])

    def drive(ms, fast, running):
        player.time, player.speed, player.playing = ms, 1 / 10 if fast else 1 / 50, running

    driven = interactive(drive, ms=(0.0, 2_000.0), fast=False, running=False)
    box = VBox([player, HBox([driven])])
    slider, fast, running = driven.children[:3]
    driven.update()
    slider.value, fast.value, running.value = 700.0, True, True

    assert box.children[0] is player
    assert (player.time, player.speed, player.playing) == (700.0, 1 / 10, True)
    assert told[-2:] == [("time", 700.0), ("speed", 1 / 10)]
    assert player.cluster.now_ms == 700.0


def test_it_is_a_picture_with_words_where_there_is_no_widget():
    player = play(Cluster(servers=3, seed=7), at_ms=300)
    player.opening_report()
    shown, _ = player._repr_mimebundle_()

    assert shown["text/plain"].startswith("A Raft cluster: S1, S2 and S3 from 0 ms to 300 ms")
    assert shown["text/html"].startswith(f"{FOLLOW_JUPYTER}<img alt=")
    assert "application/vnd.jupyter.widget-view+json" in shown


def test_acting_while_a_cell_runs_the_same_cluster_corrupts_nothing(browser_of):
    """A notebook answers widgets from another thread, while cells run."""
    cluster = Cluster(servers=5, seed=7)
    cluster.run(ms=200)
    browser = browser_of(cluster)
    failures = []

    def clicks():
        draw = Random(3)
        for turn in range(25):
            at = draw.randrange(0, 200_000)
            action = {"is": "Restart" if turn % 2 else "Crash", "server": "S1"}
            answer = browser.ask(do="act", at=at, watched_until=250_000, actions=[action])
            if answer.get("status"):
                failures.append(answer["status"])

    clicking = threading.Thread(target=clicks)
    clicking.start()
    for _ in range(200):
        cluster.run(ms=10)
        cluster.propose("x=1")
    clicking.join()

    assert failures == []
    assert len(browser.player._futures.all) == 26
    assert cluster.violations == []
    again = Cluster.replay(History.from_json(cluster.history.to_json()))
    assert again.history.to_json() == cluster.history.to_json()
    for future in browser.player._futures.all:
        assert future.cluster is None or future.cluster.violations == []


def test_a_page_of_its_own_needs_nothing_from_anywhere(tmp_path):
    page = tmp_path / "run.html"

    play(Cluster(servers=3, seed=7)).save_html(page, until_ms=300)

    text = page.read_text(encoding="utf-8")
    assert "https://" not in text.replace("https://www.w3.org", "")
    assert "<script src" not in text
    assert "<link" not in text
