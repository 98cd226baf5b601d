"""What can happen in log replication, and what is right in a back-up, held against every log.

The cases of notebook 03 say both in a few conditions; here all small logs of followers and leaders
are put together instead.
"""

from collections import defaultdict
from dataclasses import replace
from itertools import product

import pytest

from raftkit.course import check, exercise
from raftkit.course.chapters.replication.cases.possible_requests import (
    can_be_asked,
    can_both_exist,
    terms_of,
)
from raftkit.course.checking.checks import checks_of
from raftkit.course.repair import Repair
from raftkit.course.sample_logs import FIGURE_7
from raftkit.course.small_values import small_logs
from raftkit.course.wrong_answers import ODD_ANSWERS
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Entry,
    Log,
    Progress,
    Rules,
    Standing,
    append_command,
    back_up,
    find_conflict,
    make_append_entries,
    previous_entry_matches,
)

# These tests are about the cases.
pytestmark = [pytest.mark.once, pytest.mark.usefixtures("no_story")]

WORLD = checks_of(exercise("3.9")).cases[0].regions.world
TERM = 3


def of_one_cluster(log: Log, leading: Log, term: int) -> bool:
    """Whether a follower can have this log while a leader of `term` has that one."""
    own = terms_of(log)
    return (
        max((*own, *terms_of(leading)), default=0) <= term
        and can_both_exist(log, leading)
        and (log.last_term < term or terms_of(leading)[: len(own)] == own)
    )


def requests(longest: int):
    """Every request with up to two entries of terms to 3 whose leader's log may be so long."""
    for before, before_term, entries, term in product(
        range(longest - 1), range(4), small_logs(2, 4), range(1, 4)
    ):
        yield AppendEntriesRequest(
            "S1", "S2", term, before, before_term, entries.entries(), leader_commit=0
        )


def is_piece(request: AppendEntriesRequest, leading: Log) -> bool:
    before, entries = request.prev_log_index, request.entries
    return (
        before + len(entries) <= leading.last_index
        and leading.term_at(before) == request.prev_log_term
        and leading.entries(before + 1, before + len(entries)) == entries
    )


def test_a_request_can_come_if_it_is_a_piece_of_some_leaders_log():
    leaders = list(small_logs(5, 3))
    can, cannot = 0, 0
    for request in requests(5):
        pieces = [leading for leading in leaders if is_piece(request, leading)]
        for log in small_logs(3, 3):
            possible = any(of_one_cluster(log, leading, request.term) for leading in pieces)
            assert can_be_asked(log, request) == possible, (log, request)
            can, cannot = can + possible, cannot + (not possible)

    assert can > 500
    assert cannot > 500


def test_an_index_and_a_term_name_one_entry():
    log = Log([Entry(1, "x=1")])
    same, other = (
        AppendEntriesRequest("S1", "S2", 2, 0, 0, (Entry(1, command),), 0)
        for command in ("x=1", "x=2")
    )

    assert can_be_asked(log, same)
    assert not can_be_asked(log, other)


# 3.9: what a refusal makes certain --------------------------------------------------------------


def refusals():
    """Every refusal of the current term, with how far the logs agree in each case of it."""
    agreed = defaultdict(set)
    for leading, log in product(small_logs(3, TERM), small_logs(4, TERM)):
        if not of_one_cluster(log, leading, TERM):
            continue
        for refused in range(1, leading.last_index + 1):
            request = AppendEntriesRequest("", "", TERM, refused, leading.term_at(refused), (), 0)
            if not previous_entry_matches(log, request):
                conflict = find_conflict(log, request)
                common = log.common_prefix(leading)
                agreed[leading, refused, conflict.term, conflict.index].add(common)
    return agreed


def heard(leading: Log, refused: int, conflict_term: int, conflict_index: int):
    """The arguments of a call in which the leader hears its first refusal."""
    response = AppendEntriesResponse(
        "S2", "S1", TERM, False, 0, refused, conflict_term, conflict_index
    )
    return Standing("leader", TERM, "S1"), leading, Progress(refused + 1), response


def test_a_refusal_can_come_if_some_follower_can_say_so():
    possible = set(refusals())

    for leading in small_logs(3, TERM):
        for refused, term, index in product(range(1, 5), range(TERM), range(1, 5)):
            said = leading, refused, term, index
            assert WORLD.can_happen(*heard(*said)) == (said in possible), said


