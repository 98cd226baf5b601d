"""`counted`: calls a student's function while its steps are counted, in a notebook and when graded.

The process that grades a notebook has this module and those that it needs, and nothing else of
the guard's.
"""

import gc
from collections.abc import Callable
from threading import get_ident
from types import FrameType
from typing import Any

from raftkit.course.checking.guard.counting import Count, Endless, counts_by_thread, is_guards
from raftkit.course.checking.guard.steps import begin, end, rearm


def counted(function: Callable[..., Any], arguments: tuple[Any, ...], count: Count) -> Any:
    """The function's result; raises `Endless` once `count` ends the call."""
    thread = get_ident()
    outer, before = counts_by_thread.get(thread), None
    collecting = gc.isenabled()
    try:
        counts_by_thread[thread] = count
        # A collection looks at every object of the notebook, and would take the call's time.
        gc.disable()
        before = begin(count)
        return function(*arguments)
    finally:
        counts_by_thread[thread] = outer
        end(before, outer)
        if collecting:
            gc.enable()  # Not before: 3.11 crashes if a generator is collected under a tracer.


def look_again(count: Count, frame: FrameType | None) -> None:
    """End a counted call, which is now in `frame`, if it has done too much; for timers."""
    count.look()
    if count.why and frame is not None and not is_guards(frame):
        rearm(frame)
        raise Endless
