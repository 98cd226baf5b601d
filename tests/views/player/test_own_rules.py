"""One's own rules and servers in the player: a counterexample, a story, a history from a file."""

import subprocess
import sys
from dataclasses import replace

import pytest

from raftkit import Cluster, Rules, check, play, replay, rules_with, try_out
from raftkit.checkers.trials import ANSWERS
from raftkit.course import EXERCISES, exercise
from raftkit.course.tutor import commands
from raftkit.course.wrong_answers import WRONG_ANSWERS
from raftkit.protocol import Server
from raftkit.protocol.json_form import to_json
from raftkit.simulator import Crash, Deliver, History, Timeout
from raftkit.views.player import PlaybackOnly
from raftkit.views.player.timeline import WINDOW

IDS = {each.id for each in EXERCISES}


@pytest.fixture(autouse=True)
def fresh_session(monkeypatch):
    monkeypatch.setattr(commands, "_session", commands._Session())


def should_grant_vote(standing, request, up_to_date):
    return True


def broken_at(player):
    return player.history.violations[0].time


def test_a_counterexample_is_opened_shortly_before_it_breaks_and_stops_there(browser_of):
    check("2.3", should_grant_vote)
    browser = browser_of(replay("2.3"))
    player = browser.player

    report = browser.ask(do="window", number=0)["report"]
    beyond = browser.ask(do="window", number=5)["report"]

    assert 0 < player.time * 1_000 < broken_at(player)
    assert report["live"]
    assert report["violations"][0]["servers"]
    assert report["violations"][0]["time"] == broken_at(player) == beyond["end"]


def test_in_a_counterexample_ones_own_rule_goes_on_deciding(browser_of):
    """Without the vote that broke it nobody leads; with it, by the student's rule, two do."""
    check("2.3", should_grant_vote)
    browser = browser_of(replay("2.3"))
    told = browser.player.history
    last = told.inputs[-1]
    at = last.at - 1_000

    other = browser.ask(do="act", at=at, watched_until=last.at, actions=[to_json(Crash("S1"))])
    assert other["report"]["violations"] == []
    again = browser.ask(
        do="act", at=at + 1_000, watched_until=at + 1_000, actions=[to_json(last.action)]
    )

    assert isinstance(last.action, Deliver)
    assert [each["label"] for each in again["report"]["futures"]] == ["", "S1 crashes"]
    assert again["report"]["violations"][0]["words"].startswith("Leader Completeness")


def test_acting_beyond_a_broken_property_is_refused(browser_of):
    check("2.3", should_grant_vote)
    browser = browser_of(replay("2.3"))
    end = broken_at(browser.player)

    answer = browser.ask(do="act", at=end, watched_until=end, actions=[to_json(Crash("S1"))])

    assert "a property is broken here" in answer["status"]


@pytest.mark.parametrize("notebook", ["01_timers", "02_voting", "03_log_replication"])
def test_what_breaks_in_the_check_breaks_in_the_player_at_the_same_instant(notebook):
    """Every twelfth wrong rule; also of a bound on time, which no run shows to be missed."""
    wrong = [
        each
        for each in WRONG_ANSWERS
        if each.check in IDS
        and exercise(each.check).notebook == notebook
        and exercise(each.check).is_rule
        and each.server is None
        and len(each.replaced) == 1
    ]
    shown = 0
    for each in wrong[::12]:
        check(each.check, each.rule)
        found = replay(each.check)
        if found.recording is not None:
            player, expected = play(found), found.recording.history
            assert player.history.violations == expected.violations
            assert list(map(repr, player.history.records)) == list(map(repr, expected.records))
            shown += 1
    assert shown > 1


