"""`EventCounter`: counts the events that servers handle, and ends a run that has too many.

The number of events is the same on every machine, so it limits what an answer may do.
Seconds are only the last resort, for code that never comes to its next event.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from raftkit.protocol import Server

# Ten times what any case or scenario takes with the reference.
EVENTS_AT_MOST = 200_000


class TooManyEvents(BaseException):
    """More events than any right answer needs.

    It is no Exception, because code that turns exceptions into verdicts must not catch it.
    """

    def __str__(self) -> str:
        return f"more than {EVENTS_AT_MOST:,} events and no end: a error of messages."


class EventCounter:
    """Counts events; `limit` is the count at which it ends the run."""

    def __init__(self) -> None:
        self.events = 0
        self.limit = EVENTS_AT_MOST

    def allow_more(self) -> None:
        """Begin the next case, which may take `EVENTS_AT_MOST` events of its own."""
        self.limit = self.events + EVENTS_AT_MOST

    def tick(self) -> None:
        """Count an event. Raises `TooManyEvents` beyond the limit."""
        self.events += 1
        if self.events > self.limit:
            raise TooManyEvents

    def counted_rule(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """`rule`, with every call of it counted as an event."""

        def call(*arguments: Any) -> Any:
            self.tick()
            return rule(*arguments)

        return call

    @contextmanager
    def counting(self, kind: type[Server]) -> Iterator[None]:
        """Within this block every event that a server of class `kind` handles is counted.

        The method of the class is replaced and no server is wrapped: a search compares and copies
        servers, so they must keep their class.
        """
        original, defines_it = kind.handle, "handle" in vars(kind)
        replaced: Any = kind

        def handle(server: Server, event: Any) -> Any:
            self.tick()
            return original(server, event)

        replaced.handle = handle
        try:
            yield
        finally:
            if defines_it:
                replaced.handle = original
            else:
                del replaced.handle
