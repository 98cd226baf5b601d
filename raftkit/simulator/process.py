"""The interface between the simulator and the processes that run on it.

A process, such as a Raft server or a client, answers events with effects. Everything else
(time, randomness, network, disks) belongs to the simulator. It does not know Raft.
"""

from collections.abc import Callable
from typing import Any, Protocol

from raftkit.protocol.effects import Effects
from raftkit.protocol.record import record


class Process(Protocol):
    """An object that answers events with effects."""

    def start(self) -> Effects:
        """The effects of starting up."""

    def handle(self, event: Any) -> Effects:
        """The effects of one event: a message, a timer or a client's call."""

    def timer_duration(self, timer: str, draw: float) -> int:
        """How long `timer` runs, in microseconds; `draw` is random, 0 <= draw < 1."""

    def observe(self) -> Any:
        """The state as a value that later steps do not change."""


# Makes a process from its disk's contents; None stands for an empty disk.
MakeProcess = Callable[[Any], Process]


@record
class Started:
    """A process starts; `restarted` if it ran before and now starts from its disk."""

    restarted: bool
