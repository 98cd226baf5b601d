"""`Count`: how much a student's code has done, and `Endless`, which ends what does too much.

A step is a call or a round of a loop in code that is not a library's. How steps are seen
depends on Python: sys.monitoring (monitoring.py) or, before 3.12, a tracer (tracing.py).
"""

import signal
import sysconfig
from collections.abc import Callable
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any

NO_WAITING = ", so it was stopped. An answer needs no waiting."
# A right answer takes some dozens of steps, so the number can be generous.
STEPS_A_CALL = 100_000

_KIT = Path(__file__).parents[2]
# A browser's Python has its standard library in an archive, whatever sysconfig says.
_STANDARD = str(Path(contextmanager.__code__.co_filename).parent)
_INSTALLED = (sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))
_LIBRARIES = (str(_KIT), _STANDARD, *_INSTALLED)

# Files of libraries whose functions are called as a student's: the catalogue of wrong answers.
_answers: set[str] = set()


class Endless(BaseException):
    """Thrown into a student's function; no `except Exception` of theirs stops it."""


class Count:
    """The steps of one call of a student's code, and why it is to be ended, if it is."""

    def __init__(self, limit: int = STEPS_A_CALL) -> None:
        self.steps = 0
        self.limit = limit
        self.why = ""

    @property
    def is_over(self) -> bool:
        """Whether the call has done too much, or something that no answer needs."""
        return self.steps > self.limit

    def end(self, why: str) -> None:
        """Let the next step be the last; `why` is read after the function's name."""
        self.why = self.why or why
        self.steps = self.limit + 1

    def past_limit(self) -> None:
        """Throw, since more steps were taken than any answer needs."""
        raise Endless

    @property
    def reason(self) -> str:
        """Why the call was ended, to be read after the function's name."""
        return self.why or (
            f"took {self.limit:,} steps without coming to an end, so it was stopped. "
            "Is there a loop whose condition never becomes false?"
        )


# What is counted now, by the thread that does it. It is set and put back in a `try` and its
# `finally` without a call before, because an interrupt comes only at calls and at jumps back.
under_way: dict[int, Count | None] = {}


def count_also(function: Callable[..., Any]) -> None:
    """Count what is done in this function's file, though it may be one of the kit's own."""
    filename = getattr(getattr(function, "__code__", None), "co_filename", "")
    if is_library(filename):
        _answers.add(filename)
        is_library.cache_clear()


@cache
def is_library(filename: str) -> bool:
    """Whether code of this file is nobody's answer: Python's own, an installed package's, ours."""
    if filename in _answers:
        return False
    return filename.startswith(_LIBRARIES) or filename.startswith("<frozen ")


def has_signals() -> bool:
    """Whether a timer's signals can reach this thread."""
    return hasattr(signal, "setitimer") and current_thread() is main_thread()
