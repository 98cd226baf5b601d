"""`Meter`: counts the events that servers take, and ends a run that would never end.

Events are the same on every machine, so they bound what an answer under trial may
do; seconds are only the last resort, for code that sits still within one event.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from raftkit.protocol import Server

# Ten times what any case or scenario takes with the reference.
EVENTS_AT_MOST = 200_000


class Storm(BaseException):
    """More events than any right answer needs.

    Not an Exception: whoever turns those into verdicts of servers must not see this one.
    """

    def __str__(self) -> str:
        return f"more than {EVENTS_AT_MOST:,} events and no end: a storm of messages."


class Meter:
    """Counts events; `limit` is the count at which it ends the run."""

    def __init__(self) -> None:
        self.events = 0
        self.limit = EVENTS_AT_MOST

    def allow_more(self) -> None:
        """Begin another case, which may take as many events as the ones before."""
        self.limit = self.events + EVENTS_AT_MOST

    def tick(self) -> None:
        """Count an event. Raises `Storm` when there were too many."""
        self.events += 1
        if self.events > self.limit:
            raise Storm

    def metered_rule(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """`rule`, with every call of it an event."""

        def call(*arguments: Any) -> Any:
            self.tick()
            return rule(*arguments)

        return call

    @contextmanager
    def counting(self, kind: type[Server]) -> Iterator[None]:
        """Within this block every event that a server of class `kind` takes is counted.

        The method of the class is replaced, and no server wrapped: a search compares servers and
        copies them, so they must be of the class that they are.
        """
        original, own = kind.handle, "handle" in vars(kind)
        replaced: Any = kind

        def handle(server: Server, event: Any) -> Any:
            self.tick()
            return original(server, event)

        replaced.handle = handle
        try:
            yield
        finally:
            if own:
                replaced.handle = original
            else:
                del replaced.handle
