"""Measures how long a check of an answer takes, and all of MIT's scenarios.

Both are CPU seconds of this process, also given as a number of floor events. It does not know
how a check works.
"""

from collections.abc import Iterator
from statistics import median
from time import process_time

from raftkit.bench.measurement import FLOOR, Measurement, floor_events
from raftkit.course import EXERCISES, check
from raftkit.course.checking.answer_kinds import answer_kind_of
from raftkit.course.checking.checks import reference_of, server_checks_of
from raftkit.course.checking.guarded_server import guarded_server
from raftkit.course.checking.server_stages import ServerStage
from raftkit.course.exercise import Exercise
from raftkit.scenarios import mit, run_scenario


def classroom_rows() -> Iterator[Measurement]:
    """Seconds for all of MIT's scenarios, for the checks of the exercises, and for each stage."""
    times: list[float] = []

    def typical() -> float:
        times[:] = check_times()
        return median(times)

    def slowest() -> float:
        # The median, if it was measured, has timed the checks already.
        return max(times or check_times())

    whole = (
        ("all MIT scenarios", all_scenarios),
        ("one check of a right answer, median", typical),
        ("one check of a right answer, slowest", slowest),
    )
    for name, measure in whole:
        yield Measurement(name, "s", measure, FLOOR, floor_events)
    for exercise in EXERCISES:
        if answer_kind_of(exercise).is_class:
            yield from stage_rows(exercise)


def stage_rows(exercise: Exercise) -> Iterator[Measurement]:
    """Seconds for each stage of a whole server, guarded as a student's is."""
    checks = server_checks_of(exercise)
    for stage in checks.stages:

        def measure(stage: ServerStage = stage) -> float:
            servers = guarded_server(checks.reference)
            started = process_time()
            for case in stage.cases:
                finding = case.test.finding(servers, 0)
                if finding is not None:
                    raise RuntimeError(f"{exercise.id} {case.name}: {finding.lines}")
            return process_time() - started

        name = f"stage {stage.name} of a right server"
        yield Measurement(name, "s", measure, FLOOR, floor_events, once=True)


def all_scenarios() -> float:
    """The CPU seconds that all of MIT's scenarios take."""
    started = process_time()
    for scenario in mit.SCENARIOS:
        complaint = run_scenario(scenario)
        if complaint:
            raise RuntimeError(f"{scenario.origin}: {complaint}")
    return process_time() - started


def check_times() -> list[float]:
    """How long each exercise's check takes on the reference, guarded as a student's answer is."""
    times = []
    for exercise in EXERCISES:
        if answer_kind_of(exercise).is_class:
            continue  # Its stages have rows of their own.
        started = process_time()
        result = check(exercise.id, reference_of(exercise))
        times.append(process_time() - started)
        if result.status != "full":
            raise RuntimeError(f"{exercise.id}: {result}")
    return times
