"""Answers of notebook 04 that were found by trying: wrong ones lose the case that asks, right ones
lose nothing, with every seed.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from raftkit import check
from raftkit.course import exercise
from raftkit.course.checking.answer_kinds import examine
from raftkit.course.checking.guard import guarded
from raftkit.protocol import (
    AppendEntriesRequest,
    Log,
    advance_commit_index,
    follower_commit_index,
)

# These tests are about the cases.
pytestmark = [pytest.mark.once, pytest.mark.usefixtures("no_story")]

Rule = Callable[..., Any]


def _held(matches: Sequence[int]) -> int:
    return sorted(matches)[(len(matches) - 1) // 2]


# 4.1 ----------------------------------------------------------------------------------------


def counts_the_term_before_as_its_own(
    log: Log, term: int, commit_index: int, matches: Sequence[int]
) -> int:
    held = _held(matches)
    return held if held > commit_index and log.term_at(held) >= term - 1 else commit_index


def thinks_that_laggards_are_at_one_index(
    log: Log, term: int, commit_index: int, matches: Sequence[int]
) -> int:
    """Either a majority is at the front, or nobody has come further than the last one."""
    most = max(matches)
    ahead = 2 * sum(match == most for match in matches) > len(matches)
    held = most if ahead else min(matches)
    return held if held > commit_index and log.term_at(held) == term else commit_index


def takes_the_commonest_index(
    log: Log, term: int, commit_index: int, matches: Sequence[int]
) -> int:
    held = max(set(matches), key=lambda index: (list(matches).count(index), -index))
    return held if held > commit_index and log.term_at(held) == term else commit_index


def takes_the_last_index_for_its_own(
    log: Log, term: int, commit_index: int, matches: Sequence[int]
) -> int:
    return advance_commit_index(log, term, commit_index, [*matches[:-1], log.last_index])


def looks_two_entries_back(log: Log, term: int, commit_index: int, matches: Sequence[int]) -> int:
    right = advance_commit_index(log, term, commit_index, matches)
    return right if right > log.last_index - 2 else commit_index


def lets_a_later_match_undo(log: Log, term: int, commit_index: int, matches: Sequence[int]) -> int:
    held = _held(matches)
    return held if log.term_at(held) == term else commit_index


def counts_every_index(log: Log, term: int, commit_index: int, matches: Sequence[int]) -> int:
    """In a log without snapshots, terms never fall, so the search may end at the first old one."""
    for index in range(log.last_index, commit_index, -1):
        if log[index].term != term:
            break
        if 2 * len([match for match in matches if match >= index]) > len(matches):
            return index
    return commit_index


# 4.2 ----------------------------------------------------------------------------------------


def commits_entries_of_this_term_only(
    commit_index: int, request: AppendEntriesRequest, success: bool
) -> int:
    """Figure 8 concerns leaders, and a follower takes the leader's word."""
    if request.entries and request.entries[-1].term != request.term:
        return commit_index
    return follower_commit_index(commit_index, request, success)


def trusts_every_heartbeat(commit_index: int, request: AppendEntriesRequest, success: bool) -> int:
    if success and not request.entries:
        return max(commit_index, request.leader_commit)
    return follower_commit_index(commit_index, request, success)


def takes_the_last_entry_to_follow_at_once(
    commit_index: int, request: AppendEntriesRequest, success: bool
) -> int:
    last_new = request.prev_log_index + bool(request.entries)
    return max(commit_index, min(request.leader_commit, last_new)) if success else commit_index


# 4.5 ----------------------------------------------------------------------------------------


def compares_all_terms(candidate: Log, others: tuple[Log, ...]) -> bool:
    """Python compares lists from their beginning."""
    own = [entry.term for entry in candidate]
    votes = 1 + sum(own >= [entry.term for entry in log] for log in others)
    return votes > (len(others) + 1) // 2


def needs_a_log_that_has_all_of_the_others(candidate: Log, others: tuple[Log, ...]) -> bool:
    votes = 1 + sum(candidate.extends(log) for log in others)
    return votes > (len(others) + 1) // 2


def knows_five_servers_only(candidate: Log, others: tuple[Log, ...]) -> bool:
    own = (candidate.last_term, candidate.last_index)
    return 1 + sum(own >= (log.last_term, log.last_index) for log in others) >= 3


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("id", "answer", "case"),
    [
        ("4.1", counts_the_term_before_as_its_own, "an old entry on a majority waits"),
        ("4.1", thinks_that_laggards_are_at_one_index, "servers that are down hold nothing up"),
        ("4.1", takes_the_commonest_index, "counts the leader as one of the majority"),
        ("4.1", takes_the_last_index_for_its_own, "one follower of four is not enough"),
        ("4.1", looks_two_entries_back, "commits the newest entry, too"),
        ("4.1", lets_a_later_match_undo, "takes no commit back"),
        ("4.2", commits_entries_of_this_term_only, "commits as far as the leader, and no further"),
        ("4.2", trusts_every_heartbeat, "goes no further than the last new entry"),
        (
            "4.2",
            takes_the_last_entry_to_follow_at_once,
            "commits as far as the leader, and no further",
        ),
        ("4.5", compares_all_terms, "a later last term counts more than a longer log"),
        (
            "4.5",
            needs_a_log_that_has_all_of_the_others,
            "a later last term counts more than a longer log",
        ),
        ("4.5", knows_five_servers_only, "counts the candidate's own vote"),
    ],
)
def test_a_wrong_answer_loses_the_case_that_asks(
    id: str, answer: Rule, case: str, seed: int
) -> None:
    result = examine(exercise(id), guarded(answer), seed)

    assert case in {each.name for each in result.cases if each.outcome == "failed"}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("id", "answer"), [("4.1", counts_every_index)])
def test_a_right_answer_loses_nothing(id: str, answer: Rule, seed: int) -> None:
    assert examine(exercise(id), guarded(answer), seed).status == "full"


class Number:
    """Counts like numpy's integers: an index, and no int."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


class Truth:
    """A truth value like numpy's, which is no bool."""

    def __init__(self, value: object) -> None:
        self.value = bool(value)

    def __bool__(self) -> bool:
        return self.value


Truth.__name__ = "bool_"


def test_numbers_and_truth_values_of_numpy_are_answers() -> None:
    def number(*arguments: Any) -> Number:
        return Number(advance_commit_index(*arguments))

    def truth(index: int, commit_index: int, last_applied: int) -> Truth:
        return Truth(index <= last_applied)

    assert check("4.1", number).status == "full"
    assert check("4.4", truth).status == "full"


@pytest.mark.parametrize(
    ("id", "value"),
    [("4.1", 0), ("4.2", 0), ("4.3", 0), ("4.4", False), ("4.5", True), ("4.5", False)],
)
def test_the_same_answer_to_everything_earns_nothing(id: str, value: Any) -> None:
    assert check(id, lambda *arguments: value).points == 0
