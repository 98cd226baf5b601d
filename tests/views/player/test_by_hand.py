"""By hand in the player: nothing happens but what somebody does, and it makes a schedule."""

import pytest

from raftkit import Cluster, check, play, try_out
from raftkit.checkers.schedules import draw_short_trial
from raftkit.checkers.shrinker import schedule_of
from raftkit.checkers.trials import run_trial
from raftkit.course.chapters.nemesis.cases.shortest_schedules import SCHEDULES
from raftkit.course.nemesis.schedule_run import run_schedule
from raftkit.protocol.json_form import to_json
from raftkit.simulator import ByHand, Deliver, HandsOff, Lose, Timeout
from raftkit.simulator.by_hand import is_by_hand


def stub(name):
    """An answer of notebook 06 as it is handed out."""
    names = {}
    exec(f"def {name}():\n    raise NotImplementedError", names)
    return names[name]


class Hand:
    """Somebody who clicks, one action after the other, from the beginning on."""

    def __init__(self, browser):
        self.browser, self.at = browser, 0

    def act(self, action):
        answer = self.browser.ask(
            do="act", at=self.at, watched_until=self.at, actions=[to_json(action)]
        )
        assert not answer["status"], answer
        self.at = answer["done"]
        return answer["report"]

    def exported(self):
        return self.browser.ask(do="python", at=self.at, by_hand=True)["text"]


def flights_of(browser):
    """The flights of the first window, before they are packed."""
    return browser.player._futures.now.timeline.window(0)["flights"]


def function_of(name, body):
    """The function that has these lines pasted into its body, as in a cell of the notebook."""
    names = {}
    exec(f"from raftkit.simulator import *\n\ndef {name}():\n    '''Mine.'''\n{body}\n", names)
    return names[name]


@pytest.mark.parametrize("id", SCHEDULES)
def test_what_is_clicked_together_is_an_answer_with_full_points(browser_of, id):
    name = SCHEDULES[id].__name__
    hand = Hand(browser_of(try_out(stub(name))))

    for action in SCHEDULES[id]():
        hand.act(action)
    answer = function_of(name, hand.exported())

    assert check(id, answer).status == "full"


def test_by_hand_an_action_takes_a_millisecond_and_then_all_waits(browser_of):
    browser = browser_of(try_out(stub("break_the_voter")))
    hand = Hand(browser)

    report = hand.act(Timeout("S1"))
    browser.ask(do="window", number=3)

    assert (hand.at, report["end"], report["byHand"]) == (1_000, 1_000, True)
    assert browser.player.history.end == 1_000
    flights = flights_of(browser)
    assert [(row[1], row[2], row[4], row[10]) for row in flights] == [
        ("S1", "S2", None, 1_000),
        ("S1", "S3", None, 1_000),
    ]


def test_a_copy_that_is_kept_stays_in_line(browser_of):
    hand = Hand(browser_of(try_out(stub("break_the_voter"))))
    hand.act(Timeout("S1"))

    hand.act(Deliver("S1", "S3", again=True))

    rows = [row for row in flights_of(hand.browser) if row[2] == "S3"]
    assert [(row[4], row[7]) for row in rows] == [(None, "under way"), (2_000, "arrived")]


def test_acting_in_the_past_of_a_schedule_forgets_what_it_had_planned(browser_of):
    browser = browser_of(try_out(SCHEDULES["6.2"]))

    report = browser.ask(
        do="act", at=3_000, watched_until=6_000, actions=[to_json(Lose("S1", "S2"))]
    )

    assert report["done"] == 4_000
    assert report["report"]["future"] == 1
    browser.player.time = 4.0
    assert browser.player.schedule() == (*SCHEDULES["6.2"]()[:3], Lose("S1", "S2"))


def test_a_running_cluster_is_taken_in_hand_and_let_go_again(browser_of):
    browser = browser_of(Cluster(servers=3, seed=7))
    browser.ask(do="act", at=50_000, watched_until=50_000, actions=[to_json(Timeout("S1"))])

    report = browser.ask(do="act", at=51_000, watched_until=51_000, actions=[to_json(ByHand())])[
        "report"
    ]
    waiting = [row for row in flights_of(browser) if row[10] is not None]
    after = browser.ask(do="act", at=51_000, watched_until=51_000, actions=[to_json(HandsOff())])[
        "report"
    ]

    assert report["byHand"]
    assert report["end"] == 51_000
    assert {(row[1], row[2]) for row in waiting} == {("S1", "S2"), ("S1", "S3")}
    assert not after["byHand"]
    assert after["end"] > 2_000_000


@pytest.mark.parametrize("number", range(25))
def test_any_run_is_told_by_hand_to_the_same_end(number):
    trial = draw_short_trial(number)
    cluster = run_trial(trial)

    told = schedule_of(cluster.history)
    run = run_schedule(told, trial.servers)

    for server in cluster.servers:
        ended, retold = cluster.state(server), run.cluster.state(server)
        assert (ended is None) == (retold is None)
        if ended is not None:
            assert (ended.standing, ended.log) == (retold.standing, retold.log)
            assert ended.commit_index == retold.commit_index


def test_the_player_says_of_a_run_in_time_what_happened_to_the_servers():
    player = play(Cluster(servers=3, seed=7))
    player.act(Timeout("S1"))
    player.time = 12.0

    told = player.schedule()

    assert told[0] == Timeout("S1")
    assert {type(action) for action in told} == {Timeout, Deliver}
    assert player.program(by_hand=True).startswith('    return (\n        Timeout("S1"),\n')
    assert not is_by_hand(player.history, 12_000)
