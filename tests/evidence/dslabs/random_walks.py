"""DSLabs 3.24 and 3.25: random walks through what three and five servers may do.

Any message may arrive next, also a second time, any timer run out, a leader be handed
a command. A walk ends when both commands are applied, or after many steps. What is
applied must be one order for all.
"""

from raftkit.protocol import Message
from raftkit.protocol.roles import LEADER
from raftkit.scenarios.lone_server import LoneServer
from raftkit.scenarios.scenario import Suite, expect
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("DSLabs search")

WALKS, STEPS = 80, 400
COMMANDS = ("foo+=x", "foo+=y")
ARRIVES_AGAIN = 0.1
# Elections must be rare enough that one of them succeeds now and then.
DELIVERS, LEADS_ON = 0.9, 0.85


class Walk:
    """A group of servers, the messages between them, and what has been seen of them."""

    def __init__(self, system: SystemUnderTest, servers: int) -> None:
        names = [f"S{number}" for number in range(1, servers + 1)]
        self._system = system
        self.servers = {name: system.server(name, servers) for name in names}
        self._held: list[Message] = []
        self._commands = list(COMMANDS)
        self._leaders: dict[int, str] = {}

    def run(self) -> None:
        """Take steps until the commands are applied, or for long enough."""
        for _ in range(STEPS):
            server = self._step()
            self._check(server)
            if len(server.applied) >= len(COMMANDS):
                return

    def _step(self) -> LoneServer:
        """One thing happens; the server that it happened to."""
        system, kind = self._system, self._system.chance
        if self._held and kind(DELIVERS):
            place = system.below(len(self._held))
            message = self._held[place] if kind(ARRIVES_AGAIN) else self._held.pop(place)
            server = self.servers[message.target]
            self._held += server.hear(message)
            return server
        leaders = [server for server in self.servers.values() if server.role == LEADER]
        if not leaders or not kind(LEADS_ON):
            server = system.pick(list(self.servers.values()))
            # A leader has no election timer that could run out.
            self._held += server.time_out() if server.role != LEADER else server.beat()
            return server
        server = system.pick(leaders)
        again = kind(0.5) or not self._commands
        self._held += server.beat() if again else server.propose(self._commands.pop())
        return server

    def _check(self, server: LoneServer) -> None:
        """Hold a server that has just moved against the others (§5.2, §5.4.3)."""
        if server.role == LEADER:
            first = self._leaders.setdefault(server.term, server.id)
            expect(
                first == server.id,
                f"{first} and {server.id} both lead term {server.term} (§5.2).",
            )
        for other in self.servers.values():
            both = min(len(server.applied), len(other.applied))
            expect(
                server.applied[:both] == other.applied[:both],
                f"{server.id} applied {_commands_of(server)}, {other.id} {_commands_of(other)}: "
                "the same commands in the same order, all of them (§5.4.3).",
            )


def _commands_of(server: LoneServer) -> str:
    return ", ".join(entry.command for entry in server.applied)


@SUITE.scenario("Three servers walk at random", "ThreeServerRandomSearch")
def three_servers(system: SystemUnderTest) -> None:
    """Random walks of three servers."""
    _walk(system, 3)


@SUITE.scenario("Five servers walk at random", "FiveServerRandomSearch")
def five_servers(system: SystemUnderTest) -> None:
    """Random walks of five servers."""
    _walk(system, 5)


def _walk(system: SystemUnderTest, servers: int) -> None:
    for _ in range(WALKS):
        Walk(system, servers).run()
