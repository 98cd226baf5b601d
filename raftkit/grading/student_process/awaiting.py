"""`awaited`: the result of a coroutine, in a process that has nothing to wait for.

Time is the loop's own, and goes on to the next timer at once. Python's own loops would ask the
system for sockets, which it refuses here.
"""

from collections.abc import Coroutine
from typing import Any


def awaited(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine, which may sleep. Raises RuntimeError if it would wait for ever.

    >>> import asyncio
    >>> awaited(asyncio.sleep(3_600, "done"))
    'done'
    """
    import asyncio  # Not above: it takes a tenth of a second, and few cells wait.

    loop: Any = asyncio.BaseEventLoop()
    loop._selector = clock = _Clock()
    loop.time = clock.time
    loop._process_events = loop._write_to_self = lambda *_: None
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()


class _Clock:
    """The time of a loop in which only timers happen. The loop takes it for its selector."""

    def __init__(self) -> None:
        self._now = 0.0

    def time(self) -> float:
        """The seconds that have passed."""
        return self._now

    def select(self, timeout: float | None) -> tuple[()]:
        """Let the time pass until the next timer."""
        if timeout is None:
            raise RuntimeError("nothing is left that could end this wait")
        self._now += timeout
        return ()
