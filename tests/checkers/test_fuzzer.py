"""The fuzzer draws trials that replay exactly, finds what is wrong, and nothing where nothing is.

`raftkit fuzz --steps 1000000` goes on where these stop.
"""

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from raftkit.checkers import Cluster, run_trial
from raftkit.checkers.fuzzer import fuzz, generate_trial
from raftkit.checkers.fuzzer.actions import draw_action
from raftkit.checkers.fuzzer.configuration import KINDS, Configuration, draw_configuration
from raftkit.checkers.fuzzer.fuzzing import run_trial_number
from raftkit.checkers.schedules import Draw
from raftkit.course.proving import AnswerUnderTest, answer
from raftkit.course.wrong_answers import ODD_ANSWERS, OddAnswer
from raftkit.protocol import Rules
from raftkit.simulator.history_file import history_to_json

pytestmark = pytest.mark.once

TRIALS = 150
BROKEN = Rules().with_rule("has_majority", lambda granted, refused, servers: granted > 0)


def what_happened(cluster: Cluster) -> Any:
    """All of a history but when it was asked for: a replay asks for everything beforehand."""
    told = history_to_json(cluster.history)
    return {part: value for part, value in told.items() if part != "inputs"}


@pytest.mark.parametrize("first", range(0, TRIALS, 25))
def test_a_trial_replays_as_it_was_written(first: int) -> None:
    for number in range(first, first + 25):
        run = run_trial_number(7, number)
        again = run_trial(run.trial)

        assert run.cluster.violations == [], run.trial
        assert what_happened(again) == what_happened(run.cluster)


def test_what_breaks_replays_too() -> None:
    for number in range(40):
        run = run_trial_number(7, number, BROKEN)
        again = run_trial(run.trial, BROKEN)

        assert again.violations == run.cluster.violations


@pytest.mark.parametrize("odd", ODD_ANSWERS, ids=lambda odd: odd.id)
def test_odd_but_right_answers_survive(odd: OddAnswer) -> None:
    subject = AnswerUnderTest(odd)
    for number in range(12):
        run = run_trial_number(3, number, subject.rules, subject.make_server)

        assert run.cluster.violations == [], run.trial


def test_trials_have_characters_of_their_own() -> None:
    configurations = [draw_configuration(Draw(number)) for number in range(300)]
    kinds = [set(configuration.kinds) for configuration in configurations]
    trials = [configuration.trial for configuration in configurations]

    assert set.union(*kinds) >= set(KINDS)
    # Swarm: nearly every trial leaves something out, and no two hundred are alike.
    assert sum(known >= set(KINDS) for known in kinds) == 0
    assert len({frozenset(known) for known in kinds}) > 200
    assert {trial.servers for trial in trials} == {1, 2, 3, 4, 5, 7}
    assert {trial.topology for trial in trials} == {"complete", "ring", "star"}
    assert {trial.clients for trial in trials} == {0, 1, 2}
    assert {trial.heals for trial in trials} == {True, False}
    assert len({trial.settings for trial in trials}) > 10


def test_every_kind_of_fault_happens() -> None:
    seen = Counter(
        type(timed.action).__name__
        for number in range(TRIALS)
        for timed in run_trial_number(7, number).trial.schedule
    )
    wanted = {
        *("Timeout", "Propose", "Ask", "Crash", "Restart", "TornWrite", "Partition", "Heal"),
        *(
            "Cut",
            "Mend",
            "Pause",
            "Resume",
            "Drop",
            "Duplicate",
            "Delay",
            "NetworkConditions",
            "Drift",
        ),
        *("SlowDisk", "MendDisk"),
    }

    assert wanted - set(seen) == set()


def test_a_server_alone_has_no_links_to_cut() -> None:
    alone = next(
        configuration
        for configuration in (draw_configuration(Draw(number)) for number in range(300))
        if configuration.trial.servers == 1
    )
    only_cuts = Configuration(
        alone.trial, ("cut", "partition", "drop entries"), 20, 1_000, 0.5, 0.0
    )

    assert generate_trial(only_cuts, Draw(1)).cluster.violations == []


def test_every_kind_can_be_drawn_on_any_cluster() -> None:
    for servers in (1, 2, 3):
        for kind in (*KINDS, "change leader", "heal", "drop entries"):
            configuration = draw_configuration(Draw(5))
            trial = replace(configuration.trial, servers=servers, clients=1, topology="complete")
            run = generate_trial(replace(configuration, trial=trial, kinds=(kind,)), Draw(servers))

            assert run.cluster.violations == []
    assert callable(draw_action)


# Finding -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "seed"),
    [
        ("V1", 0),  # votes for everybody
        ("V2", 1),  # the longest log wins
        ("P1", 1),  # the vote is forgotten
        ("P20", 1),
        ("C13", 1),  # an answer too early
        ("C40", 1),
        ("C41", 1),  # any_server else's answer
        ("C50", 1),  # no answer at all
    ],
)
def test_a_wrong_answer_is_found_and_told_in_short(wrong: str, seed: int) -> None:
    subject = AnswerUnderTest(answer(wrong))

    found = fuzz(subject.rules, subject.make_server, seed=seed, trials=1_500)

    assert found.violation is not None
    assert found.found is not None
    assert found.trial is not None
    assert found.history is not None
    assert found.violation.property == answer(wrong).violates
    assert len(found.trial.schedule) <= 24
    before = run_trial(found.found, subject.rules, subject.make_server).history
    assert len(found.history.steps()) <= len(before.steps())
    assert found.sentence.startswith(f"{found.violation.property} ({found.violation.section})")


@pytest.mark.parametrize("wrong", ["C16", "C48", "C49"])
def test_rare_lies_to_clients_are_found(wrong: str) -> None:
    subject = AnswerUnderTest(answer(wrong))

    found = fuzz(subject.rules, subject.make_server, seed=1, trials=1_500, shrinks=False)

    assert found.violation is not None
    assert found.violation.property == "Linearizability"


def test_clients_are_busy_in_many_trials_and_are_all_answered_in_the_end() -> None:
    calls = [
        cluster.calls
        for number in range(TRIALS)
        if (cluster := run_trial_number(7, number).cluster).clients
        and run_trial_number(7, number).trial.heals
    ]

    assert sum(len(some) for some in calls) > 200
    assert all(call.returned is not None for some in calls for call in some)


def test_it_ends_after_so_many_trials_or_steps() -> None:
    few = fuzz(trials=5)
    many = fuzz(steps=few.steps + 1)

    assert (few.trials, few.violation) == (5, None)
    assert many.trials == 6
    assert many.steps > few.steps
    assert "no proof" in few.sentence


def test_who_waits_is_told_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []

    done = fuzz(trials=4, progress=lambda trials, steps: told.append((trials, steps)))

    assert [trials for trials, _ in told] == [1, 2, 3, 4]
    assert told[-1] == (done.trials, done.steps)


def test_trials_of_a_seed_do_not_depend_on_each_other() -> None:
    first = fuzz(BROKEN, seed=2)

    assert run_trial_number(2, first.trials - 1, BROKEN).trial == first.found
    assert replace(fuzz(BROKEN, seed=2), history=None) == replace(first, history=None)


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_same_under_every_hash_seed(hash_seed: str, repository: Path) -> None:
    code = (
        "from raftkit.checkers.fuzzer.fuzzing import run_trial_number\n"
        "for number in range(12): print(run_trial_number(5, number).cluster.history.to_json())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=repository,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )

    here = [run_trial_number(5, number).cluster.history.to_json() for number in range(12)]
    assert done.stdout.split() == "\n".join(here).split()
