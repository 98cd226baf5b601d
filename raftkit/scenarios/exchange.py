"""`Exchange`: servers that hear each other at once, in the order of sending.

There is no clock: timers run out when the scenario says so, and between two
such moments every message is delivered that can be. Links can be cut.
"""

from collections import deque
from collections.abc import Iterable

from raftkit.protocol import Message
from raftkit.scenarios.lone_server import LoneServer
from raftkit.scenarios.scenario import expect

# No scenario needs a tenth of it: servers that send more will never stop.
MESSAGES_AT_MOST = 5_000


class Exchange:
    """The servers by name; messages to a server that is not among them are lost."""

    def __init__(self, servers: dict[str, LoneServer]) -> None:
        self.servers = servers
        self.delivered: list[Message] = []
        self._cut: set[tuple[str, str]] = set()

    def __getitem__(self, name: str) -> LoneServer:
        return self.servers[name]

    # What happens ----------------------------------------------------------------------

    def time_out(self, name: str) -> None:
        """Let a server's election timer run out, and deliver everything that follows."""
        self.deliver(self[name].time_out())

    def beat(self, name: str) -> None:
        """Let a leader's heartbeat fall due, and deliver everything that follows."""
        self.deliver(self[name].beat())

    def propose(self, name: str, command: str) -> None:
        """Hand a server a client's command, and deliver everything that follows."""
        self.deliver(self[name].propose(command))

    def deliver(self, messages: Iterable[Message]) -> None:
        """Deliver `messages` and every message that they bring about."""
        # First in, first out: a link keeps the order, and no message overtakes another.
        waiting = deque(messages)
        count = 0
        while waiting:
            message = waiting.popleft()
            if (message.source, message.target) in self._cut or message.target not in self.servers:
                continue
            count += 1
            expect(
                count <= MESSAGES_AT_MOST,
                f"The servers sent more than {MESSAGES_AT_MOST:,} messages and did not stop.",
            )
            self.delivered.append(message)
            waiting.extend(self[message.target].hear(message))

    # Links -----------------------------------------------------------------------------

    def cut(self, one: str, other: str) -> None:
        """Cut the link between two servers."""
        self._cut |= {(one, other), (other, one)}

    def cut_off(self, name: str) -> None:
        """Cut every link of a server."""
        for other in self.servers:
            self.cut(name, other)

    def mend(self) -> None:
        """Mend every link."""
        self._cut.clear()
