"""Measures how fast the fuzzer is, and how far it shrinks its findings.

The findings are those in a sample of the catalogue's wrong answers. It does not judge whether
a wrong answer must be found; tests do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from raftkit.bench.measurement import FLOOR, Measurement, quotient
from raftkit.checkers import run_trial
from raftkit.checkers.fuzzer.fuzzing import run_trial_number
from raftkit.checkers.shrinker import shrink_by_hand
from raftkit.course.checking.guard import time_limit
from raftkit.course.proving import AnswerUnderTest
from raftkit.course.wrong_answers import WRONG_ANSWERS

TRIALS = 200
_SAMPLE = [wrong for wrong in WRONG_ANSWERS if wrong.is_for_servers][::4]
_TRIALS_EACH = 60
_SECONDS_EACH = 20.0
_FOUND = "fuzzer's findings, median"


@dataclass(frozen=True)
class _Sizes:
    """The number of steps of a finding, before and after shrinking."""

    found: int
    shrunk: int


def fuzzing_rows() -> Iterator[Measurement]:
    """Steps a second with the reference, and steps of findings before and after shrinking."""
    sizes: list[_Sizes] = []

    def found() -> float:
        sizes.extend(sizes_of_findings())
        return median(size.found for size in sizes)

    def shrunk() -> float:
        return median(size.shrunk for size in sizes)

    yield Measurement("fuzzing, all checks on", "steps/s", steps_per_second, FLOOR, quotient)
    yield Measurement(_FOUND, "steps", found, _FOUND, quotient, once=True)
    yield Measurement("the same, shrunk", "steps", shrunk, _FOUND, quotient, once=True)


def steps_per_second() -> float:
    """Steps a second of trials of the reference, which are drawn and run."""
    started = perf_counter()
    steps = sum(
        len(run_trial_number(0, number).cluster.history.steps()) for number in range(TRIALS)
    )
    return steps / (perf_counter() - started)


def sizes_of_findings() -> Iterator[_Sizes]:
    """The sizes of findings that can be repeated by hand, at most one for each wrong answer."""
    for wrong in _SAMPLE:
        try:
            with time_limit(_SECONDS_EACH):
                sizes = _size_of_finding(AnswerUnderTest(wrong))
        except Exception:
            continue  # An answer that raises or never ends has no history to shrink.
        if sizes is not None:
            yield sizes


def _size_of_finding(subject: AnswerUnderTest) -> _Sizes | None:
    rules, make_server = subject.rules, subject.make_server
    for number in range(_TRIALS_EACH):
        played = run_trial_number(0, number, rules, make_server)
        if played.cluster.violations:
            trial = shrink_by_hand(played.trial, rules, make_server)
            if trial is None:
                return None
            shrunk = run_trial(trial, rules, make_server).history
            return _Sizes(len(played.cluster.history.steps()), len(shrunk.steps()))
    return None
