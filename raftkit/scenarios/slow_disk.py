"""`SlowDisk`: a server whose disk is slow, so that others may be quicker than it.

What it writes is under way until a scenario says that it is done; what the server says waits for
it, as at any host. Of two others only S2 answers, so that a majority takes the leader's own disk.
"""

from collections import deque

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    Effects,
    Event,
    Log,
    Persistent,
    RequestVoteResponse,
    TimerFired,
)
from raftkit.protocol.messages import ELECTION, HEARTBEAT
from raftkit.protocol.roles import LEADER
from raftkit.scenarios.lone_server import LoneServer


class SlowDisk:
    """S1, whose disk becomes slow now, and of which a majority is `needed`.

    With others it has just won an election; alone, it has yet to stand for one.
    """

    def __init__(self, server: LoneServer) -> None:
        self.leader = server
        self.acknowledged = 0  # by S2
        self.needed = (len(server.peers) + 1) // 2 + 1
        self._sent = 0, 0  # to S2: the last index, and prevLogIndex of its request
        self._refused = False
        self._first = 0  # the entry before the first request
        self._commands = 0
        self._under_way: deque[Effects] = deque()
        if server.peers:
            server.time_out()
        self.durable = server.disk or Persistent(0, None, Log())
        if server.peers:
            self._first = server.log.last_index
            self._hear(RequestVoteResponse("S2", "S1", server.term, True))

    def holders(self, index: int) -> int:
        """How many servers surely hold the leader's log up to `index`."""
        on_disk = self.durable.log.prefix(index) == self.leader.log.prefix(index)
        return (self.acknowledged >= index) + on_disk

    def time_out(self) -> None:
        """Its election timer runs out."""
        if self.leader.role != LEADER:
            self._hear(TimerFired(ELECTION))

    def take_command(self) -> None:
        """A client's next command comes, and then the heartbeat, with which it leaves at last."""
        self._commands += 1
        self._hear(ClientRequest("C1", "S1", self._commands, f"x={self._commands}"))
        self._hear(TimerFired(HEARTBEAT))

    def be_acknowledged(self) -> None:
        """S2 answers that it has all that it was sent so far."""
        self.acknowledged, previous = self._sent
        term, index = self.leader.term, self.acknowledged
        self._hear(AppendEntriesResponse("S2", "S1", term, True, index, previous))

    def be_refused(self) -> None:
        """S2 answers the first request: its log is empty. It does so once, and says nothing else
        before."""
        if self._first and not self._refused and not self.acknowledged:
            self._refused, term = True, self.leader.term
            self._hear(AppendEntriesResponse("S2", "S1", term, False, 0, self._first, 0, 1))

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
            self.durable = effects.writes[-1]
        for message in effects.messages:
            self._send(message)

    def _send(self, message: object) -> None:
        if isinstance(message, AppendEntriesRequest) and message.target == "S2":
            previous = message.prev_log_index
            self._sent = max(self._sent, (previous + len(message.entries), previous))
        elif getattr(message, "target", "") == "S1":
            self._hear(message)  # type: ignore[arg-type]