@pytest.mark.usefixtures("few_stories")
@pytest.mark.parametrize(
    ("id", "breaks"),
    [("V2c", "One Vote per Term"), ("V34", "One Vote per Term"), ("V35", None)],
)
def test_what_breaks_a_whole_server_is_played_with_it(browser_of, id, breaks):
    """V35 fails a scenario without breaking a property: then its end is shown, and it goes on."""
    check("7.1", next(each.server for each in WRONG_ANSWERS if each.id == id))
    found = replay("7.1")
    browser = browser_of(found)
    told = list(map(repr, found.recording.history.records))

    report = browser.ask(do="window", number=int(browser.player.time * 1_000) // WINDOW)["report"]

    assert list(map(repr, browser.player.history.records[: len(told)])) == told
    assert [each["words"].partition(" (")[0] for each in report["violations"]][:1] == (
        [breaks] if breaks else []
    )
    assert report["live"]
    assert 0 <= browser.player.time * 1_000 < found.recording.history.end


class Deaf(Server):
    """A server that cannot add up."""

    def handle(self, event):
        if type(event).__name__ == "RequestVoteRequest":
            raise ZeroDivisionError("division by zero")
        return super().handle(event)


def test_an_error_in_a_server_stops_the_clock_and_outlines_it(browser_of):
    player = play(make_server=Deaf)
    player.act(Timeout("S1"))

    violation = player.opening_report()["violations"][0]

    assert violation["servers"] != ("S1",)
    assert violation["words"].startswith(ANSWERS)
    assert " raised ZeroDivisionError: division by zero" in violation["words"]


def test_an_error_in_a_rule_is_said_as_its_guard_says_it():
    def count_vote(standing, tally, response):
        return tally.grantd

    player = play(rules=rules_with(count_vote))
    player.act(Timeout("S1"))

    (violation,) = player.opening_report()["violations"]

    assert "Your function raised AttributeError" in violation["words"]
    assert "in count_vote" in violation["words"]


def test_servers_that_keep_each_other_busy_come_to_an_end():
    player = play(rules=replace(Rules(), election_timeout=lambda settings, draw: 1))

    (violation,) = player.opening_report()["violations"]

    assert violation["words"].startswith("Bounded Work")


def test_a_history_from_a_file_is_live_with_its_own_rules(browser_of, two_leaders):
    rules = two_leaders.parts["rules"]
    told = History.from_json(two_leaders.history.to_json())

    with pytest.raises(PlaybackOnly):
        _ = play(told).cluster
    browser = browser_of(told, rules=rules)
    answer = browser.ask(do="window", number=0)["report"]

    assert answer["live"]
    assert [each["time"] for each in answer["violations"]] == [0]


def test_a_history_from_a_file_is_live_with_its_own_servers(browser_of):
    class Mine(Server):
        pass

    cluster = Cluster(servers=3, seed=7, make_server=Mine)
    cluster.run(ms=300)
    told = History.from_json(cluster.history.to_json())
    browser = browser_of(told, make_server=Mine)

    report = browser.ask(
        do="act", at=200_000, watched_until=200_000, actions=[to_json(Crash("S1"))]
    )

    assert report["report"]["live"]
    assert "cannot" not in report["status"]


def test_a_cluster_has_its_own_rules():
    with pytest.raises(ValueError, match=r"a cluster has its own rules: hand yours to Cluster"):
        play(Cluster(servers=3), rules=Rules())


def test_a_story_is_played_on_with_ones_own_rule():
    drawn = try_out(should_grant_vote, lambda cluster: cluster.run(ms=50), seed=1)
    player = play(drawn)
    player.time = 50.0
    player.act(Timeout("S1"), Timeout("S2"))
    player.opening_report()

    assert player.history.violations[0].property == "One Vote per Term"
    assert player.setup["title"] == "With your should_grant_vote"


def test_what_cannot_be_played_is_shown_as_it_is():
    def has_majority(granted, refused, servers):
        raise NotImplementedError

    for shown in (replay("2.1"), try_out(has_majority, lambda cluster: cluster.run(ms=300))):
        assert play(shown) is shown


def test_a_check_does_not_wait_for_widgets(repository):
    code = (
        "import sys; from raftkit import check, replay\n"
        "def should_grant_vote(standing, request, up_to_date): return True\n"
        "check('2.3', should_grant_vote); assert replay('2.3').recording\n"
        "print([name for name in ('anywidget', 'ipywidgets', 'traitlets') if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True
    )

    assert (done.stdout.strip(), done.stderr) == ("[]", "")
