"""`counted`: calls a student's function while its steps are counted, in a notebook and when graded.

The process that grades a notebook has this module and those that it needs, and nothing else of
the guard's.
"""

import gc
import math
from collections.abc import Callable
from threading import get_ident
from types import FrameType
from typing import Any

from raftkit.course.checking.guard.counting import Count, Endless, counts_by_thread, is_guards
from raftkit.course.checking.guard.steps import COUNTS_BLOCKS, begin, end, rearm


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


def keep_counting(is_on: bool) -> None:
    """Count this thread's steps also between the calls, or no longer.

    That limits nothing. Where counting costs nothing for code that is no student's, it is cheaper
    than to begin and end in each call.
    """
    if COUNTS_BLOCKS:
        counts_by_thread[get_ident()] = between = _Between() if is_on else None
        if between is None:
            end(None, None)
        else:
            begin(between)


class _Between(Count):
    """The steps between two calls, which may be as many as they like."""

    def restart(self) -> None:
        """Never look."""
        super().restart()
        self.due = math.inf

    def end(self, why: str) -> None:
        """Go on."""


def look_again(count: Count, frame: FrameType | None) -> None:
    """End a counted call, which is now in `frame`, if it has done too much; for timers."""
    count.look()
    if count.why and frame is not None and not is_guards(frame):
        rearm(frame)
        raise Endless
