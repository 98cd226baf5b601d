"""The actions of a search, that is, what may happen next: one small value for each possibility.

An action holds the message that it concerns, so that it means the same in every search. How the
actions of a path become actions of the simulator is written in path_replay.py.
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
        """The server that takes the step."""
        return str(self.message.target)


@record
class Vanishes:
    """A message is lost."""

    message: Any

    @property
    def server(self) -> str:
        """The server that the message was sent to."""
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
    """A server crashes in the step that `action` starts, when `keep` of its writes are durable.

    It starts again from its disk. Only the messages that need not wait for the disk have been sent.
    """

    action: Arrives | RunsOut | Commanded
    keep: int

    @property
    def server(self) -> str:
        """The server that crashes."""
        return self.action.server


SearchAction = Arrives | Vanishes | RunsOut | Commanded | Crashes | Torn
