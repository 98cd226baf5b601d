"""Decides what Ctrl-C, SIGTERM and a closed terminal do to a command.

While modules are imported, Ctrl-C ends the process at once: there is nothing to clean up, and
Python would lose an exception in places where it can raise none. From then on these signals
raise KeyboardInterrupt, except while a command cleans up after one, because people press
Ctrl-C more than once. A signal that the parent process ignores (nohup) stays ignored.
"""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

Handler = Callable[[int, FrameType | None], None] | signal.Handlers

# Windows has no SIGHUP.
_SIGNALS = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)
    and signal.getsignal(getattr(signal, name)) in (signal.SIG_DFL, signal.default_int_handler)
]
_SECONDS_UNTIL_RAISED_AGAIN = 0.01

_received: int = signal.SIGINT


def status() -> int:
    """The exit status of an interrupted command: 128 plus the signal, as in a shell."""
    return 128 + _received


def end_at_once() -> None:
    """Let Ctrl-C end this process at once; the other signals do that by default."""
    if signal.SIGINT in _SIGNALS:
        signal.signal(signal.SIGINT, lambda number, frame: os._exit(status()))


def raise_interrupts() -> None:
    """Let these signals raise KeyboardInterrupt in the main thread."""
    _handle_with(_interrupt)
    sys.unraisablehook = _raise_again


def ignore() -> None:
    """Ignore these signals from now on."""
    _handle_with(signal.SIG_IGN)


def _handle_with(handler: Handler) -> None:
    """Set the handler of all these signals."""
    for number in _SIGNALS:
        signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Raise KeyboardInterrupt, which the code that catches a student's errors lets through."""
    global _received
    if _is_tidying_up():
        return
    _received = number
    raise KeyboardInterrupt


def _is_tidying_up() -> bool:
    """Whether an interrupt is being handled, as in a `finally` or an `__exit__`."""
    handled = sys.exc_info()[1]
    while handled is not None and not isinstance(handled, KeyboardInterrupt):
        handled = handled.__context__
    return handled is not None


def _raise_again(unraisable: "sys.UnraisableHookArgs") -> None:
    """Raise an interrupt again that came where Python can raise none, as in a finalizer."""
    from threading import Timer

    if isinstance(unraisable.exc_value, KeyboardInterrupt):
        # Raised here, it would be lost again.
        Timer(_SECONDS_UNTIL_RAISED_AGAIN, _raise_in_main_thread).start()
    else:
        sys.__unraisablehook__(unraisable)


def _raise_in_main_thread() -> None:
    """Send the lost signal again, so that it also interrupts a system call."""
    from threading import main_thread

    thread = main_thread().ident
    if hasattr(signal, "pthread_kill") and thread is not None:
        signal.pthread_kill(thread, _received)
    else:
        signal.raise_signal(_received)
