"""Clients (§8): they propose, are redirected to the leader, time out, and try again.

A client has one command under way at a time and numbers its commands, so that the state
machine can recognise a repeated one. It is a process like any other, and does not know how
servers agree.
"""

from collections import deque

from raftkit.protocol.effects import Effects
from raftkit.protocol.messages import ClientRequest, ClientResponse, TimerFired
from raftkit.protocol.record import record

RETRY = "retry"


@record
class Call:
    """A user's call: the client sends `command` when all earlier ones are answered."""

    command: str


@record
class ClientState:
    """A client's state: the number of waiting commands, and the command under way, if any."""

    waiting: int
    serial: int
    command: str | None
    target: str


class Client:
    """A client that sends to `servers`, and to the next one after `timeout` microseconds."""

    def __init__(self, id: str, servers: tuple[str, ...], timeout: int = 400_000) -> None:
        self.id = id
        self.servers = servers
        self.timeout = timeout
        self._waiting: deque[str] = deque()
        self._serial = 0
        self._command: str | None = None
        self._target = servers[0]

    def start(self) -> Effects:
        """No effects: a client waits for its first call."""
        return Effects()

    def handle(self, event: Call | ClientResponse | TimerFired) -> Effects:
        """The effects of a call, of an answer, or of a timeout."""
        match event:
            case Call(command):
                self._waiting.append(command)
                return Effects() if self._command is not None else self._next_command()
            case ClientResponse() if event.serial == self._serial and self._command is not None:
                return self._next_command() if event.ok else self._redirected(event)
            case TimerFired() if self._command is not None:
                return self._send(self._next_server())
        return Effects()

    def timer_duration(self, timer: str, draw: float) -> int:
        """How long to wait for one server, varied so that clients do not retry together."""
        return self.timeout + int(draw * self.timeout // 4)

    def observe(self) -> ClientState:
        """The client's state as a value."""
        return ClientState(len(self._waiting), self._serial, self._command, self._target)

    def _next_command(self) -> Effects:
        """Send the command that has waited longest under a new serial; stop if none waits."""
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
        # The server knows no leader now, so asking at once again would only load the network.
        return Effects()

    def _next_server(self) -> str:
        """The next server, in a circle: one that does not answer may be down or lead a minority."""
        return self.servers[(self.servers.index(self._target) + 1) % len(self.servers)]

    def _send(self, target: str) -> Effects:
        """Send the command under way to `target`; every repetition has the same serial."""
        self._target = target
        request = ClientRequest(self.id, target, self._serial, self._command or "")
        return Effects(messages=(request,), timers=((RETRY, "restart"),))
