"""What the simulator asks of whatever runs on it.

It knows processes, not Raft: a Raft server, a client and a general with a
messenger are all things that answer events with effects. Everything else
(time, randomness, wires, disks) is the simulator's.
"""

from collections.abc import Callable
from typing import Any, Protocol

from raftkit.protocol.effects import Effects
from raftkit.protocol.record import record


class Process(Protocol):
    """Something that answers events with effects."""

    def start(self) -> Effects:
        """The effects of starting up."""

    def handle(self, event: Any) -> Effects:
        """The effects of one event: a message, a timer or a client's call."""

    def timer_duration(self, timer: str, draw: float) -> int:
        """How long `timer` runs, in microseconds; `draw` is random, 0 <= draw < 1."""

    def observe(self) -> Any:
        """The state as a value that later steps do not change."""


# Makes a process from what its disk holds; None for an empty disk.
MakeProcess = Callable[[Any], Process]


@record
class Started:
    """A process starts; `restarted` if it had run before and has only its disk left."""

    restarted: bool
