"""`SlowDisk`: a leader of three whose disk is slow, so that S2 may be quicker than it.

What it writes is under way until a scenario says that it is done; what the server says waits for
it, as at any host. Only S2 answers, so that a majority takes the leader's own disk.
"""

from collections import deque

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    Effects,
    Event,
    Log,
    RequestVoteResponse,
    TimerFired,
)
from raftkit.protocol.messages import HEARTBEAT
from raftkit.scenarios.lone_server import LoneServer


class SlowDisk:
    """S1, whose disk becomes slow when it wins an election."""

    def __init__(self, server: LoneServer) -> None:
        self.leader = server
        self.acknowledged = 0  # by S2
        self._sent = 0  # to S2
        self._commands = 0
        self._under_way: deque[Effects] = deque()
        server.time_out()
        self.durable = server.disk.log if server.disk else Log()
        self._hear(RequestVoteResponse("S2", "S1", server.term, True))

    @property
    def holders(self) -> int:
        """How many servers surely hold all that the leader has committed."""
        log, index = self.leader.log, self.leader.commit_index
        on_disk = self.durable.prefix(index) == log.prefix(index)
        return (self.acknowledged >= index) + on_disk

    def take_command(self) -> None:
        """A client's next command comes, and then the heartbeat, with which it leaves at last."""
        self._commands += 1
        self._hear(ClientRequest("C1", "S1", self._commands, f"x={self._commands}"))
        self._hear(TimerFired(HEARTBEAT))

    def be_acknowledged(self) -> None:
        """S2 answers that it has all that it was sent so far."""
        index, self.acknowledged = self._sent, self._sent
        self._hear(AppendEntriesResponse("S2", "S1", self.leader.term, True, index, index))

    def end_write(self) -> None:
        """The oldest write is durable, if there is one, and what waited for it is said."""
        if self._under_way:
            self._say(self._under_way.popleft())

    def _hear(self, event: Event) -> None:
        effects = self.leader.process.handle(event)
        for message in effects.early_messages:
            self._send(message)
        self._under_way.append(effects)
        while self._under_way and not self._under_way[0].writes:
            self._say(self._under_way.popleft())

    def _say(self, effects: Effects) -> None:
        if effects.writes:
            self.durable = effects.writes[-1].log
        for message in effects.messages:
            self._send(message)

    def _send(self, message: object) -> None:
        if isinstance(message, AppendEntriesRequest) and message.target == "S2":
            self._sent = max(self._sent, message.prev_log_index + len(message.entries))
        elif getattr(message, "target", "") == "S1":
            self._hear(message)  # type: ignore[arg-type]
