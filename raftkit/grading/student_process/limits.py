"""What a student's process may use at most, and which walls around it this system does not have.

The limits are the operating system's. On Linux there are also a filter on system calls, files that
cannot be read, and namespaces; each is a module of its own.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

_TIMER = getattr(signal, "ITIMER_PROF", None)
_SOFT_TIMER = getattr(signal, "ITIMER_VIRTUAL", None)
# How a process ends whose CPU time is up: by the system's signal, or with a status of ours.
CPU_TIME_IS_UP = 152 if _TIMER is None else -signal.SIGPROF
# How it ends, or is said to have ended, if it had closed its channel or could not answer any more.
CHANNEL_IS_BROKEN = 153
_BETWEEN_LOOKS = 0.05  # seconds


class CpuTime:
    """The CPU time that this process may take for one request; it ends when that is up.

    The system watches it if it can, else a thread. A student's code can stop both, and then
    falls into the judge's wide net.
    """

    def __init__(self) -> None:
        self._end = float("inf")
        if _TIMER is None:
            threading.Thread(target=self._watch, daemon=True).start()
        else:
            signal.signal(signal.SIGPROF, signal.SIG_DFL)

    def restart(self, seconds: float) -> None:
        """Begin a request that may take so many seconds."""
        if _TIMER is None:
            self._end = time.process_time() + seconds
        else:
            signal.setitimer(_TIMER, seconds)

    def _watch(self) -> None:
        sleep, clock, leave = time.sleep, time.process_time, os._exit
        while clock() < self._end:
            sleep(_BETWEEN_LOOKS)
        leave(CPU_TIME_IS_UP)


class TookTooLong(BaseException):
    """Raised in code that took too long, though not so long that its process ends."""


@contextlib.contextmanager
def soft_limit(seconds: float) -> Iterator[None]:
    """Raise `TookTooLong` in what computes for longer than this within the block, once."""
    is_on = True

    def end(_: FrameType | None) -> None:
        if is_on:
            raise TookTooLong

    _set_timer(end, seconds, 0.0)
    try:
        yield
    finally:
        is_on = False


def every(seconds: float, act: Callable[[FrameType | None], None]) -> None:
    """From now on, call `act` with the frame that runs whenever so much CPU time has passed.

    A `soft_limit` ends that. Where there are no such timers, nothing is called.
    """
    _set_timer(act, seconds, seconds)


def _set_timer(act: Callable[[FrameType | None], None], seconds: float, again: float) -> None:
    if _SOFT_TIMER is not None:
        signal.signal(signal.SIGVTALRM, lambda _, frame: act(frame))
        signal.setitimer(_SOFT_TIMER, seconds, again)


def limit_resources(cpu_seconds: int, memory: int, filtered_calls: bool) -> None:
    """Limit this process's processor time, memory in bytes, files and processes, for good.

    `filtered_calls` says whether the filter on system calls forbids new processes.
    """
    import resource

    wanted = {
        "RLIMIT_CPU": cpu_seconds,
        "RLIMIT_AS": memory,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NOFILE": 64,
        "RLIMIT_CORE": 0,
    }
    if not filtered_calls:
        # This limit counts all processes of the user and all threads, so 0 forbids every new one.
        wanted["RLIMIT_NPROC"] = 0
    for name, value in wanted.items():
        number = getattr(resource, name, None)
        if number is not None:
            _lower(number, value, grace=name == "RLIMIT_CPU")


def _lower(number: int, value: int, grace: bool) -> None:
    """Set both bounds of a limit, so that the process cannot raise it again.

    With `grace` the outer bound is one higher: between them the system says which limit it was.
    """
    import resource

    _, hard = resource.getrlimit(number)
    highest = sys.maxsize if hard == resource.RLIM_INFINITY else hard
    bounds = min(value, highest), min(value + grace, highest)
    # Some systems have a limit and refuse to set it.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(number, bounds)


def not_enforced(filtered_calls: bool, confined_files: bool, own_namespaces: bool) -> list[str]:
    """The limits that nothing enforces here, each in words; the arguments say which walls stand.

    The teacher reads them, and decides whether a container or a spare machine is needed.

    >>> not_enforced(filtered_calls=True, confined_files=False, own_namespaces=False)[0]
    'files that you can read are readable for submissions too'
    """
    missing = []
    if not (filtered_calls or own_namespaces):
        missing += ["no network isolation", "signals may reach your other processes"]
    if not confined_files:
        missing.append("files that you can read are readable for submissions too")
    if sys.platform != "linux":
        missing.append("no memory limit")
    if os.name != "posix":
        missing.append("no limit on processes and files")
    return missing
