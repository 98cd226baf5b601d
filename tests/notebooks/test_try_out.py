"""The play cells: a student's rule in a cluster, drawn, and never a traceback of ours."""

import pytest

from raftkit import try_out
from raftkit.course import KitError
from raftkit.protocol import Log, Persistent, Progress, RequestVoteResponse
from raftkit.simulator import Timeout


def both_halves(cluster):
    """Two candidates, each with half of four servers."""
    cluster.partition({"S1", "S2"}, {"S3", "S4"})
    cluster.do(Timeout("S1"), Timeout("S4"))
    cluster.run(ms=14)


def test_a_rule_that_breaks_a_property_is_drawn_with_the_property_it_breaks():
    def has_majority(granted, refused, servers):
        return granted >= servers / 2

    drawn = try_out(has_majority, both_halves, servers=4, seed=1)

    assert drawn.alt.startswith("Election Safety is broken")


def test_what_a_rule_raises_is_said_in_a_sentence():
    def has_majority(granted, refused, servers):
        return granted > server // 2  # noqa: F821

    said = str(try_out(has_majority, both_halves, servers=4))

    assert said.startswith("Your function raised NameError")
    assert "raftkit" not in said


def test_a_rule_without_a_return_is_told_so():
    def count_vote(standing, tally, response):
        pass

    said = str(try_out(count_vote, both_halves, servers=4))

    assert "does every path end in a return?" in said


def test_what_a_rule_prints_is_shown_shortened(capsys):
    def has_majority(granted, refused, servers):
        print(granted, "of", servers)
        return granted > servers // 2

    def often(cluster):
        for server in cluster.servers * 4:
            cluster.do(Timeout(server))
            cluster.run(ms=14)

    try_out(has_majority, often)

    assert capsys.readouterr().out.endswith(" more characters\n")


def test_a_renamed_function_is_not_guessed_at():
    def has_majorty(granted, refused, servers):
        return granted > servers // 2

    with pytest.raises(KitError, match="has_majorty: did you rename your function"):
        try_out(has_majorty, both_halves)


def test_a_rule_over_which_a_server_breaks_down_is_drawn_and_no_traceback():
    def advance_progress(standing, progress, response):
        return Progress(99, 98)

    def one_command(cluster):
        cluster.do(Timeout("S1"))
        cluster.run(ms=20)
        cluster.propose("x=1", to="S1")
        cluster.run(ms=20)

    drawn = try_out(advance_progress, one_command)

    assert drawn.alt.startswith("Every Event Is Answered is broken")


# What stands behind the answer -----------------------------------------------------------------


def could_win(candidate, others):
    """The answer to 4.5, which is no rule and has a demonstration of its own."""
    return all(candidate.last_index >= log.last_index for log in others)


def test_an_answer_that_is_no_rule_is_shown_as_its_chapter_says():
    logs = {"S1": Log.of_terms(1, 1), "S2": Log.of_terms(1)}

    assert try_out(could_win, logs).alt == "S1 could win."


def test_a_disk_and_a_message_are_shown_with_what_the_answer_says_of_them():
    def keeps_its_word(durable, message):
        return durable.voted_for == message.target

    vote = RequestVoteResponse("S2", "S1", 4, vote_granted=True)

    alt = try_out(keeps_its_word, Persistent(4, "S1"), vote).alt
    assert alt.partition(". ")[2] == "Still true after a crash. Memory is empty."


def test_what_a_demonstration_is_told_in_a_wrong_form_is_a_sentence():
    def could_win(candidate, others):
        return None

    said = str(try_out(could_win, {"S1": Log()}))

    assert "a bool was expected: does every path end in a return?" in said


@pytest.mark.parametrize(
    ("situation", "settings", "says"),
    [
        ((), {}, r"'logs': write try_out\(could_win, logs\)\.$"),
        (({},), {"seed": 1}, r"'seed': write try_out\(could_win, logs\)\.$"),
        (({}, 3), {}, r"too many positional arguments: write try_out\(could_win, logs\)\.$"),
    ],
)
def test_a_situation_that_does_not_fit_is_told_with_the_one_that_does(situation, settings, says):
    with pytest.raises(KitError, match=says):
        try_out(could_win, *situation, **settings)


def test_a_rule_without_a_story_is_told_what_it_wants():
    def has_majority(granted, refused, servers):
        return granted > servers // 2

    with pytest.raises(KitError, match=r"write try_out\(has_majority, story, servers=3, seed=0, "):
        try_out(has_majority)


def test_what_is_no_rule_cannot_stand_among_rules():
    def has_majority(granted, refused, servers):
        return granted > servers // 2

    with pytest.raises(KitError, match="could_win is no rule of a server"):
        try_out((has_majority, could_win), both_halves)
