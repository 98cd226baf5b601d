"""Scenarios can fail: wrong answers break the scenarios that are about them, with a sentence."""

from dataclasses import fields, replace

import pytest

from raftkit.checkers import Timed, Trial, run_trial
from raftkit.checkers.lint import CHANGES_WHAT_IT_HAS_GIVEN, lint_server
from raftkit.course.proving import answer
from raftkit.protocol import (
    Effects,
    Event,
    Persistent,
    RequestVoteRequest,
    Rules,
    Server,
    Settings,
    Standing,
)
from raftkit.scenarios import SCENARIOS, run_scenario, scenario
from raftkit.simulator import Timeout

# A wrong answer, a scenario that must catch it, and words of the sentence that says so.
CAUGHT = (
    ("V1", "Figure8Unreliable", "One Vote per Term (§5.2) is broken"),
    ("V6", "Rejoin", "is broken"),
    ("V6", "Persist3", "is broken"),
    ("V7", "Backup", "is broken"),
    ("V14a", "ReElection", "Election Safety (§5.2) is broken"),
    ("V17d", "InitialElection", "expected a leader"),
    ("T4a", "ManyElections", "expected a leader"),
    ("T8", "InitialElection", "S1, a leader, became candidate on “election timeout”"),
    ("L6a", "ConcurrentStarts", "At "),
    ("L6a", "FailAgree", "is broken"),
    ("L3", "Rejoin", "is broken"),
    ("L3", "UnreliableChurn", "is broken"),
    ("L2a", "UnreliableAgree", "is broken"),
    ("L25", "BasicAgree", "in time"),
    ("L11", "FailNoAgree", "raised IndexError"),
    ("L37", "RPCBytes", "commands are sent more than once"),
    ("L15", "ReliableChurn", "expected 5 servers to apply 'end' in time"),
    ("L15", "FailAgree", "expected 3 servers to apply 'x=106' in time"),
    ("C8", "FailNoAgree", "without a majority"),
    ("C9", "FollowerFailure", "without a majority"),
    ("C9", "LeaderFailure", "applied"),
    ("P2", "Persist1", "is broken"),
    ("P2", "Persist2", "is broken"),
    ("P9", "Persist1", "Role Transitions (Figure 4) is broken"),
)


def failure_of(id: str, origin: str, seed: int = 0) -> str | None:
    """What a scenario says of an answer of the catalogue."""
    found = answer(id)
    return run_scenario(scenario(origin), found.rules, found.server, seed)


@pytest.mark.parametrize(("id", "origin", "words"), CAUGHT)
def test_a_wrong_answer_fails_the_scenario_about_it(id: str, origin: str, words: str) -> None:
    failure = failure_of(id, origin)

    assert failure is not None
    assert words in failure


def test_figure_8_catches_a_leader_that_counts_older_entries() -> None:
    # One seed in two leads to the situation of Figure 8.
    failures = (failure_of("C1", "Figure8", seed) for seed in range(12))

    assert "Leader Completeness (§5.4) is broken" in next(filter(None, failures), "")


def test_each_scenario_of_mit_is_shown_to_fail() -> None:
    of_mit = {tried.origin for tried in SCENARIOS if tried.suite.startswith("MIT")}

    # Both have tests of their own: Figure 8 on several seeds, the other with a hasty leader.
    assert of_mit - {origin for _, origin, _ in CAUGHT} == {"Figure8", "Count"}


def test_a_leader_that_sends_heartbeats_all_the_time_costs_too_much() -> None:
    def every_10_ms(settings: Settings) -> int:
        return 10_000

    failure = run_scenario(scenario("Count"), Rules(heartbeat_interval=every_10_ms))

    assert failure is not None
    assert "requests were sent to elect a leader: too many" in failure


def test_a_rule_that_is_not_written_yet_is_a_failure() -> None:
    def not_written_yet(standing: Standing, request: RequestVoteRequest, up_to_date: bool) -> bool:
        raise NotImplementedError("write this rule")

    failure = run_scenario(scenario("BasicAgree"), Rules(should_grant_vote=not_written_yet))

    assert failure is not None
    assert "raised NotImplementedError: write this rule" in failure


def test_a_storm_of_messages_ends() -> None:
    failure = failure_of("T7c", "InitialElection")

    assert failure is not None
    assert "a storm of messages" in failure


class DiskIsState(Server):
    """A server that changes the object which is on its disk, instead of writing a new one."""

    def __init__(
        self,
        id: str,
        servers: tuple[str, ...],
        rules: Rules | None,
        settings: Settings,
        disk: Persistent | None,
    ) -> None:
        self._own = disk or Persistent()
        super().__init__(id, servers, rules, settings, replace(self._own))

    def handle(self, event: Event) -> Effects:
        effects = super().handle(event)
        if effects.writes:
            for field in fields(Persistent):
                object.__setattr__(self._own, field.name, getattr(effects.writes[-1], field.name))
            effects.writes = (self._own,)
        return effects


def test_a_disk_that_is_the_servers_own_state_is_found_by_the_lint() -> None:
    (found,) = lint_server(DiskIsState)

    assert found.kind == CHANGES_WHAT_IT_HAS_GIVEN


class OutOfRange(Server):
    def handle(self, event: Event) -> Effects:
        return (Effects(),)[len(self.peers)]


def test_the_line_of_a_server_that_raises_an_error_is_in_every_report() -> None:
    said = (
        "raised IndexError: tuple index out of range (in handle, line "
        rf"{OutOfRange.handle.__code__.co_firstlineno + 1}: return (Effects(),)[len(self.peers)])"
    )
    trial = Trial(3, seed=1, schedule=(Timed(0, Timeout("S1")),), end=50_000)
    reports = [
        run_scenario(scenario("BasicAgree"), make_server=OutOfRange),
        run_scenario(scenario("SamePatience"), make_server=OutOfRange),
        run_trial(trial, make_server=OutOfRange).violations[0].detail,
    ]

    assert all(said in (report or "") for report in reports), reports
