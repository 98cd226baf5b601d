"""`awaited`: the result of a coroutine, in a process that has nothing to wait for.

Time is the loop's own, and goes on to the next timer at once. Python's own loops would ask the
system for sockets, which it refuses here.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any


def awaited(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine, which may sleep. Raises RuntimeError if it would wait for ever.

    >>> awaited(asyncio.sleep(3_600, "done"))
    'done'
    """
    loop = _Loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()


class _Loop(asyncio.BaseEventLoop):
    """A loop in which only timers happen. It is its own selector, of which the base class asks."""

    def __init__(self) -> None:
        super().__init__()
        self._selector, self._now = self, 0.0

    def time(self) -> float:
        """The seconds that have passed in this loop."""
        return self._now

    def select(self, timeout: float | None) -> tuple[()]:
        """Let the time pass until the next timer."""
        if timeout is None:
            raise RuntimeError("nothing is left that could end this wait")
        self._now += timeout
        return ()

    def _process_events(self, events: object) -> None:
        pass

    def _write_to_self(self) -> None:
        pass
