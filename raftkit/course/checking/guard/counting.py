"""`Count`: the steps of a student's code, and `Endless`, the exception that ends it.

A step is a call or a round of a loop in code that is not a library's. Steps are observed by
sys.monitoring (monitoring.py) or, before Python 3.12, by a tracer (tracing.py).
"""

import math
import os
import signal
import sys
import sysconfig
import time
from collections.abc import Callable
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import current_thread, main_thread
from types import CodeType, FrameType
from typing import Any

from raftkit.course.errors import ErrorKind

# Python in a browser has one thread, and no clock for each.
thread_time = getattr(time, "thread_time", time.process_time)

# A right answer takes some dozens of steps and some microseconds, so both limits are wide.
STEPS_A_CALL = 100_000
SECONDS_A_CALL = 0.2  # of CPU time, counted once a call has taken as long by the wall clock
# Python in a browser has a small stack, and crashes when it is full.
DEPTH_A_CALL = 200 if sys.platform == "emscripten" else 500
# Python's recursion limit must be above that, with calls of libraries in between.
PYTHONS_DEPTH = 0 if sys.platform == "emscripten" else 2_000

# A few rounds may already be slow, if each doubles a value: between these two numbers of steps
# the time is looked at in every step.
_FIRST_LOOK, _LAST_OF_EACH = 8, 64
_STEPS_A_LOOK = 16
_EXTENSIONS = 50  # of the time of a call that imports
_TOO_DEEP = "or too deep for Python. When does it stop?"
_ENDLESS = "so it was stopped. Is there a loop whose condition never becomes false?"
# The advice to the author of an answer, by what the answer did.
ADVICE = {
    "waits": "An answer needs no waiting.",
    "calls a debugger": "To debug an answer, call it yourself, in a cell of its own.",
    "begins a thread": "An answer needs none: that time has passed comes to it as an event.",
    "tried to leave Python": "An answer only returns a value.",
    "opens a file": "An answer needs none: all that it may use is in its arguments.",
}

_GUARD = str(Path(__file__).parent) + os.sep
_KIT = str(Path(__file__).parents[3]) + os.sep
# Python in a browser has its standard library in an archive, whatever sysconfig says.
_STANDARD = str(Path(contextmanager.__code__.co_filename).parent) + os.sep
_LIBRARIES = (_KIT, _STANDARD, sysconfig.get_path("stdlib") + os.sep, "<frozen ")
_INSTALLED = tuple(f"{os.sep}{name}{os.sep}" for name in ("site-packages", "dist-packages"))

# Files of the kit whose functions are counted like a student's: the catalogue of wrong answers.
_answers: set[str] = set()
# What the tracer has looked up of code, by its identity; whether it is a library's may change.
known_codes: dict[int, Any] = {}


def refused_text(what: str, name: str, advice: dict[str, str] = ADVICE) -> str:
    """What is said of an answer that was about to call `name`, which does `what`.

    >>> refused_text("waits", "time.sleep")
    'waits (time.sleep), so it was stopped. An answer needs no waiting.'
    """
    return f"{what} ({name}), so it was stopped. {advice[what]}"


class Endless(BaseException):
    """Raised within a student's function to end it; no `except Exception` catches it."""


