"""What a server wants done after an event: the other half of the contract.

The driver (simulator, HTTP service, explorer) carries an `Effects` out in this order: start the
`writes`, in order, each one atomic; let `early_messages` leave; wait until all writes are
durable; only then let `messages` and `replies` leave. Timers and applied entries are volatile
and need not wait.
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
    Whoever carries the effects out also takes lists.

    >>> effects = Effects(timers=(("election", "restart"),))
    >>> effects.writes += ("term 2",)
    >>> effects
    Effects(timers=(('election', 'restart'),), writes=('term 2',))
    """

    # One object a step is the cheapest form that still reads well: a list of small effect objects
    # was 10 to 15 % slower. Most of what a step might do it does not: then it is a shared ().
    __slots__ = ("applied", "early_messages", "messages", "replies", "timers", "writes")

    def __init__(
        self,
        messages: tuple[Any, ...] = (),
        replies: tuple[Reply | ClientResponse, ...] = (),
        timers: tuple[tuple[str, TimerChange], ...] = (),
        writes: tuple[Any, ...] = (),
        early_messages: tuple[Any, ...] = (),
        applied: Sequence[tuple[int, Entry]] = (),
    ) -> None:
        self.messages = messages
        self.replies = replies
        self.timers = timers
        self.writes = writes
        self.early_messages = early_messages
        self.applied = applied

    def __repr__(self) -> str:
        values = {name: getattr(self, name) for name in self.__slots__}
        parts = ", ".join(f"{name}={value!r}" for name, value in values.items() if value)
        return f"Effects({parts})"
