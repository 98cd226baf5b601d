"""Answers of notebooks 01 and 05 that were found by trying, with several seeds.

Wrong ones lose the case that asks, and right ones lose nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any, get_args

import pytest

from raftkit import Cluster, check
from raftkit.course import exercise
from raftkit.course.chapters.storage.cases.promises import keeps_its_word
from raftkit.course.checking.answer_kinds import examine
from raftkit.course.checking.answers import TypedAnswers
from raftkit.course.checking.checks import checks_of
from raftkit.course.checking.examine_function import run_case
from raftkit.course.checking.guard import guarded
from raftkit.protocol import (
    AppendEntriesResponse,
    Campaign,
    Log,
    Message,
    Persistent,
    RequestVoteResponse,
    Rules,
    Settings,
    election_timer_change,
    next_role,
    start_election,
)
from raftkit.protocol.effects import TimerChange
from raftkit.protocol.roles import Occasion, Role
from raftkit.simulator import Timeout

# These tests are about the cases.
pytestmark = [pytest.mark.once, pytest.mark.usefixtures("no_story")]

Rule = Callable[..., Any]
Writes = tuple[Persistent, ...]
PAIRS = list(product((None, *get_args(Role)), get_args(Occasion)))


def lost(id: str, answer: Rule, seed: int = 0) -> set[str]:
    """The names of the cases that an answer fails."""
    result = examine(exercise(id), guarded(answer), seed)
    assert result.points < result.max_points
    return {each.name for each in result.cases if each.outcome == "failed"}


# Wrong answers -----------------------------------------------------------------------------


def whoever_starts_up(role: Role | None, occasion: Occasion) -> Role | None:
    return "follower" if occasion == "starts up" else next_role(role, occasion)


def follows_once_more(role: Role | None, occasion: Occasion) -> Role | None:
    if (role, occasion) == ("follower", "current leader"):
        return "follower"
    return next_role(role, occasion)


def from_the_settings(settings: Settings) -> int:
    return settings.heartbeat_interval


def a_fifth_of_the_longest(settings: Settings) -> int:
    return settings.election_timeout_max // 5


def between_both(settings: Settings) -> int:
    return (settings.election_timeout_min + settings.election_timeout_max) // 20


def three_heartbeats(settings: Settings, draw: float) -> int:
    """Right as long as the heartbeat is a third of the shortest wait, as it is in the paper."""
    width = settings.election_timeout_max - settings.election_timeout_min
    return 3 * settings.heartbeat_interval + int(draw * width)


def twice_the_shortest(settings: Settings, draw: float) -> float:
    """Right for the paper's interval, 150 to 300 ms."""
    return settings.election_timeout_min * (1 + draw)


def writes_always(on_disk: Persistent, in_memory: Persistent) -> Writes:
    return (in_memory,)


def log_first(on_disk: Persistent, in_memory: Persistent) -> Writes:
    if in_memory == on_disk:
        return ()
    return (Persistent(on_disk.current_term, on_disk.voted_for, in_memory.log), in_memory)


def vote_first(on_disk: Persistent, in_memory: Persistent) -> Writes:
    if in_memory == on_disk:
        return ()
    return (Persistent(on_disk.current_term, in_memory.voted_for, on_disk.log), in_memory)


def empties_the_log_first(on_disk: Persistent, in_memory: Persistent) -> Writes:
    if in_memory == on_disk:
        return ()
    return (Persistent(in_memory.current_term, in_memory.voted_for, Log()), in_memory)


def votes_do_not_wait_in_late_terms(message: Message) -> bool:
    return not (isinstance(message, RequestVoteResponse) and message.term > 2)


def acknowledges_late_entries_at_once(message: Message) -> bool:
    return not (isinstance(message, AppendEntriesResponse) and message.match_index == 3)


def nothing_beyond_the_disk_is_committed(durable: Persistent, message: Message) -> bool:
    committed = message.leader_commit if getattr(message, "entries", ()) else 0
    return keeps_its_word(durable, message) and durable.log.last_index >= committed


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("id", "answer", "case"),
    [
        ("1.1", whoever_starts_up, "a server starts up once, and before all else"),
        ("1.1", follows_once_more, "a follower that hears its leader takes no arrow"),
        ("1.2", three_heartbeats, "waits no less than the shortest time"),
        ("1.2", twice_the_shortest, "waits no more than the longest time"),
        ("1.3", from_the_settings, "several heartbeats fit into the shortest timeout"),
        ("1.3", from_the_settings, "there is no flood of heartbeats"),
        ("1.3", a_fifth_of_the_longest, "several heartbeats fit into the shortest timeout"),
        ("1.3", between_both, "several heartbeats fit into the shortest timeout"),
        ("5.1", writes_always, "writes nothing if nothing has changed"),
        ("5.1", log_first, "no crash leaves a half of it"),
        ("5.1", vote_first, "no crash leaves a half of it"),
        ("5.1", empties_the_log_first, "no crash leaves a half of it"),
        ("5.2", votes_do_not_wait_in_late_terms, "a vote waits"),
        ("5.2", acknowledges_late_entries_at_once, "an acknowledgement waits"),
        ("5.4", nothing_beyond_the_disk_is_committed, "what a leader sends is on its own disk"),
    ],
)
def test_a_wrong_answer_loses_the_case_that_asks(
    id: str, answer: Rule, case: str, seed: int
) -> None:
    assert case in lost(id, answer, seed)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_each_pair_of_role_and_occasion_is_asked(pair: tuple[Any, Any]) -> None:
    """24 of the 60 tables with one error earned full points once."""
    others = {None, *get_args(Role)} - {next_role(*pair)}
    cases = checks_of(exercise("1.1")).cases

    for other in others:
        table = {each: next_role(*each) for each in PAIRS} | {pair: other}
        answer = TypedAnswers(lambda *asked, table=table: table[asked], Role | None)
        outcomes = [run_case(exercise("1.1"), case, answer, 0).outcome for case in cases]
        assert outcomes.count("failed") == 1


