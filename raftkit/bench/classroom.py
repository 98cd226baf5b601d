"""How long people wait: for a check of an answer, for all the public scenarios.

Both are seconds of this process, compared with how many floor events they would be.
It does not know how a check works.
"""

from collections.abc import Iterator
from statistics import median
from time import process_time

from raftkit.bench.measurement import FLOOR, Measurement, floor_events
from raftkit.checkers.scenarios import SCENARIOS, run_scenario
from raftkit.course import EXERCISES, check
from raftkit.course.checks import reference_of

PUBLIC_COURSE = "MIT"  # its scenarios run whole clusters, and so take time


def classroom_rows() -> Iterator[Measurement]:
    """Seconds for all public scenarios and for the checks of the exercises."""
    whole = (
        (f"all {PUBLIC_COURSE} scenarios", all_scenarios),
        ("one check of a right answer, median", lambda: median(check_times())),
        ("one check of a right answer, slowest", lambda: max(check_times())),
    )
    for name, measure in whole:
        yield Measurement(name, "s", measure, FLOOR, floor_events)


def all_scenarios() -> float:
    """How long the public course's scenarios take together, in seconds."""
    started = process_time()
    for scenario in SCENARIOS:
        if scenario.suite.startswith(PUBLIC_COURSE):
            complaint = run_scenario(scenario)
            if complaint:
                raise RuntimeError(f"{scenario.origin}: {complaint}")
    return process_time() - started


def check_times() -> list[float]:
    """How long each exercise's check takes on the reference, guarded as a student's answer is."""
    times = []
    for exercise in EXERCISES:
        started = process_time()
        result = check(exercise.id, reference_of(exercise))
        times.append(process_time() - started)
        if result.status != "full":
            raise RuntimeError(f"{exercise.id}: {result}")
    return times
