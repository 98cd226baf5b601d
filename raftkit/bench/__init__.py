"""The performance table of `raftkit bench`: how fast this kit is on the machine it runs on.

Every figure is also given as a ratio to another figure of the same run, because seconds
depend more on the machine than on the code. Each round takes every measurement once, and the
table shows medians. The unit of comparison is a floor event: the least that any simulation in
Python does for an event.
"""

import gc
from collections.abc import Callable, Iterable
from statistics import median
from typing import Any

from raftkit.bench.checking import classroom_rows
from raftkit.bench.commits import commit_rows
from raftkit.bench.exploring import SearchSizes, exploring_rows
from raftkit.bench.floor import floor
from raftkit.bench.fuzzing import fuzzing_rows
from raftkit.bench.guarding import guarding_rows
from raftkit.bench.linearizability import linearizability_rows
from raftkit.bench.long_runs import long_run_rows
from raftkit.bench.measurement import FLOOR, Measurement, quotient
from raftkit.bench.proving import proving_rows
from raftkit.bench.starting import starting_rows


def run_bench(
    rounds: int = 5,
    commits: int = 1_000,
    logs: tuple[int, int] = (1_000, 100_000),
    explored: SearchSizes | None = None,
    minutes: float = 10,
    only: str = "",
    progress: Callable[[Iterable[Any], int], Iterable[Any]] = lambda steps, total: steps,
) -> list[dict[str, Any]]:
    """The figures: dictionaries with name, value, unit, ratio and ratio_to.

    `commits` is the number of commands that each measurement proposes, `logs` are the two log
    lengths at which the time of a commit is compared, `explored` are the bounds of the searches,
    `minutes` the virtual minutes of the long run.
    `only` chooses the figures with this text in their names, and those that they are compared
    with. `progress` wraps the steps, for a bar. Raises ValueError if no figure has such a name.

    >>> [figure["name"] for figure in run_bench(rounds=1, commits=20, only="5 servers, neither")]
    ['floor', '5 servers, neither']
    """
    measurements = _chosen(_measurements(commits, logs, explored or SearchSizes(), minutes), only)
    seen: list[dict[str, float]] = [{} for _ in range(rounds)]
    steps = [
        (values, wanted)
        for round, values in enumerate(seen)
        for wanted in measurements
        if round == 0 or not wanted.once
    ]
    for values, wanted in progress(steps, len(steps)):
        # Collecting the garbage of an earlier measurement must not cost this one time.
        gc.collect()
        values[wanted.name] = wanted.measure()
    return [_figure(wanted, seen) for wanted in measurements]


def _figure(wanted: Measurement, rounds: list[dict[str, float]]) -> dict[str, Any]:
    """One row of the table: medians over the rounds, of the value and of its ratio.

    The ratio is taken within each round, because a machine may be slower in the next one.
    """
    rounds = [values for values in rounds if wanted.name in values]
    return {
        "name": wanted.name,
        "value": median(values[wanted.name] for values in rounds),
        "unit": wanted.unit,
        "ratio": median(
            wanted.ratio(values[wanted.name], values[wanted.ratio_to]) for values in rounds
        ),
        "ratio_to": wanted.ratio_to,
    }


def _chosen(measurements: list[Measurement], only: str) -> list[Measurement]:
    """The rows with `only` in their names, and the rows that these are compared with."""
    ratio_to = {each.name: each.ratio_to for each in measurements}
    wanted = [name for name in ratio_to if only.casefold() in name.casefold()]
    if not wanted:
        raise ValueError(f'no figure has "{only}" in its name')
    for name in wanted:  # The list grows: a figure that is compared with may be a ratio itself.
        if ratio_to[name] not in wanted:
            wanted.append(ratio_to[name])
    return [each for each in measurements if each.name in wanted]


def _measurements(
    commits: int, logs: tuple[int, int], explored: SearchSizes, minutes: float
) -> list[Measurement]:
    """Every row of the table, in order."""
    return [
        Measurement(FLOOR, "events/s", floor, FLOOR, quotient),
        *commit_rows(commits, logs),
        *long_run_rows(minutes),
        *starting_rows(),
        *classroom_rows(),
        *guarding_rows(),
        *fuzzing_rows(),
        *exploring_rows(explored),
        *linearizability_rows(),
        *proving_rows(),
    ]
