"""Whatever breaks is shrunk until nothing can be left out, whoever found it and whatever it is."""

from dataclasses import dataclass, replace

import pytest

from raftkit import checkers, simulator
from raftkit.checkers import Timed, Trial, run_trial, search, shrink
from raftkit.checkers.fuzzer import fuzz
from raftkit.checkers.schedules import draw_long_trial, draw_short_trial
from raftkit.checkers.shrinker import shrink_schedule
from raftkit.checkers.shrinker.fewest import fewest
from raftkit.checkers.shrinker.traces import trace_of
from raftkit.checkers.trial_program import program
from raftkit.checkers.trials import first_violation
from raftkit.course.proving import AnswerUnderTest, answer
from raftkit.protocol import Rules, Settings, Tally
from raftkit.protocol.json_form import from_json, to_json
from raftkit.simulator import (
    Ask,
    ByHand,
    Crash,
    Deliver,
    Link,
    Propose,
    Restart,
    SlowDisk,
    Timeout,
    TornWrite,
)

pytestmark = pytest.mark.once


def with_rule(name: str, rule: object) -> Rules:
    return Rules().with_rule(name, rule)


GENEROUS = with_rule("should_grant_vote", lambda standing, request, fits: fits)
BLIND = with_rule(
    "should_grant_vote",
    lambda standing, request, fits: (
        request.term >= standing.current_term and standing.voted_for in (None, request.source)
    ),
)
HALF = with_rule("has_majority", lambda granted, refused, servers: granted >= servers // 2)
# Nothing has to be on a disk before a message leaves.
HASTY = with_rule("waits_for_disk", lambda message: False)
COUNTS_TWICE = with_rule(
    "count_vote",
    lambda standing, tally, response: Tally((*tally.granted, response.source), tally.refused),
)
NEVER_COMMITS = with_rule("advance_commit_index", lambda log, term, commit, matches: commit)


@dataclass(frozen=True)
class Shrunk:
    """A trial that breaks something, and what has become of it."""

    rules: Rules
    trial: Trial
    small: Trial


def _found(rules: Rules) -> Trial:
    trial = search(rules, range(400))
    assert trial is not None
    return trial


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((GENEROUS, None), id="votes for everybody"),
        pytest.param((BLIND, None), id="any log will do"),
        pytest.param((HALF, None), id="half is enough"),
        pytest.param((BLIND, draw_long_trial(3)), id="any log will do, in a long trial"),
        pytest.param(
            (NEVER_COMMITS, replace(draw_short_trial(3, servers=5), heals=True)), id="never commits"
        ),
    ],
)
def shrunk(request: pytest.FixtureRequest) -> Shrunk:
    rules, trial = request.param
    trial = trial or _found(rules)
    return Shrunk(rules, trial, shrink(trial, rules))


def is_by_hand(trial: Trial) -> bool:
    return trial.schedule[:1] == (Timed(0, ByHand()),)


def test_no_action_can_be_left_out_of_a_shrunk_trial(shrunk: Shrunk) -> None:
    broken = first_violation(shrunk.small, shrunk.rules)
    assert broken is not None

    # That it is told by hand is no event.
    for position in range(is_by_hand(shrunk.small), len(shrunk.small.schedule)):
        rest = shrunk.small.schedule[:position] + shrunk.small.schedule[position + 1 :]
        without = first_violation(replace(shrunk.small, schedule=rest), shrunk.rules)
        assert without is None or without.property != broken.property


def test_a_shrunk_trial_breaks_the_same_property_in_no_more_steps(shrunk: Shrunk) -> None:
    before = run_trial(shrunk.trial, shrunk.rules)
    after = run_trial(shrunk.small, shrunk.rules)

    assert after.violations[0].property == before.violations[0].property
    assert len(after.history.steps()) <= len(before.history.steps())
    assert shrunk.small.servers <= shrunk.trial.servers


def test_shrinking_is_deterministic(shrunk: Shrunk) -> None:
    assert shrink(shrunk.trial, shrunk.rules) == shrunk.small


def test_shrinking_again_changes_nothing(shrunk: Shrunk) -> None:
    assert shrink(shrunk.small, shrunk.rules) == shrunk.small


def test_a_trial_survives_json_and_a_paste(shrunk: Shrunk) -> None:
    names = {**vars(simulator), **vars(checkers), "Settings": Settings}

    assert from_json(to_json(shrunk.small)) == shrunk.small
    assert eval(repr(shrunk.small), names) == shrunk.small


def test_the_program_repeats_the_finding(shrunk: Shrunk) -> None:
    names: dict[str, object] = {"mine": shrunk.rules}
    # The picture is the last line's value in a notebook.
    exec(program(shrunk.small, "mine"), names)

    assert names["trial"] == shrunk.small
    assert names["cluster"].violations == run_trial(shrunk.small, shrunk.rules).violations


def test_a_double_vote_takes_two_candidates_and_two_requests() -> None:
    small = shrink(_found(GENEROUS), GENEROUS)

    assert len(small.schedule) == 7
    assert small.servers <= 3
    assert len(run_trial(small, GENEROUS).history.steps()) <= 9


def test_a_trial_that_breaks_nothing_cannot_be_shrunk() -> None:
    with pytest.raises(ValueError, match="breaks no property"):
        shrink(draw_short_trial(0), Rules())


# By hand -----------------------------------------------------------------------------------


