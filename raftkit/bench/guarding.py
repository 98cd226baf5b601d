"""Measures the cost of guarding an answer: a call of a right one, and ending an endless one.

It does not know how the guard counts steps, which depends on the version of Python.
"""

from collections.abc import Callable, Iterator
from time import process_time

from raftkit.bench.measurement import FLOOR, Measurement, floor_events, quotient
from raftkit.course.checking.guard import guarded, time_limit
from raftkit.course.errors import StudentError

_CALLS = 20_000
_BARE = "a call of a rule with a loop"


def guarding_rows() -> Iterator[Measurement]:
    """Seconds for a call of a rule, unguarded and guarded, and until an endless one is ended."""
    yield Measurement(_BARE, "s", lambda: _seconds_a_call(_majority), FLOOR, floor_events)
    yield Measurement("the same, guarded", "s", _guarded_call, _BARE, quotient)
    yield Measurement("an endless answer, ended", "s", _end, FLOOR, floor_events)


def _majority(granted: int, refused: int, servers: int) -> bool:
    votes = 0
    for _ in range(granted):
        votes += 1
    return votes > servers // 2


def _endless(granted: int, refused: int, servers: int) -> bool:
    while True:
        granted += 1


def _seconds_a_call(function: Callable[..., bool]) -> float:
    started = process_time()
    for _ in range(_CALLS):
        function(3, 1, 5)
    return (process_time() - started) / _CALLS


def _guarded_call() -> float:
    with time_limit():
        return _seconds_a_call(guarded(_majority))


def _end() -> float:
    started = process_time()
    try:
        guarded(_endless)(3, 1, 5)
    except StudentError:
        return process_time() - started
    raise RuntimeError("an endless answer came to an end")
