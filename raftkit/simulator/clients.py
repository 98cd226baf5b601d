"""Clients (§8): they propose, are redirected to the leader, time out, and try again.

A client has one command under way at a time and numbers its commands, so that
the state machine can recognise a repeated one. It is a process like any other.
"""

from collections import deque

from raftkit.protocol.effects import Effects
from raftkit.protocol.messages import ClientRequest, ClientResponse, TimerFired
from raftkit.protocol.record import record

RETRY = "retry"


@record
class Call:
    """A client's user asks for `command`; the client sends it when earlier ones are answered."""

    command: str


@record
class ClientState:
    """What can be seen of a client: how many commands wait, and the one under way, if any."""

    waiting: int
    serial: int
    command: str | None
    target: str


class Client:
    """A client named `id` of the given `servers`; `timeout` is in microseconds."""

    def __init__(self, id: str, servers: tuple[str, ...], timeout: int = 400_000) -> None:
        self.id = id
        self.servers = servers
        self.timeout = timeout
        self._waiting: deque[str] = deque()
        self._serial = 0
        self._command: str | None = None
        self._target = servers[0]

    def start(self) -> Effects:
        """A client has nothing to do at first."""
        return Effects()

    def handle(self, event: Call | ClientResponse | TimerFired) -> Effects:
        """Take a call, an answer, or the end of patience."""
        match event:
            case Call(command):
                self._waiting.append(command)
                return Effects() if self._command is not None else self._next_command()
            case ClientResponse() if event.serial == self._serial and self._command is not None:
                return self._next_command() if event.ok else self._redirected(event)
            case TimerFired() if self._command is not None:
                return self._send(self._another())
        return Effects()

    def timer_duration(self, timer: str, draw: float) -> int:
        """The patience with one server, varied a little so that clients do not move in step."""
        return self.timeout + int(draw * self.timeout // 4)

    def observe(self) -> ClientState:
        """The state as a value."""
        return ClientState(len(self._waiting), self._serial, self._command, self._target)

    def _next_command(self) -> Effects:
        """Send the command that has waited longest, under a new serial, or rest if none waits."""
        if not self._waiting:
            self._command = None
            return Effects(timers=((RETRY, "stop"),))
        self._serial += 1
        self._command = self._waiting.popleft()
        return self._send(self._target)

    def _redirected(self, response: ClientResponse) -> Effects:
        """Follow the hint of a server that does not lead (§8)."""
        if response.leader_hint in self.servers:
            return self._send(response.leader_hint)
        # Nobody leads just now: asking on at once would only load the network.
        return Effects()

    def _another(self) -> str:
        """The next server in the circle: whoever is silent may be down, or lead a minority."""
        return self.servers[(self.servers.index(self._target) + 1) % len(self.servers)]

    def _send(self, target: str) -> Effects:
        """Send the command under way to `target`, under the same serial as every time before."""
        self._target = target
        request = ClientRequest(self.id, target, self._serial, self._command or "")
        return Effects(messages=(request,), timers=((RETRY, "restart"),))
