"""A repair: Figure 7's followers brought into line, or not, by rules alone, and drawn."""

import pytest

from raftkit import Repair, try_out
from raftkit.course.repair import ROUNDS_MAX
from raftkit.course.sample_logs import FIGURE_7
from raftkit.protocol import Log, Progress, Rules, back_up, back_up_by_one, merge_entries

LEADER = FIGURE_7["leader"]
FOLLOWERS = [name for name in FIGURE_7 if name != "leader"]


def repair_of(name):
    return Repair(LEADER, FIGURE_7[name], term=8)


def refusals(name, rules):
    return sum(not each.success for each in repair_of(name).rounds(rules))


@pytest.mark.parametrize("name", FOLLOWERS)
def test_every_follower_of_figure_7_ends_with_the_leaders_log(name):
    last = list(repair_of(name).rounds(Rules()))[-1]

    assert last.log == Log.of_terms(1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 8)
    assert last.progress == Progress(12, 11)


def test_the_refusals_are_those_of_the_look_back():
    by_term = [refusals(name, Rules()) for name in FOLLOWERS]
    by_entry = [refusals(name, Rules().with_rule("back_up", back_up_by_one)) for name in FOLLOWERS]

    assert by_term == [1, 1, 0, 0, 2, 2]
    assert by_entry == [1, 6, 0, 0, 5, 7]


def test_the_picture_has_a_row_for_each_request_and_shows_where_the_logs_part():
    drawn = repair_of("f").picture()

    assert drawn.alt.startswith("In line after 2 refusals; 8 entries sent.")
    assert "2: ✗ after 6 parts from leader at index 4." in drawn.alt
    assert "3: ✓ after 3 parts" not in drawn.alt
    assert drawn.text.splitlines()[-1].endswith("next_index 12")


def test_a_leader_that_does_not_back_up_is_left_alone_after_some_rounds():
    stubborn = Rules().with_rule("back_up", lambda standing, log, progress, response: progress)

    assert len(list(repair_of("f").rounds(stubborn))) == ROUNDS_MAX
    assert repair_of("f").picture(stubborn).alt.startswith("Not in line after 12 requests")


def test_a_leader_that_believes_too_much_is_found_out():
    hoarding = Rules().with_rule("merge_entries", lambda log, request: log)

    drawn = repair_of("c").picture(hoarding)

    assert drawn.alt.startswith("Not in line, and the leader believes it is; 0 refusals.")


def test_an_index_that_no_log_has_ends_the_repair_in_a_sentence():
    def back_up(standing, log, progress, response):
        return Progress(0)

    drawn = try_out(back_up, repair_of("f"))

    assert drawn.alt.startswith("Not in line: next_index is 0, where the leader can send nothing")


def test_without_a_term_the_leaders_is_later_than_any():
    assert Repair(Log.of_terms(1, 4), Log.of_terms(1, 2, 6)).standing.current_term == 7
    assert Repair(Log(), Log()).standing.current_term == 1


def test_several_rules_repair_together_and_any_stub_is_named():
    def merge_entries_of_mine(log, request):
        raise NotImplementedError

    merge_entries_of_mine.__name__ = "merge_entries"

    assert try_out((back_up, merge_entries), repair_of("d")).alt.startswith("In line")
    said = str(try_out((back_up, merge_entries_of_mine), repair_of("d")))
    assert said.startswith("back_up or merge_entries is not started yet")
