"""`time_limit`: a limit on the CPU time of a whole block of guarded calls.

Where there are timer signals, they look twenty times a second whether a call has computed
for too long or sits still. Ticks that were missed do not add up, so neither a busy machine
nor a sleeping laptop costs a point. Elsewhere the steps of the student's code look.
"""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import get_ident
from types import FrameType

from raftkit.course.checking.guard.counting import (
    PYTHONS_DEPTH,
    Count,
    Endless,
    counts_by_thread,
    has_signals,
    is_guards,
    thread_time,
)
from raftkit.course.checking.guard.steps import COUNTS_BLOCKS, begin, end, is_debugged, rearm
from raftkit.course.errors import StudentError

SECONDS_A_CHECK = 60.0  # of CPU time; a check of a right answer takes some tenths of a second
_SECONDS_BETWEEN = 10.0  # of CPU time between two guarded calls
_TICK = 0.05
_STILL_TICKS = 9
_STILL_SHARE = 0.01  # of a tick; code that computes takes more, however busy the machine is


@contextmanager
def time_limit(seconds: float = SECONDS_A_CHECK) -> Iterator[None]:
    """Within this block, guarded calls that compute for too long or sit still are ended.

    All of them together have `seconds` of CPU time. After that each call raises `StudentError`,
    and so does the block for what it does between two calls.
    """
    if is_debugged():
        yield  # A person at a breakpoint may take any time.
        return
    thread, depth = get_ident(), sys.getrecursionlimit()
    # Frame 0 is this one and frame 1 contextlib's; frame 2 has the block.
    block_count = BlockCount(seconds, sys._getframe(2))
    outer, before = counts_by_thread.get(thread), None
    if isinstance(outer, BlockCount) and outer.is_left(sys._getframe()):
        outer = None
    try:
        counts_by_thread[thread] = block_count
        sys.setrecursionlimit(max(depth, PYTHONS_DEPTH))
        if COUNTS_BLOCKS:
            before = begin(block_count)
        with block_count.ticking() if has_signals() else nullcontext():
            yield
    except Endless:
        raise StudentError("endless", f"Your code {block_count.why}") from None
    finally:
        counts_by_thread[thread] = outer
        if depth != PYTHONS_DEPTH:  # If it was, another thread has set it, and will restore it.
            sys.setrecursionlimit(depth)
        end(before, outer)


class BlockCount(Count):
    """The CPU time of one block, whose code is in the frame `block`."""

    def __init__(self, seconds: float, block: FrameType) -> None:
        super().__init__(min(seconds, _SECONDS_BETWEEN))
        self._whole = seconds
        self._block = block
        self._wall_end = time.perf_counter() + seconds
        self._end = thread_time() + seconds
        self._last = thread_time()
        self._still = 0

    def admit(self, name: str) -> None:
        """Before a call of the function `name`: raise `StudentError` if all time is used up."""
        is_late = time.perf_counter() > self._wall_end and thread_time() > self._end
        if is_late and not self.is_left(sys._getframe()):
            why = f"computed for more than {self._whole:g} seconds in all, so it was stopped."
            raise StudentError("endless", f"{name} {why}")
        self.restart()

    def look(self) -> None:
        """End what the block does between two calls if it is too much; forget a block left."""
        super().look()
        if self.why and self.is_left(sys._getframe()):
            counts_by_thread[get_ident()], self.why = None, ""

    def is_left(self, frame: FrameType | None) -> bool:
        """Whether an interrupt has ended the block before it could restore everything."""
        while frame is not None and frame is not self._block:
            frame = frame.f_back
        return frame is None

    @contextmanager
    def ticking(self) -> Iterator[None]:
        """Within this block, call `_tick` at every tick of a timer."""
        handler = signal.signal(signal.SIGALRM, self._tick)
        timer = signal.setitimer(signal.ITIMER_REAL, _TICK, _TICK)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, *timer)
            signal.signal(signal.SIGALRM, handler)

    def _tick(self, number: int, frame: FrameType | None) -> None:
        """End a call that takes too long or sits still; raise again if `Endless` was caught."""
        if self.is_left(frame):
            signal.setitimer(signal.ITIMER_REAL, 0)
            return
        call = counts_by_thread.get(get_ident()) or self
        now = thread_time()
        self._still = self._still + 1 if now - self._last < _STILL_SHARE * _TICK else 0
        self._last = now
        if self._still >= _STILL_TICKS:
            call.sit_still()
        call.look()
        if call.why and frame is not None and not _is_ours(frame):
            rearm(frame)
            raise Endless


def _is_ours(frame: FrameType) -> bool:
    """Whether raising in this frame would only keep us from restoring things."""
    return is_guards(frame) or frame.f_code.co_filename == contextmanager.__code__.co_filename
