"""`patience`: the wide net below the counted steps, for what cannot be counted.

It is for a block of work: a whole check, a story in a play cell. Where there are timer signals
they look, twenty times a second, how much the block has computed and whether it stands still.
Ticks that nobody was there for do not add up, so neither a busy machine nor a laptop that
sleeps costs a point. Elsewhere the steps of the student's own code look at the clock.
"""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import get_ident
from types import FrameType

from raftkit.course.errors import StudentError
from raftkit.course.guard.counting import NO_WAITING, Count, Endless, has_signals, under_way
from raftkit.course.guard.steps import COUNTS_BLOCKS, begin, end, rearm

# A browser's Python has one thread, and so no clock for each.
thread_time = getattr(time, "thread_time", time.process_time)
SECONDS_A_CHECK = 10.0  # of CPU time; a check of a right answer takes some tenths
_TICK = 0.05
_STILL_TICKS = 9
_STILL_SHARE = 0.01  # of a tick; whatever computes takes more, however busy the machine is
_STEPS_A_LOOK = 256
_OURS = (__file__.removesuffix("patience.py"), contextmanager.__code__.co_filename)


@contextmanager
def patience(seconds: float = SECONDS_A_CHECK) -> Iterator[None]:
    """Within this block, code that computes for more than `seconds`, or sits still, is ended.

    Seconds are of this thread's CPU time. Raises `StudentError` for a block that was ended.
    """
    if _is_debugged():
        yield  # Somebody stands at a breakpoint, and thinks.
        return
    thread = get_ident()
    # What called this, which contextlib did.
    net = _Net(seconds, sys._getframe(2))
    outer, before = under_way.get(thread), None
    try:
        under_way[thread] = net
        if COUNTS_BLOCKS or not has_signals():
            before = begin(net)
        with net.ticking() if has_signals() else nullcontext():
            yield
    except Endless:
        raise StudentError("endless", f"Your code {net.reason}") from None
    finally:
        under_way[thread] = outer
        end(before, outer)


def look() -> None:
    """Between two calls: throw if the block around them has computed for too long."""
    around = under_way.get(get_ident())
    if isinstance(around, _Net):
        around.look()


class _Net(Count):
    """How much one block, which stands in the frame `block`, has computed."""

    def __init__(self, seconds: float, block: FrameType) -> None:
        super().__init__(_STEPS_A_LOOK)
        self._seconds = seconds
        self._block = block
        self._end = thread_time() + seconds
        self._last = thread_time()
        self._still = 0

    def look(self) -> None:
        """Throw, if the block has computed for too long; forget it if it is left already."""
        if self._has_computed_enough():
            if self._is_left(sys._getframe()):
                under_way[get_ident()] = None
                return
            raise Endless

    def past_limit(self) -> None:
        """At every so many steps, look; with time left, as many may follow."""
        self.look()
        self.limit = self.steps + _STEPS_A_LOOK

    def _is_left(self, frame: FrameType | None) -> bool:
        """Whether an interrupt has ended the block before it could put everything back."""
        while frame is not None and frame is not self._block:
            frame = frame.f_back
        return frame is None

    def _has_computed_enough(self) -> bool:
        """Whether its time is up; then it is ended."""
        if thread_time() > self._end:
            self._end_all(f"computed for more than {self._seconds:g} seconds, so it was stopped.")
        return bool(self.why)

    def _end_all(self, why: str) -> None:
        """End the block, and the call that is under way in it."""
        self.end(why)
        call = under_way.get(get_ident())
        if call is not None:
            call.end(why)

    @contextmanager
    def ticking(self) -> Iterator[None]:
        """Look at every tick of a timer."""
        handler = signal.signal(signal.SIGALRM, self._tick)
        timer = signal.setitimer(signal.ITIMER_REAL, _TICK, _TICK)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, *timer)
            signal.signal(signal.SIGALRM, handler)

    def _tick(self, number: int, frame: FrameType | None) -> None:
        """Look, also whether anything is computed at all; throw again what was swallowed."""
        if self._is_left(frame):
            signal.setitimer(signal.ITIMER_REAL, 0)
            return
        now = thread_time()
        self._still = self._still + 1 if now - self._last < _STILL_SHARE * _TICK else 0
        self._last = now
        if self._still >= _STILL_TICKS:
            self._end_all(f"sits still{NO_WAITING}")
        call = under_way.get(get_ident())
        is_over = call is not None and call is not self and call.is_over
        if (self._has_computed_enough() or is_over) and frame is not None and not _is_ours(frame):
            rearm(frame)
            raise Endless


def _is_ours(frame: FrameType) -> bool:
    """Whether to throw here would only keep us from putting things back."""
    return frame.f_code.co_filename.startswith(_OURS)


def _is_debugged() -> bool:
    """Whether a debugger is at work in this thread."""
    monitoring = getattr(sys, "monitoring", None)
    tool = monitoring.get_tool(monitoring.DEBUGGER_ID) if monitoring else None
    return tool is not None or sys.gettrace() is not None
