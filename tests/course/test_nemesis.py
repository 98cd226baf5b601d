"""Schedules against broken Rafts: what can be one, what it comes to, and how short it can be."""

import pytest

from raftkit import act_out, check, reveal, try_out
from raftkit.course import KitError, StudentError, exercise
from raftkit.course.chapters.nemesis.cases.shortest_schedules import SCHEDULES
from raftkit.course.chapters.nemesis.cases.targets import TARGETS
from raftkit.course.nemesis import read_schedule
from raftkit.course.nemesis.schedule import ACTIONS_MOST
from raftkit.course.nemesis.schedule_run import hands_off, run_schedule
from raftkit.course.wrong_answers import WRONG_ANSWERS
from raftkit.simulator import (
    Crash,
    Deliver,
    Lose,
    Partition,
    Propose,
    Restart,
    Timeout,
    TornWrite,
)

each_target = pytest.mark.parametrize("id", TARGETS)
ELECTED = (Timeout("S1"), Deliver("S1", "S2"), Deliver("S2", "S1"))


def named(id, actions):
    """A function as a student hands it in."""

    def answer():
        return actions

    answer.__name__ = exercise(id).answer
    return answer


def lines_of(id, actions, case):
    """What the feedback says of one case, by its label."""
    result = check(id, named(id, actions))
    return dict(next(each for each in result.cases if each.name.startswith(case)).lines)


# What a schedule is ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "complaint"),
    [
        (None, "returned None, and a tuple of actions was expected: does every path"),
        (Timeout("S1"), r"returned one action: a tuple of one has a comma, \(Timeout\(\"S1\"\),\)"),
        ("S1", "returned a str"),
        (iter(ELECTED), "returned a tuple_iterator"),
        ((Timeout("S1"), ELECTED), "Action 2 is itself a tuple of actions: put a star before it"),
        ((Timeout,), r"Action 1 is Timeout itself: name a server, as in Timeout\(\"S1\"\)"),
        ((Partition((("S1",), ("S2",))),), "Action 1 is Partition, which is not needed by hand"),
        (("S1",), "Action 1 is 'S1', which is no action; there are Timeout, Deliver, Lose"),
        ((Timeout(1),), "Action 1 cannot be read: server of Timeout is 1"),
        ((Deliver("S1", "S2", "RequestVote"),), "Action 1 names the kind 'RequestVote'; there are"),
        ((Timeout("S1", "elections"),), "Action 1 names the timer 'elections'; there are election"),
        ([Timeout("S1")] * (ACTIONS_MOST + 1), "has 101 actions"),
    ],
)
def test_what_is_no_schedule_is_told_so_in_a_sentence(result, complaint):
    with pytest.raises(StudentError, match=complaint) as told:
        read_schedule(result)

    assert "\n" not in told.value.text


def test_a_list_will_do():
    assert read_schedule(list(ELECTED)) == ELECTED


def test_a_misspelt_server_is_told_with_those_that_exist():
    said = lines_of("6.2", (*ELECTED, Crash("S9")), "every action")["But"]

    assert said == "Action 4, Crash(\"S9\"): there is no 'S9'; there are S1, S2, S3."


def test_a_server_that_crashes_at_a_later_write_is_missed_in_the_majority():
    said = lines_of("6.6", (*ELECTED, Crash("S3"), TornWrite("S2")), "it breaks")["So far"]

    assert "Without a majority no Raft commits anything" in said


def test_the_exercise_with_four_servers_has_four():
    assert "But" not in lines_of("6.4", (Timeout("S4"),), "every action")


