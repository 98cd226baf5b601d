"""Random schedules of faults find nothing wrong with the reference, and progress follows healing.

A thousand are enough to notice a mistake; `RAFTKIT_SCHEDULES=10000 pytest tests/checkers` runs
ten thousand.
"""

import os

import pytest

from raftkit.checkers.schedules import draw_long_trial, draw_short_trial
from raftkit.checkers.trials import first_violation

pytestmark = pytest.mark.once

SCHEDULES = int(os.environ.get("RAFTKIT_SCHEDULES", "1000"))
SEEDS_A_TEST = 25


@pytest.mark.parametrize("first", range(0, SCHEDULES * 2 // 5, SEEDS_A_TEST))
@pytest.mark.parametrize("servers", [3, 5])
def test_long_schedules_break_nothing_and_end_in_progress(first: int, servers: int) -> None:
    for seed in range(first, first + SEEDS_A_TEST):
        violation = first_violation(draw_long_trial(seed, servers))

        assert violation is None, f"draw_long_trial(seed={seed}, servers={servers}): {violation}"


@pytest.mark.parametrize("first", range(0, SCHEDULES // 5, SEEDS_A_TEST))
def test_short_schedules_break_nothing(first: int) -> None:
    for seed in range(first, first + SEEDS_A_TEST):
        violation = first_violation(draw_short_trial(seed))

        assert violation is None, f"draw_short_trial(seed={seed}): {violation}"


def test_schedules_contain_every_kind_of_fault() -> None:
    kinds = {
        type(timed.action).__name__
        for seed in range(200)
        for trial in (draw_short_trial(seed), draw_long_trial(seed))
        for timed in trial.schedule
    }

    assert kinds >= {
        *(
            "Partition",
            "Heal",
            "Cut",
            "NetworkConditions",
            "Crash",
            "Restart",
            "Pause",
            "Resume",
            "Timeout",
        ),
        *("Drop", "Duplicate", "Delay", "TornWrite", "Propose"),
    }
