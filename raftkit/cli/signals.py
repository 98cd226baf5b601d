"""What Ctrl-C and a request to end (SIGTERM, a closed terminal) do to a command.

While modules are imported, Ctrl-C ends the process on the spot: there is nothing to tidy up,
and an exception would be lost in places where Python can raise none. From then on these
signals raise KeyboardInterrupt, except while a command tidies up after one: nobody presses
Ctrl-C only once. A signal that is ignored from outside (nohup) stays so.
"""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

Handler = Callable[[int, FrameType | None], None] | signal.Handlers

# Windows has no terminal that hangs up.
_HEARD = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)
    and signal.getsignal(getattr(signal, name)) in (signal.SIG_DFL, signal.default_int_handler)
]
_SECONDS_UNTIL_SAID_AGAIN = 0.01

_came: int = signal.SIGINT


def status() -> int:
    """The exit status of a command that was interrupted: 128 and the signal, as in a shell."""
    return 128 + _came


def end_on_the_spot() -> None:
    """Let Ctrl-C end this process at once; the other signals do that by themselves."""
    if signal.SIGINT in _HEARD:
        signal.signal(signal.SIGINT, lambda number, frame: os._exit(status()))


def raise_interrupts() -> None:
    """Let these signals raise KeyboardInterrupt, wherever the main thread is."""
    _hear(_interrupt)
    sys.unraisablehook = _say_again


def ignore() -> None:
    """Let nothing disturb what is done from now on."""
    _hear(signal.SIG_IGN)


def _hear(handler: Handler) -> None:
    """Handle all of these signals so."""
    for number in _HEARD:
        signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Raise an interrupt. KeyboardInterrupt passes where errors of a student's are caught."""
    global _came
    if _is_tidying_up():
        return
    _came = number
    raise KeyboardInterrupt


def _is_tidying_up() -> bool:
    """Whether what runs now, runs because of an interrupt: a `finally`, an `__exit__`."""
    handled = sys.exc_info()[1]
    while handled is not None and not isinstance(handled, KeyboardInterrupt):
        handled = handled.__context__
    return handled is not None


def _say_again(unraisable: "sys.UnraisableHookArgs") -> None:
    """Raise an interrupt again that came where Python can raise nothing, as in a finalizer."""
    from threading import Timer

    if isinstance(unraisable.exc_value, KeyboardInterrupt):
        # Not from here: it would be lost in the same place.
        Timer(_SECONDS_UNTIL_SAID_AGAIN, _raise_in_main_thread).start()
    else:
        sys.__unraisablehook__(unraisable)


def _raise_in_main_thread() -> None:
    """Send the signal that was lost once more, so that it also ends a wait."""
    from threading import main_thread

    thread = main_thread().ident
    if hasattr(signal, "pthread_kill") and thread is not None:
        signal.pthread_kill(thread, _came)
    else:
        signal.raise_signal(_came)