# Actions that come to nothing -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("actions", "said"),
    [
        ((Deliver("S1", "S2"),), "no message from S1 to S2 is under way."),
        ((Deliver("S2", "S1", "RequestVoteResponse"),), "no RequestVoteResponse from S2 to S1"),
        ((*ELECTED, Deliver("S2", "S1")), "no message from S2 to S1"),
        ((*ELECTED, Lose("S1", "S3", place=2)), "there is only RequestVoteRequest and Append"),
        ((*ELECTED, Deliver("S1", "S3", place=-3)), "there is only RequestVoteRequest and Append"),
        ((Timeout("S1"), Crash("S2"), Deliver("S1", "S2")), "S2 is down."),
        ((Crash("S1"), Crash("S1")), "S1 is down."),
        ((Crash("S1"), Timeout("S1")), "S1 is down."),
        ((Crash("S1"), TornWrite("S1")), "S1 is down."),
        ((Crash("S1"), Propose("x=1", "S1")), "S1 is down."),
        ((Restart("S1"),), "S1 is running."),
        ((*ELECTED, Timeout("S1")), "S1 leads, and believes that it still does"),
        ((Timeout("S1", "heartbeat"),), "S1 does not lead."),
        ((Propose("x=1"),), "nobody leads."),
        ((*ELECTED, Propose("x=1", "S2")), "S2 does not lead, and refuses."),
    ],
)
def test_an_action_that_does_nothing_is_told_with_its_number(actions, said):
    run = run_schedule(actions, servers=3)

    assert [number for number, _, _ in run.without_effect] == [len(actions)]
    assert said in run.without_effect[0][2][0]
    assert "§" in run.without_effect[0][2][1] or "Figure" in run.without_effect[0][2][1]


@each_target
def test_no_action_of_the_shortest_schedule_does_nothing(id):
    assert TARGETS[id].run(SCHEDULES[id]()).without_effect == ()


def test_an_empty_schedule_is_none():
    assert lines_of("6.1", (), "every action")["Returned"] == "no action at all."


# What it breaks ----------------------------------------------------------------------------


@each_target
def test_the_right_raft_survives_the_shortest_schedule_whatever_luck_brings(id):
    for seed in range(20):
        run = run_schedule(SCHEDULES[id](), TARGETS[id].servers, seed=seed)

        assert run.cluster.violations == []
        assert hands_off(run.cluster) is None


def test_what_breaks_by_waiting_breaks_whatever_luck_brings():
    assert TARGETS["6.6"].violation(SCHEDULES["6.6"](), range(20))


def test_a_schedule_that_lives_on_luck_does_not_count():
    # S2's request for a vote and S1's entry are both on their way to S3.
    lucky = (*ELECTED, Propose("x=1", "S1"), Deliver("S1", "S2", place=-1), Timeout("S2"),
             Crash("S1"))  # fmt: skip
    outcomes = {TARGETS["6.6"].violation(lucky, [seed]) for seed in range(8)}

    assert outcomes == {True, False}
    assert not TARGETS["6.6"].violation(lucky)


def test_without_a_majority_nothing_is_proved():
    actions = (*SCHEDULES["6.6"](), Crash("S3"))

    assert not TARGETS["6.6"].violation(actions)
    assert "2 of 3" not in lines_of("6.6", actions, "Raft as it should be")["Left"]
    assert "Without a majority" in lines_of("6.6", actions, "it breaks")["So far"]


def test_another_property_than_the_one_asked_for_does_not_count():
    # S1 gives its vote to S3, which leads, and has kept it for itself as well: that is the way,
    # and not yet the end.
    actions = (Timeout("S1"), Deliver("S1", "S2"), Timeout("S3"), Deliver("S3", "S1"),
            Deliver("S1", "S3", "RequestVoteResponse"))  # fmt: skip
    run = run_schedule(actions, 3, TARGETS["6.2"].rules)

    assert [broken.property for broken in run.cluster.violations] == ["One Vote per Term"]
    said = lines_of("6.2", actions, "it breaks")["So far"]
    assert "S1 is a candidate of term 1" in said
    assert "One Vote per Term is broken, which is not yet Election Safety: S1 voted for" in said


def test_leaders_of_two_terms_are_told_to_be_no_harm():
    actions = (*ELECTED, Timeout("S2"), Deliver("S2", "S3"), Deliver("S3", "S2"))

    assert "different terms are no harm" in lines_of("6.2", actions, "it breaks")["So far"]


def test_what_becomes_of_a_schedule_that_only_luck_could_help_is_told():
    actions = (*ELECTED, Propose("x=1", "S1"), Crash("S1"))
    said = lines_of("6.6", actions, "it breaks")["So far"]

    assert "with some latencies a command is committed. Terms in the logs: S2 1 2, S3 1 2." in said


def test_too_many_actions_and_the_first_one_that_is_not_needed():
    actions = (Timeout("S1"), Deliver("S1", "S3"), Timeout("S2"))

    assert lines_of("6.1", actions, "in at most 2")["Try"] == (
        'without action 2, Deliver("S1", "S3"), it breaks all the same.'
    )


