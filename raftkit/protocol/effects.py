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
    """The result of one step: nothing, until the step fills it in.

    One object a step is the cheapest form that still reads well: a list of small effect objects
    was 10 to 15 % slower. What few steps have is a shared empty default.
    """

    __slots__ = ("applied", "early_messages", "messages", "replies", "timers", "writes")

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.replies: list[Reply | ClientResponse] = []
        self.timers: list[tuple[str, TimerChange]] = []
        self.writes: tuple[Any, ...] = ()
        self.early_messages: tuple[Any, ...] = ()
        self.applied: Sequence[tuple[int, Entry]] = ()

    def __repr__(self) -> str:
        values = {name: getattr(self, name) for name in self.__slots__}
        parts = ", ".join(f"{name}={value!r}" for name, value in values.items() if value)
        return f"Effects({parts})"
