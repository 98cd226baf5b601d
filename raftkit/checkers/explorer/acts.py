"""What may happen next in a search, one small value for each possibility.

An act holds the message it is about, so that it means the same in every search. How a
path of acts is told to the simulator is written in retelling.py.
"""

from typing import Any

from raftkit.protocol.record import record


@record
class Arrives:
    """A message arrives; with `again` the network keeps a copy of it."""

    message: Any
    again: bool = False

    @property
    def server(self) -> str:
        """Who takes the step."""
        return str(self.message.target)


@record
class Vanishes:
    """A message is lost."""

    message: Any

    @property
    def server(self) -> str:
        """Whom it would have reached."""
        return str(self.message.target)


@record
class RunsOut:
    """A server's timer runs out."""

    server: str
    timer: str


@record
class Commanded:
    """A server is handed a command from outside."""

    server: str
    command: str


@record
class Crashes:
    """A server crashes and starts again from its disk."""

    server: str


@record
class Torn:
    """A server crashes in the step that `act` sets off, when `keep` of its writes are durable.

    It starts again from its disk; only messages that had not to wait for the disk have left.
    """

    act: Arrives | RunsOut | Commanded
    keep: int

    @property
    def server(self) -> str:
        """Who crashes."""
        return self.act.server


Act = Arrives | Vanishes | RunsOut | Commanded | Crashes | Torn