def test_right_is_all_between_the_papers_rule_and_what_is_certain():
    for (leading, refused, term, index), agreed in refusals().items():
        # Where the logs can agree at most, and how a term of the follower's is passed by (§5.3).
        ends = {max(agreed) + 1, index}
        call = heard(leading, refused, term, index)
        right = {
            next_index
            for next_index in range(refused + 3)
            if WORLD.judge(Progress(next_index), *call) is None
        }

        assert right == {*range(min(ends), max(ends) + 1)}, call
        assert back_up(*call).next_index in right


@pytest.mark.parametrize(
    ("next_index", "match_index", "term", "right"),
    [
        (4, 0, 3, {2}),  # The first refusal must be heard.
        (3, 0, 3, {2, 3}),  # A late one may be: the leader has gone back without it.
        (2, 0, 3, {2}),
        (1, 0, 3, {1}),
        (3, 2, 3, {3}),
        (4, 0, 2, {4}),
    ],
)
def test_a_refusal_is_right_to_hear_or_to_ignore(next_index, match_index, term, right):
    """The follower's log ends at index 1, and the request of entry 3 was refused in `term`."""
    response = AppendEntriesResponse("S2", "S1", term, False, 0, 3, 0, 2)
    call = Standing("leader", 3, "S1"), Log.of_terms(1, 1, 1), Progress(next_index, match_index)

    assert {
        each
        for each in range(7)
        if WORLD.judge(Progress(each, match_index), *call, response) is None
    } == right
    assert WORLD.can_happen(*call, response)


def test_a_request_refused_unseen_leaves_the_leader_free():
    """The follower was in a later term than the request, and is now in that of its new leader."""
    response = AppendEntriesResponse("S2", "S1", 3, False, 0, 5, 0, 0)
    call = Standing("leader", 3, "S1"), Log.of_terms(1, 1, 1), Progress(4), response

    assert WORLD.can_happen(*call)
    assert {each for each in range(7) if WORLD.judge(Progress(each), *call) is None} == {1, 2, 3, 4}


def test_a_refusal_moves_no_match_index():
    call = heard(Log.of_terms(1, 1), 2, 0, 1)

    assert "matchIndex stays 0" in WORLD.judge(Progress(1, 1), *call)


@pytest.mark.parametrize(("id", "refusals"), [("O84", 2), ("O85", 2), ("O87", 1), ("O88", 2)])
def test_right_ways_to_back_up_repair_figure_7s_follower_f(id, refusals):
    (odd,) = (odd for odd in ODD_ANSWERS if odd.id == id)
    repair = Repair(FIGURE_7["leader"], FIGURE_7["f"], term=8)
    rounds = list(repair.rounds(Rules(back_up=odd.rule)))

    assert [each.success for each in rounds] == [False] * refusals + [True]
    assert rounds[-1].log == repair.leading_log(Rules())


# Answers that trials have found -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("id", "answer", "said"),
    [
        ("3.7", lambda last_log_index, earlier: [last_log_index + 1, 0], "write Progress("),
        ("3.7", lambda last_log_index, earlier: {last_log_index + 1}, "a Progress was expected"),
        ("3.5", lambda log, request: [1], "a whole number was expected"),
        ("3.5", lambda log, request: {1}, "a whole number was expected"),
        ("3.4", lambda log, request: [*log, *request.entries], "Log(entries) makes one of them"),
    ],
)
def test_a_list_or_set_where_it_is_none_is_told_so(id, answer, said):
    result = str(check(id, answer))

    assert said in result
    assert "TypeError" not in result


def each_entry_once(*call):
    request = make_append_entries(*call)
    return replace(request, entries=tuple(dict.fromkeys(request.entries)))


def found_by_value(source, target, term, log, next_index, commit_index, batch):
    after = log.entries(next_index)
    request = make_append_entries(source, target, term, log, next_index, commit_index, batch)
    return replace(request, entries=tuple(each for each in log if each in after)[:batch])


def no_empty_command(standing, log, entry):
    return append_command(standing, log, entry) if entry.command else log


@pytest.mark.parametrize(
    ("id", "answer"), [("3.2", each_entry_once), ("3.2", found_by_value), ("3.1", no_empty_command)]
)
def test_commands_may_be_equal_or_empty(id, answer):
    assert check(id, answer).status == "partial"
