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
from contextlib import contextmanager
from threading import get_ident
from types import FrameType

from raftkit.course.errors import StudentError
from raftkit.course.guard.counting import NO_WAITING, Count, Endless, has_signals, under_way
from raftkit.course.guard.steps import Counting, ready, takes_signals

# A browser's Python has one thread, and so no clock for each.
thread_time = getattr(time, "thread_time", time.process_time)
SECONDS_A_CHECK = 10.0  # of CPU time; a check of a right answer takes some tenths
_TICK = 0.05
_STILL_TICKS = 9
_STILL_SHARE = 0.01  # of a tick; whatever computes takes more, however busy the machine is
_STEPS_A_LOOK = 256


@contextmanager
def patience(seconds: float = SECONDS_A_CHECK) -> Iterator[None]:
    """Within this block, code that computes for more than `seconds`, or sits still, is ended.

    Seconds are of this thread's CPU time. Raises `StudentError` for a block that was ended.
    """
    if _is_debugged():
        yield  # Somebody stands at a breakpoint, and thinks.
        return
    net = _Net(seconds)
    try:
        with ready(), net.ticking() if has_signals() else Counting(net):
            yield
    except Endless:
        raise StudentError("endless", f"Your code {net.reason}") from None


def look() -> None:
    """Between two calls: throw if the block around them has computed for too long."""
    around = under_way.get(get_ident())
    if isinstance(around, _Net):
        around.look()


class _Net(Count):
    """How much one block has computed; its steps are counted where no timer looks."""

    def __init__(self, seconds: float) -> None:
        super().__init__(_STEPS_A_LOOK)
        self._seconds = seconds
        self._end = thread_time() + seconds
        self._last = thread_time()
        self._still = 0

    def look(self) -> None:
        """Throw, if the block has computed for too long."""
        if self._has_computed_enough():
            raise Endless

    def past_limit(self) -> None:
        """At every so many steps, look; with time left, as many may follow."""
        self.look()
        self.limit += _STEPS_A_LOOK

    def _has_computed_enough(self) -> bool:
        """Whether its time is up; then it is ended."""
        if thread_time() > self._end:
            self._end_all(f"computed for more than {self._seconds:g} seconds, so it was stopped.")
        return bool(self.why)

    def _end_all(self, why: str) -> None:
        """End the block, and the call that is under way in it."""
        self.end(why)
        self._under_way().end(why)

    def _under_way(self) -> Count:
        return under_way.get(get_ident(), self)

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
        now = thread_time()
        self._still = self._still + 1 if now - self._last < _STILL_SHARE * _TICK else 0
        self._last = now
        if self._still >= _STILL_TICKS:
            self._end_all(f"sits still{NO_WAITING}")
        if self._has_computed_enough() or self._under_way().is_over:
            if takes_signals(frame):
                raise Endless


def _is_debugged() -> bool:
    """Whether a debugger is at work in this thread."""
    monitoring = getattr(sys, "monitoring", None)
    tool = monitoring.get_tool(monitoring.DEBUGGER_ID) if monitoring else None
    return tool is not None or sys.gettrace() is not None
