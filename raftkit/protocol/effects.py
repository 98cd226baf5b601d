"""What a server wants done after an event: the other half of the contract.

A driver (the simulator, a real process) carries them out, in the order of driver.py. An
extension whose servers want something else done puts that into `extras`.
"""

from collections.abc import Sequence
from typing import Any, Final, Literal

from raftkit.protocol.log import Entry
from raftkit.protocol.messages import ClientResponse
from raftkit.protocol.record import record

TimerChange = Literal["restart", "stop", "keep"]

RESTART: Final = "restart"
STOP: Final = "stop"
KEEP: Final = "keep"


@record
class Reply:
    """The entry at `index` may be answered to its client, with the state machine's result."""

    client: str
    serial: int
    index: int


class Effects:
    """The result of one step: nothing, but for what is given here or added with `+=`.

    `timers` are pairs of a timer and what happens to it, `applied` pairs of an index and an entry.
    `extras` are an extension's own values, for a driver that knows them. Drivers also take lists.

    >>> effects = Effects(timers=(("election", "restart"),))
    >>> effects.writes += ("term 2",)
    >>> effects
    Effects(timers=(('election', 'restart'),), writes=('term 2',))
    """

    # One object a step is the cheapest form that still reads well: a list of small effect objects
    # was 10 to 15 % slower. Most of what a step might do it does not: then it is a shared ().
    __slots__ = ("applied", "early_messages", "extras", "messages", "replies", "timers", "writes")

    def __init__(
        self,
        messages: tuple[Any, ...] = (),
        replies: tuple[Reply | ClientResponse, ...] = (),
        timers: tuple[tuple[str, TimerChange], ...] = (),
        writes: tuple[Any, ...] = (),
        early_messages: tuple[Any, ...] = (),
        applied: Sequence[tuple[int, Entry]] = (),
        extras: tuple[Any, ...] = (),
    ) -> None:
        self.messages = messages
        self.replies = replies
        self.timers = timers
        self.writes = writes
        self.early_messages = early_messages
        self.applied = applied
        self.extras = extras

    def __repr__(self) -> str:
        values = {name: getattr(self, name) for name in self.__slots__}
        parts = ", ".join(f"{name}={value!r}" for name, value in values.items() if value)
        return f"Effects({parts})"