def test_too_many_actions_because_it_goes_on_and_on():
    actions = (Timeout("S1"), Timeout("S2"), Timeout("S3"))

    assert (
        lines_of("6.1", actions, "in at most 2")["Try"]
        == "stop after action 2: it is broken by then."
    )


def test_too_many_actions_of_which_each_is_needed():
    # S3's vote is repeated by asking twice, which takes an action more than repeating the vote.
    asked_twice = (Timeout("S3"), Deliver("S3", "S4", again=True), Deliver("S3", "S4"),
                   Deliver("S4", "S3"), Deliver("S4", "S3"))  # fmt: skip
    actions = (*SCHEDULES["6.4"]()[:4], *asked_twice)

    assert "no single action" in lines_of("6.4", actions, "in at most 8")["Try"]


# Acting it out -----------------------------------------------------------------------------


def test_a_tuple_is_acted_out_on_raft_as_it_should_be():
    shown = act_out(ELECTED)

    assert "S1 becomes leader of term 1 at 3 ms" in shown.picture.alt
    assert shown.code.splitlines() == [
        'Deliver("S1", "S3")                 RequestVote (term 1)',
        'Deliver("S1", "S2")                 a heartbeat (term 1)',
        'Deliver("S1", "S3", place=-1)       a heartbeat (term 1)',
    ]


def test_every_line_that_is_offered_delivers_what_it_says():
    for line in act_out((*ELECTED, Propose("x=1", "S1"))).code.splitlines():
        action, _, words = line.partition("  ")
        run = run_schedule((*ELECTED, Propose("x=1", "S1"), eval(action)), servers=3)

        message = run.cluster.history.records[-1].event
        assert (message.target in action, message.term) == (True, 1)
        assert ("x=1" in words) == bool(getattr(message, "entries", ()))


def test_a_schedule_is_acted_out_up_to_an_action():
    shown = try_out(named("6.2", SCHEDULES["6.2"]()), actions=2)

    assert shown.picture.alt.startswith("After 2 actions")


def test_a_schedule_is_acted_out_on_the_right_raft_if_wanted():
    shown = try_out(named("6.2", SCHEDULES["6.2"]()), broken=False)

    assert "broken" not in shown.picture.alt
    assert "S2" not in shown.picture.alt.partition("becomes leader")[0].rpartition(". ")[2]


def test_where_time_goes_on_the_picture_goes_on_until_it_is_seen_why():
    picture = try_out(SCHEDULES["6.6"]).picture

    assert picture.alt.startswith("Commands Get Committed is broken")
    assert "S2 becomes leader of term 2" in picture.alt
    assert "a refusal of AppendEntries" in picture.text


def test_what_does_nothing_is_said_and_what_the_logs_hold():
    actions = (*ELECTED, Propose("x=1", "S1"), Restart("S3"))
    said = act_out(actions).text

    assert said.startswith('Action 5, `Restart("S3")`, does nothing: S3 is running.')
    assert "Terms in the logs: S1 1, S2 none, S3 none." in said


def test_what_a_schedule_raises_or_misspells_is_said_in_a_sentence():
    def break_the_voter():
        return (Timeout(server),)  # noqa: F821

    assert str(try_out(break_the_voter)).startswith("Your function raised NameError")
    assert "there is no 'S4'" in str(act_out((Timeout("S4"),)))
    assert "put a star" in str(act_out((ELECTED,)))


def test_a_function_that_is_no_exercise_is_not_guessed_at():
    def brake_the_voter():
        return ELECTED

    with pytest.raises(KitError, match="no exercise for brake_the_voter"):
        try_out(brake_the_voter)


def test_a_function_is_sent_to_where_its_broken_raft_is():
    with pytest.raises(KitError, match=r"by try_out\(break_the_voter\)"):
        act_out(SCHEDULES["6.2"])


def test_the_shortest_is_revealed_once_it_is_found():
    id = "6.3"
    check(id, named(id, (*SCHEDULES[id](), Timeout("S1", "heartbeat"))))
    assert "full points" in reveal(id).text

    check(id, SCHEDULES[id])
    assert 'Crash("S3")' in reveal(id).code


def test_a_broken_raft_is_one_of_the_catalogue():
    known = [wrong.rules for wrong in WRONG_ANSWERS if wrong.is_for_servers]

    for target in TARGETS.values():
        assert len(target.rules.changed()) == 1
        assert target.rules in known
