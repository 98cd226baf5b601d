"""Python may collect garbage at any time; what that takes is never a student's."""

import gc
import time
from collections.abc import Iterator
from typing import Any

import pytest

from raftkit.course import StudentError
from raftkit.course.checking.guard import guarded, time_limit


@pytest.fixture
def slow_collections() -> Iterator[list[str]]:
    """Collections as often as can be, each as slow as in a notebook full of objects."""
    begun: list[str] = []

    def collecting(phase: str, info: Any) -> None:
        if phase == "start" and len(begun) < 4:
            begun.append(phase)
            until = time.thread_time() + 0.25
            while time.thread_time() < until:
                sum(range(10_000))

    thresholds = gc.get_threshold()
    gc.callbacks.append(collecting)
    gc.set_threshold(10, 1, 1)
    yield begun
    gc.set_threshold(*thresholds)
    gc.callbacks.remove(collecting)


def makes_objects(many: int) -> int:
    return len([[number] for number in range(many)])


def test_a_collection_takes_none_of_the_time_of_a_call(slow_collections: list[str]) -> None:
    with time_limit():
        call = guarded(makes_objects)
        gc.collect()
        slow_collections.clear()

        assert call(2_000) == 2_000
        assert [[] for _ in range(100)]
        assert slow_collections, "Python collects again after the call."


@pytest.mark.parametrize("collecting", [True, False])
def test_after_a_call_python_collects_as_before(collecting: bool) -> None:
    if not collecting:
        gc.disable()
    try:
        assert guarded(makes_objects)(1) == 1
        with pytest.raises(StudentError):
            guarded(makes_objects)("many")
        assert gc.isenabled() is collecting
    finally:
        gc.enable()