@pytest.mark.parametrize("seed", range(4))
def test_the_settings_of_a_heartbeat_earn_the_same_with_every_seed(seed: int) -> None:
    """In the notebook and in the grading, where the seed is another."""
    results = [
        examine(exercise("1.3"), guarded(a_fifth_of_the_longest), each) for each in (0, seed)
    ]

    assert results[0].points == results[1].points


# Right answers -----------------------------------------------------------------------------


def keeps_what_rests(role: Role, occasion: Any) -> TimerChange:
    change = election_timer_change(role, occasion)
    return "keep" if role == "leader" and occasion != "won an election" else change


def counts_down(settings: Settings, draw: float) -> float:
    width = settings.election_timeout_max - settings.election_timeout_min
    return settings.election_timeout_max - 0.6 * draw * width


def a_twentieth(settings: Settings) -> float:
    return settings.election_timeout_min / 20


def a_list_of_peers(occasion: str, peers: tuple[str, ...], unanswered: tuple[str, ...]) -> Any:
    return [*reversed(peers)]


def a_list_of_writes(on_disk: Persistent, in_memory: Persistent) -> Any:
    return [in_memory] if in_memory != on_disk else []


def step_by_step(on_disk: Persistent, in_memory: Persistent) -> Writes:
    """The term, then the vote, then what a conflict deletes, then entry by entry."""
    term, vote, log = in_memory.current_term, in_memory.voted_for, in_memory.log
    writes = []
    if term != on_disk.current_term:
        writes.append(Persistent(term, None, on_disk.log))
    writes.append(Persistent(term, vote, on_disk.log))
    for index in range(log.common_prefix(on_disk.log), log.last_index + 1):
        writes.append(Persistent(term, vote, log.prefix(index)))
    return tuple(writes) if in_memory != on_disk else ()


def promises_wait(message: Message) -> bool:
    if isinstance(message, RequestVoteResponse):
        return message.vote_granted
    return not isinstance(message, AppendEntriesResponse) or message.match_index > 0


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("id", "answer"),
    [
        ("1.2", counts_down),
        ("1.3", a_twentieth),
        ("1.4", keeps_what_rests),
        ("1.5", a_list_of_peers),
        ("5.1", a_list_of_writes),
        ("5.1", step_by_step),
        ("5.2", promises_wait),
    ],
)
def test_a_right_answer_loses_nothing(id: str, answer: Rule, seed: int) -> None:
    assert examine(exercise(id), guarded(answer), seed).status == "full"


def a_list_of_requests(*arguments: Any) -> Campaign:
    campaign = start_election(*arguments)
    return replace(campaign, requests=[*campaign.requests])


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("heartbeat_targets", a_list_of_peers),
        ("writes_needed", a_list_of_writes),
        ("start_election", a_list_of_requests),
    ],
)
def test_servers_obey_a_rule_that_returns_a_list(name: str, rule: Rule) -> None:
    cluster = Cluster(servers=3, seed=1, rules=Rules().with_rule(name, rule))
    cluster.do(Timeout("S1"))
    cluster.run(ms=30)
    cluster.propose("x=1")
    cluster.run(ms=100)

    assert cluster.state("S1").commit_index == 1
    assert cluster.violations == []


# What is said ------------------------------------------------------------------------------


def test_the_picture_shows_the_role_before() -> None:
    result = check("1.1", follows_once_more)
    (failed,) = (each for each in result.cases if each.outcome == "failed" and each.picture)

    assert "A server is a follower now." in str(failed.picture)


def test_an_interval_is_held_against_the_bound_that_it_misses() -> None:
    failed = dict(check("1.3", from_the_settings).cases[0].lines)

    assert failed["Returned"] == "the interval in µs = 40000, expected 10000 or less."
    assert "The most impatient follower waits 20,000 µs." in failed["Why"]


def test_the_part_of_the_disk_is_named_that_is_wrong_in_the_end() -> None:
    result = check("5.1", lambda on_disk, in_memory: ())
    failed = next(dict(each.lines) for each in result.cases if each.outcome == "failed")

    assert failed["Returned"] == "current_term on the disk, in the end, = 0, expected 1."


def test_a_write_that_leaves_a_half_is_shown() -> None:
    result = check("5.1", log_first)
    (failed,) = (dict(each.lines) for each in result.cases if each.outcome == "failed")

    assert failed["Returned"] == (
        "a write that must not be = Persistent(current_term=0, voted_for=None, "
        "log=Log.of_terms(1)), expected none."
    )
