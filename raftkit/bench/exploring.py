"""How fast the explorer is, how little a state weighs, and what the reference survives.

Every search here is complete: its bounds, which its name tells, are exhausted and nothing breaks,
or measuring it fails. States that differ in servers' names alone are one, but in the rows that
are said to be without symmetry.
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

# The wrong answer that Figure 8 is about: to commit what a majority holds, of whatever term.
OLD_TERMS = "C1"
_ALL_STATES = 20_000_000  # more than any of these searches has
_BY_NAME = "explorer, without symmetry"
_ALONE = "explorer, one process"
_TOGETHER = "explorer, two processes"
_WEIGHT = "explorer's memory"
_STORY = "explorer's Figure 8"


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
class Explored:
    """What is searched: for the record, state by state without symmetry, and to be weighed."""

    exhausted: tuple[Bounds, ...] = _EXHAUSTED
    by_name: Bounds = _SIX_IN_FLIGHT
    weighed: Bounds = _FIVE_IN_FLIGHT


def exploring_rows(explored: Explored) -> Iterator[Measurement]:
    """States a second of complete searches, bytes a state, two processes, and Figure 8's length.

    One process and two are timed by the clock on the wall, so they take a machine with nothing
    else to do. The ratio says how many times as fast two are.
    """
    for bounds in explored.exhausted:

        def exhausted(bounds: Bounds = bounds) -> float:
            return states_per_second(bounds)

        yield _once(f"explorer, all of {bounds}", "states/s", exhausted, FLOOR)

    def by_the_clock(jobs: int) -> float:
        return states_per_second(explored.by_name, perf_counter, symmetry=False, jobs=jobs)

    def by_name() -> float:
        return states_per_second(explored.by_name, symmetry=False)

    def weight() -> float:
        return bytes_per_state(explored.weighed)

    yield _once(_BY_NAME, "states/s", by_name, FLOOR)
    yield _once(_ALONE, "states/s", partial(by_the_clock, 1), FLOOR)
    yield _once(_TOGETHER, "states/s", partial(by_the_clock, 2), _ALONE)
    yield _once(_WEIGHT, "bytes/state", weight, _WEIGHT)
    yield _once(_STORY, "acts", acts_of_figure_8, _STORY)


def _once(name: str, unit: str, measure: Callable[[], float], ratio_to: str) -> Measurement:
    return Measurement(name, unit, measure, ratio_to, quotient, once=True)


def states_per_second(
    bounds: Bounds, clock: Callable[[], float] = process_time, **options: Any
) -> float:
    """How fast all states within the bounds are looked at.

    Without another `clock`, by the time that the process has had.
    """
    started = clock()
    states = _exhausted(bounds, **options).states
    return states / (clock() - started)


def bytes_per_state(bounds: Bounds) -> float:
    """How much memory a search takes at its most, tables of transitions and all, for each state."""
    tracemalloc.start()
    try:
        states = _exhausted(bounds).states
        return tracemalloc.get_traced_memory()[1] / states
    finally:
        tracemalloc.stop()


def acts_of_figure_8() -> float:
    """The length of the shortest counterexample by way of the story's goals.

    Twenty acts are the fewest that are known. From the start no shorter path leads to where S1 and
    S2 each keep an entry of their own term to themselves (9 acts), and none from there, whatever
    is still under way being lost, to a broken property (11 acts): both searches are exhaustive,
    and tests repeat them. By hand: four elections of three acts, two commands, a refusal and a
    success of two messages each, and two leaders that hear of a later term.
    """
    subject = AnswerUnderTest(answer(OLD_TERMS))
    found = chain(figure_8(), rules=subject.rules, make_server=subject.make_server)
    assert found.violation is not None, found.sentence
    return len(found.path)


def _exhausted(bounds: Bounds, **options: Any) -> Exploration:
    """A search through everything; the reference must survive it."""
    found = explore(bounds, budget=_ALL_STATES, **options)
    assert found.verdict == "exhausted", found.sentence
    return found
