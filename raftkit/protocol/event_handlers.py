"""Which method of a server handles which event: declared beside the method, looked up in a table.

Figure 2's events and those of an extension are declared alike: a subclass adds an
event of its own without touching anything here. This module knows no event.
"""

from collections.abc import Callable
from typing import Any, TypeVar

Handler = Callable[[Any, Any], None]
Declared = TypeVar("Declared", bound=Callable[..., None])


def handles(event: type) -> Callable[[Declared], Declared]:
    """Declare that a server's method handles the events of class `event`.

    A subclass that overrides the method need not declare it again. If the event has a field
    `term`, the server looks whether it must adopt that term first (§5.1).

    >>> from dataclasses import dataclass
    >>> from raftkit.protocol import Server
    >>> @dataclass
    ... class TimeoutNow:
    ...     source: str
    ...     target: str
    ...     term: int
    >>> class Transfers(Server):
    ...     @handles(TimeoutNow)
    ...     def on_timeout_now(self, event):
    ...         self.start_election()
    >>> server = Transfers("S1", ("S1", "S2", "S3"))
    >>> effects = server.handle(TimeoutNow("S2", "S1", 4))
    >>> server.standing
    Standing(role='candidate', current_term=5, voted_for='S1')
    """

    def declare(method: Declared) -> Declared:
        method.handled_event = event  # type: ignore[attr-defined]
        return method

    return declare


def handlers_of(kind: type) -> dict[type, tuple[Handler, bool]]:
    """By event: its handler in a class of servers, and whether the event carries a term."""
    names = {
        method.handled_event: name
        for ancestor in reversed(kind.__mro__)
        for name, method in vars(ancestor).items()
        if hasattr(method, "handled_event")
    }
    return {event: (getattr(kind, name), _carries_term(event)) for event, name in names.items()}


def _carries_term(event: type) -> bool:
    return "term" in getattr(event, "__dataclass_fields__", ())
