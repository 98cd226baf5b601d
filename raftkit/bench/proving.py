"""Measures the proof of the checks: each wrong answer is given to the check meant for it.

The seconds are those up to the first counterexample of each, on one core. It does not know
which case must catch which answer; tests do.
"""

from collections.abc import Callable, Iterator
from statistics import median

from raftkit.bench.measurement import FLOOR, Measurement, floor_events
from raftkit.course.proving import COLUMNS, Plan, run_matrix
from raftkit.course.wrong_answers import WRONG_ANSWERS

WHOLE: tuple[tuple[str, Callable[[list[float]], float]], ...] = (
    ("first counterexample, median", median),
    ("first counterexample, slowest", max),
    ("all wrong answers, to the first counterexample", sum),
)


def proving_rows() -> Iterator[Measurement]:
    """Seconds to the first counterexample: the median, the slowest, and all together."""
    times: list[float] = []
    for name, of in WHOLE:

        def measure(of: Callable[[list[float]], float] = of) -> float:
            # One long run gives all three figures.
            if not times:
                times.extend(seconds_to_counterexamples())
            return of(times)

        yield Measurement(name, "s", measure, FLOOR, floor_events, once=True)


def seconds_to_counterexamples() -> list[float]:
    """For each wrong answer, the seconds until the check meant for it catches it."""
    plan = Plan(tuple(column.name for column in COLUMNS), intended_only=True)
    matrix = run_matrix(plan, [wrong.id for wrong in WRONG_ANSWERS])
    return [row.intended.seconds for row in matrix.rows if row.intended is not None]
