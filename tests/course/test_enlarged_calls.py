"""Answers that are right only for small numbers, few servers or names like ours lose points."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from raftkit import check
from raftkit.course import EXERCISES
from raftkit.course.checking.checks import checks_of, reference_of
from raftkit.course.checking.enlarged_calls import enlarged
from raftkit.course.checking.small_world import WorldCase
from raftkit.protocol import (
    AppendEntriesRequest,
    Conflict,
    Log,
    Persistent,
    Progress,
    Settings,
    Standing,
    Tally,
    adopt_term,
    advance_commit_index,
    advance_progress,
    back_up,
    election_timeout,
    find_conflict,
    follower_commit_index,
    make_append_entries,
    merge_entries,
    previous_entry_matches,
    start_election,
    treat_request,
)

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("no_story")]

WORLDS = [
    (each.id, case)
    for each in EXERCISES
    for case in getattr(checks_of(each), "cases", ())
    if isinstance(case, WorldCase)
]


def as_one_number(term: int, index: int, own_term: int, own_index: int) -> bool:
    return term * 100 + index >= own_term * 100 + own_index


def as_text(term: int, index: int, own_term: int, own_index: int) -> bool:
    return f"{term:02}.{index:02}" >= f"{own_term:02}.{own_index:02}"


def the_same_object(term: int, index: int, own_term: int, own_index: int) -> bool:
    return index >= own_index if term is own_term else term > own_term


def up_to_thirteen_servers(granted: int, refused: int, servers: int) -> bool:
    return granted >= min(servers // 2 + 1, 7)


def by_percent(granted: int, refused: int, servers: int) -> bool:
    return round(100 * granted / servers) > 50


def name_within_a_name(standing: Standing, request: Any, up_to_date: bool) -> bool:
    voted_for = standing.voted_for or request.source
    return standing.current_term == request.term and voted_for in request.source and up_to_date


def last_character(standing: Standing, request: Any, up_to_date: bool) -> bool:
    same = standing.voted_for is None or standing.voted_for[-1] == request.source[-1]
    return standing.current_term == request.term and same and up_to_date


def only_a_few_terms_behind(current_term: int, request: Any) -> str:
    if request.term < current_term:
        return "refuse" if current_term - request.term < 10 else "ignore"
    return "process"


def source_within_the_names(standing: Standing, tally: Tally, response: Any) -> Tally:
    if standing.role != "candidate" or response.term != standing.current_term:
        return tally
    if response.source in "".join(tally.granted + tally.refused):
        return tally
    if response.vote_granted:
        return Tally((*tally.granted, response.source), tally.refused)
    return Tally(tally.granted, (*tally.refused, response.source))


def up_to_index_20(log: Log, request: AppendEntriesRequest) -> bool:
    index = request.prev_log_index
    return index <= min(20, log.last_index) and log.term_at(index) == request.prev_log_term


def the_end_after_seven(log: Log, request: AppendEntriesRequest) -> int:
    few = len(request.entries) < 7
    return request.prev_log_index + len(request.entries) if few else log.last_index


def eight_at_once(last_applied: int, commit_index: int, last_log_index: int) -> int:
    return min(commit_index, last_applied + 8)


def ends_as_one_number(candidate: Log, others: tuple[Log, ...]) -> bool:
    ends = [log.last_term * 100 + log.last_index for log in (candidate, *others)]
    return 2 * sum(ends[0] >= end for end in ends) > len(ends)


def of_five_servers(candidate: Log, others: tuple[Log, ...]) -> bool:
    ends = [(log.last_term, log.last_index) for log in (candidate, *others)]
    return sum(ends[0] >= end for end in ends) > min(5, len(ends)) // 2


def seven_servers(log: Log, current_term: int, commit_index: int, matches: Any) -> int:
    found = sorted(matches)[min((len(matches) - 1) // 2, 3)]
    return found if found > commit_index and log.term_at(found) == current_term else commit_index


def twelve_entries(commit_index: int, request: AppendEntriesRequest, success: bool) -> int:
    last_new = request.prev_log_index + min(12, len(request.entries))
    return max(commit_index, min(request.leader_commit, last_new)) if success else commit_index


def next_terms_only(on_disk: Any, in_memory: Any) -> tuple[Any, ...]:
    near = in_memory.current_term - on_disk.current_term < 5
    return (in_memory,) if near and in_memory != on_disk else ()


def a_millisecond_at_least(settings: Any) -> int:
    return max(1_000, settings.election_timeout_min // 3)


def a_second_at_most(settings: Any) -> int:
    return min(1_000_000, settings.election_timeout_min // 3)


# Right answers, changed where no small call can see it ----------------------------------------


def a_second_at_most_to_wait(settings: Any, draw: float) -> int:
    return min(1_000_000, election_timeout(settings, draw))


def four_are_told(occasion: str, peers: Any, unanswered: Any) -> Any:
    return peers[:4] if occasion == "won an election" else peers


def five_seconds_at_most(latency_min: int, latency_max: int, loss: float) -> Settings:
    shortest = min(12 * latency_max, 5_000_000)
    return Settings(shortest, 2 * shortest, shortest // 6)


def a_bit_over_half(granted: int, refused: int, servers: int) -> bool:
    return granted / servers > 0.505


def as_a_fraction(term: int, index: int, own_term: int, own_index: int) -> bool:
    return term + index / 10**6 >= own_term + own_index / 10**6


def large_or_small_letters(standing: Standing, request: Any, up_to_date: bool) -> bool:
    name = (standing.voted_for or request.source).lower()
    return standing.current_term == request.term and name == request.source.lower() and up_to_date


def concedes_to_heartbeats_only(standing: Standing, message: Any) -> Standing:
    concedes = message.term == standing.current_term and getattr(message, "entries", ())
    return standing if concedes else adopt_term(standing, message)


def without_refusals_for_a_conflict(standing: Standing, message: Any) -> Standing:
    return standing if getattr(message, "conflict_index", 0) else adopt_term(standing, message)


def ignores_old_entries(current_term: int, request: Any) -> str:
    ignored = request.term < current_term and getattr(request, "entries", ())
    return "ignore" if ignored else treat_request(current_term, request)


def asks_thirty(standing: Standing, server: str, peers: Any, index: int, term: int) -> Any:
    return start_election(standing, server, peers[:30], index, term)


def up_to_index_300(standing: Standing, server: str, peers: Any, index: int, term: int) -> Any:
    return start_election(standing, server, peers, min(index, 300), term)


def fifty_at_once(*values: Any) -> AppendEntriesRequest:
    return make_append_entries(*values[:-1], min(50, values[-1]))


def far_beyond_the_end(log: Log, request: AppendEntriesRequest) -> bool:
    far = request.prev_log_index > log.last_index + 10
    return far or previous_entry_matches(log, request)


def nothing_far_behind(log: Log, request: AppendEntriesRequest) -> Log:
    merged, end = merge_entries(log, request), request.prev_log_index + len(request.entries)
    return merged.prefix(end) if merged.last_index > end + 10 else merged


def thirty_further(standing: Standing, progress: Progress, response: Any) -> Progress:
    after = advance_progress(standing, progress, response)
    match = min(after.match_index, progress.match_index + 30)
    return Progress(match + 1, match) if after != progress else progress


def ten_before(log: Log, request: AppendEntriesRequest) -> Conflict:
    found = find_conflict(log, request)
    return Conflict(found.term, max(found.index, request.prev_log_index - 10))


def twenty_back(standing: Standing, log: Log, progress: Progress, response: Any) -> Progress:
    after = back_up(standing, log, progress, response)
    return Progress(max(after.next_index, progress.next_index - 20), after.match_index)


def commits_forty(log: Log, current_term: int, commit_index: int, matches: Any) -> int:
    return min(commit_index + 40, advance_commit_index(log, current_term, commit_index, matches))


def follows_for_fifty(commit_index: int, request: Any, success: bool) -> int:
    return min(commit_index + 50, follower_commit_index(commit_index, request, success))


def logs_below_a_thousand(candidate: Log, others: tuple[Log, ...]) -> bool:
    ends = [log.last_term * 1_000 + log.last_index for log in (candidate, *others)]
    return 2 * sum(ends[0] >= end for end in ends) > len(ends)


def writes_five_entries(on_disk: Any, in_memory: Any) -> tuple[Any, ...]:
    log = in_memory.log.prefix(in_memory.log.common_prefix(on_disk.log) + 5)
    written = Persistent(in_memory.current_term, in_memory.voted_for, log)
    return () if in_memory == on_disk else (written,)


def sends_many_at_once(message: Any) -> bool:
    return len(getattr(message, "entries", ())) <= 2


WRONG: list[tuple[str, Callable[..., Any]]] = [
    ("1.2", a_second_at_most_to_wait),
    ("1.5", four_are_told),
    ("1.6", five_seconds_at_most),
    ("2.1", a_bit_over_half),
    ("2.2", as_a_fraction),
    ("2.3", large_or_small_letters),
    ("2.4", concedes_to_heartbeats_only),
    ("2.4", without_refusals_for_a_conflict),
    ("2.5", ignores_old_entries),
    ("2.6", asks_thirty),
    ("2.6", up_to_index_300),
    ("3.2", fifty_at_once),
    ("3.3", far_beyond_the_end),
    ("3.4", nothing_far_behind),
    ("3.6", thirty_further),
    ("3.8", ten_before),
    ("3.9", twenty_back),
    ("4.1", commits_forty),
    ("4.2", follows_for_fifty),
    ("4.5", logs_below_a_thousand),
    ("5.1", writes_five_entries),
    ("5.2", sends_many_at_once),
    ("1.3", a_millisecond_at_least),
    ("1.3", a_second_at_most),
    ("2.1", up_to_thirteen_servers),
    ("2.1", by_percent),
    ("2.2", as_one_number),
    ("2.2", as_text),
    ("2.2", the_same_object),
    ("2.3", name_within_a_name),
    ("2.3", last_character),
    ("2.5", only_a_few_terms_behind),
    ("2.7", source_within_the_names),
    ("3.3", up_to_index_20),
    ("3.5", the_end_after_seven),
    ("4.1", seven_servers),
    ("4.2", twelve_entries),
    ("4.3", eight_at_once),
    ("4.5", ends_as_one_number),
    ("4.5", of_five_servers),
    ("5.1", next_terms_only),
]


@pytest.mark.parametrize(("id", "answer"), WRONG)
def test_an_answer_that_is_right_only_for_small_values_loses_points(
    id: str, answer: Callable[..., Any]
) -> None:
    result = check(id, answer)

    assert result.status == "partial", result


def recursive_merge(log: Log, request: AppendEntriesRequest) -> Log:
    def agreed(index: int) -> int:
        if index >= min(log.last_index, request.prev_log_index + len(request.entries)):
            return index
        same = log.term_at(index + 1) == request.entries[index - request.prev_log_index].term
        return agreed(index + 1) if same else index

    kept = agreed(request.prev_log_index) - request.prev_log_index
    if kept == len(request.entries):
        return log
    return log.prefix(request.prev_log_index + kept).extend(request.entries[kept:])


def counting_on(last_applied: int, commit_index: int, last_log_index: int) -> int:
    while last_applied < commit_index:
        last_applied += 1
    return last_applied


def calling_itself(last_applied: int, commit_index: int, last_log_index: int) -> int:
    if last_applied == commit_index:
        return last_applied
    return calling_itself(last_applied + 1, commit_index, last_log_index)


def counting_matches(standing: Standing, progress: Progress, response: Any) -> Progress:
    match = progress.match_index
    while response.term == standing.current_term and match < response.match_index:
        match += 1
    return Progress(match + 1, match) if match > progress.match_index else progress


def counting_terms_down(
    standing: Standing, log: Log, progress: Progress, response: Any
) -> Progress:
    if response.term < standing.current_term or response.prev_log_index <= progress.match_index:
        return progress
    term, following = response.conflict_term, response.conflict_index
    while term and not any(entry.term == term for entry in log):
        term -= 1
    if term and term == response.conflict_term:
        following = log.last_index_of(term) + 1
    following = max(progress.match_index + 1, min(progress.next_index, following))
    return Progress(following, progress.match_index)


@pytest.mark.parametrize(
    ("id", "answer"),
    [
        ("3.4", recursive_merge),
        ("3.6", counting_matches),
        ("3.9", counting_terms_down),
        ("4.3", counting_on),
        ("4.3", calling_itself),
    ],
)
def test_an_answer_that_counts_through_a_large_call_is_right(
    id: str, answer: Callable[..., Any]
) -> None:
    assert check(id, answer).status == "full"


@pytest.mark.parametrize(("id", "case"), WORLDS, ids=lambda value: getattr(value, "name", value))
def test_each_case_asks_large_calls_and_the_reference_is_right(id: str, case: WorldCase) -> None:
    rule = reference_of(next(each for each in EXERCISES if each.id == id))
    for seed in range(3):
        large = [
            call for call in case.regions.asked(case.region, Random(seed)) if not call.is_small
        ]
        assert large
        for call in large:
            assert call.flaw_in(rule(*call.values)) is None, call.arguments


def test_a_call_is_enlarged_as_a_whole() -> None:
    standing = Standing("leader", 2, "S1")
    values = (standing, Log.of_terms(1, 2), Progress(3, 2))
    for seed in range(20):
        large, log, progress = enlarged(("standing", "log", "progress"), values, Random(seed))

        assert large.current_term == log.last_term > log.term_at(log.last_index - 1) > 0
        assert (progress.next_index, progress.match_index) == (log.last_index + 1, log.last_index)
        assert large.role == "leader"


def test_large_logs_agree_as_the_small_ones_do() -> None:
    one, other = Log.of_terms(1, 1, 2), Log.of_terms(1, 1, 3)
    for seed in range(20):
        logs = enlarged(("log", "log"), (one, other), Random(seed))
        longer = logs[0].last_index - one.last_index

        assert logs[0].common_prefix(logs[1]) == longer + 2
        request = AppendEntriesRequest("S2", "S1", 3, 2, 1, other.entries(3), 0)
        (asked,) = enlarged(("request",), (request,), Random(seed))
        assert merge_entries(logs[0], asked).last_term == asked.entries[-1].term