def test_a_message_that_arrives_twice_is_kept_for_the_second_time() -> None:
    # A vote is counted as often as it comes, so two of five are enough, and two of them lead.
    actions = (
        *(ByHand(), Timeout("S1"), Timeout("S2")),
        *(Deliver("S1", "S1", "RequestVoteRequest"), Deliver("S1", "S1", "RequestVoteResponse")),
        *(Deliver("S2", "S2", "RequestVoteRequest"), Deliver("S2", "S2", "RequestVoteResponse")),
        *(Deliver("S1", "S3", "RequestVoteRequest"), Deliver("S2", "S4", "RequestVoteRequest")),
        *(Deliver("S3", "S1", "RequestVoteResponse", again=True) for _ in range(3)),
        *(Deliver("S4", "S2", "RequestVoteResponse", again=True) for _ in range(3)),
    )
    schedule = tuple(Timed(1_000 * at, action) for at, action in enumerate(actions))
    found = Trial(5, 0, schedule, 20_000)
    small = shrink(found, COUNTS_TWICE)
    twice = [timed.action for timed in small.schedule if getattr(timed.action, "again", False)]

    assert twice
    assert {action.kind for action in twice} == {"RequestVoteResponse"}


def test_a_crash_before_a_slow_disk_is_done_is_told_as_a_torn_write() -> None:
    schedule = (
        Timed(0, SlowDisk("S1", 50_000)),
        Timed(1_000, Timeout("S2")),
        Timed(20_000, Crash("S1")),
        Timed(21_000, Restart("S1")),
        Timed(22_000, Timeout("S1")),
    )
    trial = Trial(3, 1, schedule, 60_000)
    broken = first_violation(trial, HASTY)
    assert broken is not None
    assert broken.property == "One Vote per Term"
    small = shrink(trial, HASTY)

    # S1 has become S2, because the other one acts first.
    assert TornWrite("S2") in [timed.action for timed in small.schedule]
    assert not any(isinstance(timed.action, SlowDisk | Crash) for timed in small.schedule)


def test_commands_of_clients_are_told_as_commands_from_outside() -> None:
    schedule = (Timed(0, Timeout("S1")), Timed(30_000, Ask("C1", "x=1")))
    cluster = run_trial(Trial(3, 2, schedule, 90_000, clients=1))

    told = [event.what for event in trace_of(cluster.history)]

    assert Propose("x=1", "S1") in told
    assert {getattr(what, "server", "S1") for what in told} <= {*cluster.servers}


@pytest.mark.parametrize("wrong", ["C13", "C40", "C43", "C47"])
def test_what_clients_are_told_is_told_by_hand_too(wrong: str) -> None:
    subject = AnswerUnderTest(answer(wrong))
    rules, make_server = subject.rules, subject.make_server
    found = fuzz(rules, make_server, seed=9, shrinks=False).found
    assert found is not None
    small = shrink(found, rules, make_server)
    broken = first_violation(small, rules, make_server)

    assert is_by_hand(small)
    assert broken is not None
    assert broken.property == "Linearizability"
    for position in range(1, len(small.schedule)):
        rest = small.schedule[:position] + small.schedule[position + 1 :]
        without = first_violation(replace(small, schedule=rest), rules, make_server)
        assert without is None or without.property != broken.property
    assert len(small.schedule) < 30
    assert shrink(small, rules, make_server) == small


def test_clients_and_their_patience_are_told_as_they_are() -> None:
    schedule = (
        Timed(0, Timeout("S1")),
        Timed(30_000, Ask("C1", "x=1")),
        Timed(40_000, Crash("S1")),
    )
    cluster = run_trial(Trial(3, 2, schedule, 900_000, clients=1))

    told = [event.what for event in trace_of(cluster.history, with_clients=True)]
    kinds = {getattr(what, "kind", "") for what in told}

    assert {Ask("C1", "x=1"), Timeout("C1", "retry")} <= {*told}
    assert {"ClientRequest", "ClientResponse"} <= kinds


def test_servers_are_numbered_as_they_appear() -> None:
    schedule = (Timed(0, Timeout("S5")), Timed(0, Timeout("S4")))
    trial = Trial(5, 8, schedule, 40_000)
    rules = with_rule("has_majority", lambda granted, refused, servers: granted > 0)

    small = shrink(trial, rules)

    assert small.servers == 2
    assert [timed.action for timed in small.schedule][1] == Timeout("S1")


# Schedules ---------------------------------------------------------------------------------


def test_what_a_bound_on_time_does_not_need_is_made_plain() -> None:
    schedule = (Timed(5_000, Ask("C2", "x=1")), Timed(90_000, Crash("S4")))
    trial = Trial(
        5,
        seed=9,
        schedule=schedule,
        end=200_000,
        heals=True,
        settings=Settings(batch=1),
        link=Link(latency_min=5, latency_max=50),
        topology="ring",
        clients=2,
    )

    small = shrink_schedule(trial, NEVER_COMMITS)

    assert small == Trial(1, small.seed, (), small.end, heals=True)


def test_a_schedule_ends_with_what_it_breaks() -> None:
    schedule = (Timed(0, Timeout("S1")), Timed(0, Timeout("S2")))
    trial = Trial(3, 8, schedule, 900_000, heals=True)

    small = shrink_schedule(trial, HALF)
    broken = first_violation(small, HALF)

    assert broken is not None
    assert (small.end, small.heals) == (broken.time, False)


# The fewest --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "needed", [{0}, {99}, {0, 99}, {3, 4, 5}, set(range(0, 100, 9)), set()], ids=str
)
def test_what_is_needed_together_is_kept_and_nothing_else(needed: set[int]) -> None:
    kept = fewest(tuple(range(100)), lambda some: needed <= {*some})

    assert kept == tuple(sorted(needed))


def test_what_becomes_needless_when_something_else_goes_goes_too() -> None:
    def holds(some: tuple[int, ...]) -> bool:
        """7 is needed as long as 8 is there, which nobody needs; 3 always is."""
        return 3 in some and (8 not in some or 7 in some)

    assert fewest(tuple(range(10)), holds) == (3,)
