"""The performance table: how fast this kit is, on whatever machine it runs.

Every figure is also a ratio to another one of the same run, because seconds alone
say more about the machine than about the code. Measurements take turns, round by
round, and the table shows medians. The unit of comparison is a floor event: what a
simulation in Python costs at the very least.
"""

import gc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from statistics import median
from time import process_time
from typing import Any

from raftkit import simulator
from raftkit.checkers.cluster import Cluster
from raftkit.checkers.scenarios import SCENARIOS, run_scenario
from raftkit.course import EXERCISES, check
from raftkit.protocol import (
    ClientRequest,
    ClientResponse,
    Entry,
    Log,
    Persistent,
    Rules,
    Server,
    Settings,
)

FLOOR = "floor"
# How long the heap is kept: a push and a pop cost more, the more events are planned.
PENDING = 100

PUBLIC_COURSE = "MIT"  # its scenarios run whole clusters, and so take time


@dataclass(frozen=True)
class Measurement:
    """Something to measure: `measure` gives one value, `ratio` compares it within its round.

    `ratio` is handed the value and the round's value of the figure named `ratio_to`.
    """

    name: str
    unit: str
    measure: Callable[[], float]
    ratio_to: str
    ratio: Callable[[float, float], float]


def run_bench(
    rounds: int = 5,
    commits: int = 1_000,
    logs: tuple[int, int] = (1_000, 100_000),
    progress: Callable[[Iterable[Any], int], Iterable[Any]] = lambda steps, total: steps,
) -> list[dict[str, Any]]:
    """The figures: dictionaries with name, value, unit, ratio and ratio_to.

    `commits` is how many commands each measurement proposes, `logs` between which two log
    lengths the time of a commit is compared. `progress` wraps the steps, for a bar.

    >>> figures = run_bench(rounds=1, commits=20, logs=(10, 100))
    >>> figures[0]["name"], figures[0]["ratio"]
    ('floor', 1.0)
    """
    measurements = _measurements(commits, logs)
    seen: list[dict[str, float]] = [{} for _ in range(rounds)]
    steps = [(values, wanted) for values in seen for wanted in measurements]
    for values, wanted in progress(steps, len(steps)):
        # What an earlier measurement has left behind is not this one's to clear away.
        gc.collect()
        values[wanted.name] = wanted.measure()
    return [_figure(wanted, seen) for wanted in measurements]


def _figure(wanted: Measurement, rounds: list[dict[str, float]]) -> dict[str, Any]:
    """One row of the table: medians over the rounds, of the value and of its ratio.

    The ratio is taken within each round, because a machine may be slower in the next one.
    """
    return {
        "name": wanted.name,
        "value": median(values[wanted.name] for values in rounds),
        "unit": wanted.unit,
        "ratio": median(
            wanted.ratio(values[wanted.name], values[wanted.ratio_to]) for values in rounds
        ),
        "ratio_to": wanted.ratio_to,
    }


def _measurements(commits: int, logs: tuple[int, int]) -> list[Measurement]:
    """Every row of the table, in order. A new figure is a new row here."""
    table = [Measurement(FLOOR, "events/s", floor, FLOOR, _quotient)]
    for servers in (3, 5):
        table += [
            Measurement(name, "commits/s", measure, FLOOR, _quotient)
            for name, measure in _commit_rates(servers, commits)
        ]
    table += _flatness(commits, logs)
    whole = (
        (f"all {PUBLIC_COURSE} scenarios", all_scenarios),
        ("one check of a right answer, median", lambda: median(check_times())),
        ("one check of a right answer, slowest", lambda: max(check_times())),
    )
    table += [Measurement(name, "s", measure, FLOOR, _floor_events) for name, measure in whole]
    return table


def _quotient(value: float, other: float) -> float:
    """How many times as large `value` is."""
    return value / other


def _floor_events(seconds: float, events_per_second: float) -> float:
    """How many floor events fit into `seconds`."""
    return seconds * events_per_second


# The floor -------------------------------------------------------------------------------


