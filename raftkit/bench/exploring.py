"""Measures the explorer's speed and memory, and the length of its way to Figure 8.

Every search exhausts the bounds in its name and finds no violation, or its measurement fails.
States that differ only in servers' names count as one, except in the rows "without symmetry".
It does not know how states are searched.
"""

import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from time import perf_counter, process_time
from typing import Any

from raftkit.bench.measurement import FLOOR, Measurement, quotient
from raftkit.checkers.explorer import Bounds, Exploration, chain, explore
from raftkit.checkers.explorer.stories import figure_8
from raftkit.course.proving import AnswerUnderTest, answer

# The wrong answer that breaks in Figure 8: it commits entries of earlier terms by counting copies.
OLD_TERMS = "C1"
_ALL_STATES = 20_000_000  # more than any of these searches has
_BY_NAME = "explorer, without symmetry"
_ONE_PROCESS = "explorer, one process"
_TWO_PROCESSES = "explorer, two processes"
_MEMORY = "explorer's memory"
_FIGURE_8 = "explorer's Figure 8"


_EXHAUSTED = (
    Bounds(),
    Bounds(terms=2, crashes=1, in_flight=3),
    Bounds(terms=2, log=0, commands=0, crashes=1, duplicates=1, losses=1, in_flight=3),
    Bounds(terms=3, in_flight=3),
    Bounds(terms=2, log=2, commands=2, in_flight=3),
    Bounds(servers=5, log=0, in_flight=6),
)
_SIX_IN_FLIGHT = Bounds(in_flight=6)
_FIVE_IN_FLIGHT = Bounds(in_flight=5)


@dataclass(frozen=True)
class SearchSizes:
    """The bounds of the searches: with symmetry, without it, and for the memory."""

    exhausted: tuple[Bounds, ...] = _EXHAUSTED
    by_name: Bounds = _SIX_IN_FLIGHT
    measured: Bounds = _FIVE_IN_FLIGHT


def exploring_rows(explored: SearchSizes) -> Iterator[Measurement]:
    """States a second, bytes a state, the speed of two processes, and the length of Figure 8.

    One process and two are timed in real time, so they need an idle machine. The ratio says how
    many times as fast two are.
    """
    for bounds in explored.exhausted:

        def exhausted(bounds: Bounds = bounds) -> float:
            return states_per_second(bounds)

        yield _once(f"explorer, all of {bounds}", "states/s", exhausted, FLOOR)

    def by_the_clock(jobs: int) -> float:
        return states_per_second(explored.by_name, perf_counter, symmetry=False, jobs=jobs)

    def by_name() -> float:
        return states_per_second(explored.by_name, symmetry=False)

    def memory() -> float:
        return bytes_per_state(explored.measured)

    yield _once(_BY_NAME, "states/s", by_name, FLOOR)
    yield _once(_ONE_PROCESS, "states/s", partial(by_the_clock, 1), FLOOR)
    yield _once(_TWO_PROCESSES, "states/s", partial(by_the_clock, 2), _ONE_PROCESS)
    yield _once(_MEMORY, "bytes/state", memory, _MEMORY)
    yield _once(_FIGURE_8, "actions", actions_of_figure_8, _FIGURE_8)


def _once(name: str, unit: str, measure: Callable[[], float], ratio_to: str) -> Measurement:
    return Measurement(name, unit, measure, ratio_to, quotient, once=True)


def states_per_second(
    bounds: Bounds, clock: Callable[[], float] = process_time, **options: Any
) -> float:
    """States a second of a search through all states within the bounds.

    `clock` returns a time in seconds; by default it is the CPU time of this process.
    """
    started = clock()
    states = _exhausted(bounds, **options).states
    return states / (clock() - started)


def bytes_per_state(bounds: Bounds) -> float:
    """The peak of a search's memory, with its tables of transitions, divided by its states."""
    tracemalloc.start()
    try:
        states = _exhausted(bounds).states
        return tracemalloc.get_traced_memory()[1] / states
    finally:
        tracemalloc.stop()


def actions_of_figure_8() -> float:
    """The length of the shortest counterexample that passes through the goals of Figure 8.

    Twenty actions are the fewest known. No path of fewer than 9 actions leads from the start to a
    state in which S1 and S2 each hold an entry of their term that no other server has. If all
    messages in flight are lost there, no path of fewer than 11 actions leads on to a broken
    property. Both searches are exhaustive, and tests repeat them. The actions are four elections of
    three actions, two commands, a refusal and a success of two messages each, and two leaders that
    hear of a later term.
    """
    subject = AnswerUnderTest(answer(OLD_TERMS))
    found = chain(figure_8(), rules=subject.rules, make_server=subject.make_server)
    assert found.violation is not None, found.sentence
    return len(found.path)


def _exhausted(bounds: Bounds, **options: Any) -> Exploration:
    """A search through all states within the bounds, in which the reference breaks no property."""
    found = explore(bounds, budget=_ALL_STATES, **options)
    assert found.verdict == "exhausted", found.sentence
    return found
