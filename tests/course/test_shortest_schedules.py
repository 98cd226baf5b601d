"""How short the schedules of notebook 06 can be: proved, within bounds that are stated."""

import pytest

from raftkit.checkers.explorer import Bounds, any_leader, chain, explore
from raftkit.checkers.explorer.stories import figure_8
from raftkit.checkers.figure_3 import ElectionSafety, LeaderCompleteness
from raftkit.course import check
from raftkit.course.chapters.nemesis.cases.shortest_schedules import SCHEDULES
from raftkit.course.chapters.nemesis.cases.targets import TARGETS
from raftkit.course.checking.property_sentences import sentence_of
from raftkit.simulator import (
    ByHand,
    Crash,
    Deliver,
    Lose,
    Propose,
    Restart,
    Timeout,
    TornWrite,
)

pytestmark = pytest.mark.once

each_target = pytest.mark.parametrize("id", TARGETS)
ELECTED = (Timeout("S1"), Deliver("S1", "S2"), Deliver("S2", "S1"))


@each_target
def test_the_shortest_schedule_has_as_many_actions_as_are_said_and_none_too_many(id):
    target, actions = TARGETS[id], SCHEDULES[id]()

    assert len(actions) == target.shortest
    assert target.violation(actions)
    for number in range(len(actions)):
        assert not target.violation(actions[:number] + actions[number + 1 :])


# An action of the explorer is an action of ours, but for a crash: it crashes and restarts in one.
# It goes through all paths of n actions before any of n + 1, so that the first it finds is a
# shortest.
@pytest.mark.parametrize(
    ("id", "bounds"),
    [
        ("6.1", Bounds(terms=2, log=1, commands=1, duplicates=1, crashes=1)),
        ("6.4", Bounds(servers=4, terms=1, log=0, commands=0, duplicates=2)),
        ("6.5", Bounds(terms=2, log=1, commands=1)),
    ],
)
def test_within_bounds_no_schedule_is_shorter(id, bounds):
    found = explore(bounds, rules=TARGETS[id].rules)

    assert found.violation.property == TARGETS[id].breaks
    assert len(found.path) == TARGETS[id].shortest


@pytest.mark.parametrize("id", ["6.2", "6.3"])
def test_two_leaders_that_need_a_vote_each_take_six_actions(id):
    # Here a vote given twice is found before the two leaders are. But no server leads before its
    # timeout, its request and its vote; and none of these is about another candidate.
    bounds = Bounds(terms=2, log=0, commands=0, crashes=1, duplicates=1)
    found = explore(bounds, rules=TARGETS[id].rules, goal=any_leader())

    assert (found.verdict, len(found.path)) == ("goal reached", 3)


def test_to_forget_a_vote_takes_a_crash_and_a_restart_besides():
    forgetful = TARGETS["6.3"].rules

    assert explore(Bounds(log=0, commands=0), rules=forgetful).verdict == "exhausted"
    assert TARGETS["6.3"].shortest == 6 + 2


def five_actions_with_an_entry():
    """Every schedule of five actions in which S1 leads with S2's vote and takes a command.

    No shorter way leads there, and without an entry all logs are the same: there is nothing to
    back up from.
    """
    servers = ("S1", "S2", "S3")
    pairs = [(source, target) for source in servers for target in servers if source != target]
    fifth = [kind(server) for kind in (Timeout, Crash, Restart, TornWrite) for server in servers]
    fifth += [Timeout(server, "heartbeat") for server in servers]
    fifth += [Propose("x=2", server) for server in servers]
    fifth += [
        action
        for ends in pairs
        for place in (0, 1, 2)
        for action in (Lose(*ends, place=place), Deliver(*ends, place=place),
                    Deliver(*ends, place=place, again=True))
    ]  # fmt: skip
    four = (*ELECTED, Propose("x=1", "S1"))
    return [(*four[:at], action, *four[at:]) for at in range(5) for action in fifth]


def test_no_schedule_of_five_actions_stops_a_leader_that_never_backs_up_for_good():
    schedules = five_actions_with_an_entry()

    assert len(schedules) > 300
    assert [actions for actions in schedules if TARGETS["6.6"].violation(actions)] == []


@each_target
def test_a_target_speaks_of_a_property_that_there_is(id):
    assert sentence_of(TARGETS[id].breaks)
    assert TARGETS[id].breaks in (
        ElectionSafety.title, LeaderCompleteness.title, "Commands Get Committed"
    )  # fmt: skip


def test_what_a_search_has_found_can_be_handed_in_as_it_is():
    found = chain(figure_8(), rules=TARGETS["6.7"].rules)
    actions = tuple(timed.action for timed in found.trial.schedule if timed.action != ByHand())

    assert check("6.7", lambda: actions).status == "full"