class Count:
    """The steps of one call of a student's code, and `why` it must end, if it must.

    The code that observes a step adds it to `steps`, and calls `look` once there are `due` steps.
    """

    def __init__(self, seconds: float = math.inf, advice: dict[str, str] = ADVICE) -> None:
        self.why = ""  # read after the function's name
        self.kind: ErrorKind = "endless"  # of the error
        self.steps_at_end = 0
        self._advice = advice
        self._seconds = seconds
        self.restart()

    def restart(self) -> None:
        """Count time and steps from zero."""
        self.steps = 0
        self.due: float = _FIRST_LOOK
        self._until = time.perf_counter() + self._seconds
        self._cpu_until: float | None = None
        self._modules = self._extended = 0

    def admit(self, name: str) -> None:
        """Before a call within this one: raise `Endless` if this one has taken too long."""
        self.look()
        if self.why:
            raise Endless

    def look(self) -> None:
        """End the call if it has done too much, and set when to look again."""
        if not self.why and (self.steps >= DEPTH_A_CALL or time.perf_counter() >= self._until):
            self._judge()
        if self.why:
            self.due = 0
        elif self.steps < _LAST_OF_EACH:
            self.due = self.steps + 1
        else:
            self.due = min(self.steps + _STEPS_A_LOOK, STEPS_A_CALL + 1)

    def end(self, why: str) -> None:
        """Let the next step raise `Endless`; `why` follows the function's name in the message."""
        if not self.why:
            self.why, self.steps_at_end = why, self.steps
        self.due = 0

    def refuse(self, what: str, name: str) -> None:
        """End the call because it is about to call `name`, which does `what`."""
        self.end(refused_text(what, name, self._advice))

    def sit_still(self) -> None:
        """End the call because it uses no CPU time and does not return."""
        self.end(f"sits still, so it was stopped. {self._advice['waits']}")

    def _judge(self) -> None:
        if self.steps > STEPS_A_CALL or self._takes_too_long():
            # One text for both, because which limit comes first depends on the machine.
            time = f" or {self._seconds:g} seconds" if self._seconds < math.inf else ""
            self.end(f"did not come to an end in {STEPS_A_CALL:,} steps{time}, {_ENDLESS}")
        elif self.steps >= DEPTH_A_CALL and _depth(sys._getframe()) >= DEPTH_A_CALL:
            self.kind = "deep"
            self.end(f"calls itself without end{_place(sys._getframe())}, {_TOO_DEEP}")

    def _takes_too_long(self) -> bool:
        """Whether its time is up: by the wall clock, and then as much CPU time again.

        CPU time is not asked for earlier, because that takes longer than most calls.
        """
        if time.perf_counter() < self._until:
            return False
        # An import may take long, but only once.
        modules = len(sys.modules)
        imports = modules != self._modules or _imports(sys._getframe())
        if self._cpu_until is None or (imports and self._extended < _EXTENSIONS):
            self._extended += 1
            self._modules, self._cpu_until = modules, thread_time() + self._seconds
        return thread_time() > self._cpu_until


# The count that is under way in each thread. It is set and restored in a `try` and its `finally`
# with no call before, because an interrupt comes only at calls and at backward jumps.
counts_by_thread: dict[int, Count | None] = {}


def count_also(function: Callable[..., Any]) -> None:
    """Count steps in this function's file, even if it is a file of the kit."""
    filename = getattr(getattr(function, "__code__", None), "co_filename", "")
    if _is_installed(filename):
        _answers.add(filename)
        _is_installed.cache_clear()
        known_codes.clear()


def is_library(code: CodeType) -> bool:
    """Whether code is no student's: it is Python's, an installed package's, ours, or generated."""
    filename = code.co_filename
    if filename == "<string>":  # where dataclasses generate their methods
        return code.co_name.startswith("__")
    return _is_installed(filename)


@cache
def _is_installed(filename: str) -> bool:
    if filename in _answers:
        return False
    return filename.startswith(_LIBRARIES) or any(each in filename for each in _INSTALLED)


def is_guards(frame: FrameType) -> bool:
    """Whether a frame belongs to the guard."""
    return frame.f_code.co_filename.startswith(_GUARD)


def _depth(frame: FrameType | None) -> int:
    """How many calls there are between this frame and the guard's."""
    while frame is not None and is_guards(frame):  # the guard's frames that look
        frame = frame.f_back
    depth = 0
    while frame is not None and not is_guards(frame):
        depth, frame = depth + 1, frame.f_back
    return depth


def _imports(frame: FrameType | None) -> bool:
    """Whether this frame or a caller is importing a module."""
    while frame is not None and frame.f_code.co_filename != "<frozen importlib._bootstrap>":
        frame = frame.f_back
    return frame is not None


def _place(frame: FrameType | None) -> str:
    """Where the innermost function of the answer begins, for a sentence."""
    while frame is not None and (is_guards(frame) or is_library(frame.f_code)):
        frame = frame.f_back
    return (
        "" if frame is None else f" in {frame.f_code.co_name}, line {frame.f_code.co_firstlineno}"
    )


def has_signals() -> bool:
    """Whether the signals of a timer can reach this thread."""
    return hasattr(signal, "setitimer") and current_thread() is main_thread()