def floor(events: int = 200_000) -> float:
    """Push, pop and call of a tuple (time, counter, action, argument), in events a second.

    It is the least that any simulation in Python does for an event, with 100 of them pending.
    """

    def action(argument: None) -> None:
        """An event that does nothing."""

    heap = [(time, time, action, None) for time in range(PENDING)]
    started = process_time()
    for time in range(PENDING, PENDING + events):
        heappush(heap, (time, time, action, None))
        _, _, call, argument = heappop(heap)
        call(argument)
    return events / (process_time() - started)


# Commits ---------------------------------------------------------------------------------


class ClosedLoop:
    """A client with one command in flight: each answer brings the next command.

    Its commands come from outside, so that nothing but Raft is measured.
    """

    def __init__(self, cluster: simulator.Cluster) -> None:
        self.cluster = cluster
        self.done = 0
        cluster.run(ms=1_000)
        leader = cluster.leader
        if leader is None:
            raise RuntimeError("the cluster to be measured has no leader")
        self.leader = leader
        self._host = cluster.host(leader)
        cluster.on_answer(self._answered)
        self._propose()

    def seconds_per_commit(self, commits: int) -> float:
        """Let at least so many commands be committed; the time for each, of this process."""
        before, started = self.done, process_time()
        while self.done < before + commits:
            self.cluster.run(ms=500)
            if self.cluster.violations:
                raise RuntimeError(f"the cluster to be measured fails: {self.cluster.violations}")
        return (process_time() - started) / (self.done - before)

    def _answered(self, answer: ClientResponse) -> None:
        """One more command is committed: hand in the next, still within the same instant."""
        self.done += 1
        self._propose()

    def _propose(self) -> None:
        """Hand the leader a command from outside, past the network, which is not to be measured."""
        self._host.receive(ClientRequest("", self.leader, 0, "x=1"))


def _commit_rates(servers: int, commits: int) -> Iterator[tuple[str, Callable[[], float]]]:
    """Commits a second, with a history and checks, and then with neither."""

    def recorded_and_checked() -> float:
        return 1 / ClosedLoop(Cluster(servers=servers)).seconds_per_commit(commits)

    def bare() -> float:
        cluster = simulator.Cluster(servers=servers, record=False)
        return 1 / ClosedLoop(cluster).seconds_per_commit(commits)

    yield f"{servers} servers, recorded and checked", recorded_and_checked
    yield f"{servers} servers, neither", bare


def _flatness(commits: int, logs: tuple[int, int]) -> Iterator[Measurement]:
    """The time of a commit with a short and with a long log: the same, if nothing copies it."""
    short, long = (f"one commit after {entries:,} entries" for entries in logs)
    for name, entries, ratio_to in ((short, logs[0], FLOOR), (long, logs[1], short)):
        ratio = _floor_events if ratio_to == FLOOR else _quotient
        loops: list[ClosedLoop] = []

        def seconds(entries: int = entries, loops: list[ClosedLoop] = loops) -> float:
            if not loops:
                loops.append(ClosedLoop(with_log(entries)))
                loops[0].seconds_per_commit(1)  # With it, all the earlier entries are committed.
            return loops[0].seconds_per_commit(commits)

        yield Measurement(name, "s", seconds, ratio_to, ratio)


def with_log(entries: int) -> Cluster:
    """Three servers whose disks already hold so many entries of an earlier term."""

    def make_server(
        id: str,
        servers: tuple[str, ...],
        rules: Rules,
        settings: Settings,
        durable: Persistent | None,
    ) -> Server:
        full = Persistent(1, None, Log(Entry(1, "x=1") for _ in range(entries)))
        return Server(id, servers, rules, settings, durable or full)

    return Cluster(servers=3, make_server=make_server)


# Scenarios and exercises -----------------------------------------------------------------


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
        result = check(exercise.id, getattr(Rules(), exercise.rule))
        times.append(process_time() - started)
        if result.status != "full":
            raise RuntimeError(f"{exercise.id}: {result}")
    return times
