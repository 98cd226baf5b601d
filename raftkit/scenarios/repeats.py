"""A client that was not answered asks again (§8): whatever has become of its command since.

One leader is driven by hand. An answer is done when it says that a command was carried out; every
other one only tells where to ask. What clusters make of repeats is asked in clients.py.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from raftkit.protocol import (
    AppendEntriesRequest,
    ClientRequest,
    ClientResponse,
    Effects,
    Entry,
    Log,
    Persistent,
    Reply,
    ServerState,
)
from raftkit.scenarios.lone_server import LoneServer
from raftkit.scenarios.scenario import Suite, expect
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("raftkit clients")

Answer = Reply | ClientResponse


class Clients:
    """Where the clients of a lone server stand: everything that it tells them is noted down."""

    def __init__(self, server: LoneServer) -> None:
        self.server = server
        self.answers: list[Answer] = []
        self._asked: Counter[tuple[str, int]] = Counter()
        # In the server's place: its answers are then seen whatever event they come with.
        self._process = server.process
        server.process = self

    def ask(self, client: str, command: str, serial: int = 1) -> None:
        """Hand the server a client's command."""
        self._asked[client, serial] += 1
        self.server.hear(ClientRequest(client, self.server.id, serial, command))

    def held_by_s2(self) -> None:
        """The leader beats, S2 acknowledges the whole log, and it beats again."""
        self.server.beat()
        self.server.acknowledge("S2", self.server.log.last_index)
        self.server.beat()

    def done(self, client: str, serial: int) -> list[Answer]:
        """The answers so far that tell `client` that this command was carried out."""
        done = filter(_says_done, self.answers)
        return [answer for answer in done if _command_of(answer) == (client, serial)]

    def handle(self, event: Any) -> Effects:
        """What the server answers to `event`."""
        effects: Effects = self._process.handle(event)
        self.answers += effects.replies
        for answer in filter(_says_done, effects.replies):
            _expect_applied(answer, self._process.observe())
            self._expect_asked(*_command_of(answer))
        return effects

    def _expect_asked(self, client: str, serial: int) -> None:
        """Fail if a client was told more often that a command is done than it asked for it."""
        asked, done = self._asked[client, serial], len(self.done(client, serial))
        expect(
            done <= asked,
            f"{client} sent its command {serial} {_times(asked)}, and was told {_times(done)} that "
            "it is done. Each request is answered once at most (§8).",
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._process, name)


def _says_done(answer: Answer) -> bool:
    return isinstance(answer, Reply) or answer.ok


def _command_of(answer: Answer) -> tuple[str, int]:
    """The client and the serial of the command that an answer is about."""
    return (answer.client if isinstance(answer, Reply) else answer.target), answer.serial


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _expect_applied(answer: Answer, state: ServerState) -> None:
    """Fail if a client is told that a command is done that has not been applied there."""
    applied = [(entry.client, entry.serial) for entry in state.log.prefix(state.last_applied)]
    command = _command_of(answer)
    at = f", at index {answer.index}" if isinstance(answer, Reply) else ""
    there = applied[answer.index - 1 : answer.index] if isinstance(answer, Reply) else applied
    expect(
        command in there,
        f"{command[0]} was told that its command {command[1]} is done{at}. What is applied ends at "
        f"{state.last_applied}, and has that command not there. A client is told so when that very "
        "entry is applied (§5.3, §8).",
    )


# What has become of three commands -------------------------------------------------------


@dataclass(frozen=True)
class Past:
    """What a leader's three commands have come to: `begin` brings it about, `told` says it.

    `begin` is handed who sent each of them: the commands have the serials 1 to 3.
    """

    told: str
    begin: Callable[[SystemUnderTest, tuple[str, ...]], Clients]


def _on_disk(system: SystemUnderTest, senders: tuple[str, ...]) -> Clients:
    entries = [Entry(1, f"x={n}", sender, n) for n, sender in enumerate(senders, 1)]
    server = system.server(persistent=Persistent(1, None, Log(entries)))
    server.become_leader()
    return Clients(server)


def _taken(system: SystemUnderTest, senders: tuple[str, ...]) -> Clients:
    server = system.server()
    server.become_leader()
    clients = Clients(server)
    for number, sender in enumerate(senders, 1):
        clients.ask(sender, f"x={number}", number)
    return clients


def _answered(system: SystemUnderTest, senders: tuple[str, ...]) -> Clients:
    clients = _taken(system, senders)
    clients.held_by_s2()
    return clients


def _kept(system: SystemUnderTest, senders: tuple[str, ...]) -> Clients:
    clients = _taken(system, senders)
    term, last = clients.server.term, clients.server.log.last_index
    clients.server.hear(AppendEntriesRequest("S2", "S1", term + 1, last, term, (), 0))
    clients.server.become_leader()
    return clients


def _replaced(system: SystemUnderTest, senders: tuple[str, ...]) -> Clients:
    clients = _taken(system, senders)
    entry = Entry(clients.server.term + 1, "y=1", "C9", 2)
    clients.server.hear(AppendEntriesRequest("S2", "S1", entry.term, 0, 0, (entry,), 0))
    clients.server.become_leader()
    return clients


PASTS = (
    Past("it has from an older term on its disk", _on_disk),
    Past("it has taken in this term, and that are not committed", _taken),
    Past("it has taken in this term, and answered", _answered),
    Past("it took when it led before, and that the leader in between has kept", _kept),
    Past("it took when it led before, and that the leader in between has replaced", _replaced),
)
_SENDERS = (("C1", "C2", "C2"), ("C2", "C1", "C2"), ("C2", "C2", "C1"))


@SUITE.scenario("A repeated command is answered by the next leader", "NextLeader")
def repeated_to_the_next_leader(system: SystemUnderTest) -> None:
    """A client that was not answered asks again, and the next leader answers it (§8).

    After C49 and C50: the entry is in the leader's log, and that alone says nothing.
    """
    for past in PASTS:
        for senders in _SENDERS:
            for others_ask in (False, True):
                _expect_answered(past, past.begin(system, senders), senders, others_ask)
    clients = _replaced(system, ("C1", "C1", "C1"))
    clients.ask("C2", "y=2", serial=5)
    clients.held_by_s2()
    expect(clients.done("C2", 5), f"S1 led, was replaced, and leads again. {_NEVER_NOW}")
    _expect_answered_alone(system)
    _expect_answered_late(_on_disk(system, ("C2", "C1", "C2")))


_NEVER = (
    "C1 was never answered. A repeated command is answered, too (§8), whoever else asks for "
    "something; and only an entry of the leader's own term commits those before it (§5.4.2)."
)
_NEVER_NOW = (
    "C2's y=2 is committed, and C2 was never answered: those that wait since the first time, for "
    "entries that are gone, are in nobody's way (§5.3, §8)."
)


def _expect_answered(
    past: Past, clients: Clients, senders: tuple[str, ...], others_ask: bool
) -> None:
    """Fail unless C1's command, when it comes again, is answered when the log is committed."""
    serial = senders.index("C1") + 1
    before = len(clients.done("C1", serial))
    clients.ask("C1", f"x={serial}", serial)
    if others_ask:
        clients.ask("C2", "y=2", serial=5)
    clients.held_by_s2()
    asked = "C2 sent another one, and " if others_ask else ""
    expect(
        len(clients.done("C1", serial)) > before,
        f"Of three commands that S1 leads with and {past.told}, C1 sent its command {serial} again;"
        f" {asked}S2 acknowledged all of the log. {_NEVER}",
    )


def _expect_answered_alone(system: SystemUnderTest) -> None:
    """Fail unless a server that is alone answers what it has from an older term."""
    log = Log([Entry(1, "y=1", "C2", 1), Entry(1, "x=1", "C1", 1)])
    server = system.server(servers=1, persistent=Persistent(1, None, log))
    server.become_leader()
    clients = Clients(server)
    clients.ask("C1", "x=1")
    server.beat()
    expect(
        clients.done("C1", 1),
        "C1 repeated x=1, which the leader had in its log already, from an older term, and is "
        f"alone in its cluster. {_NEVER}",
    )


def _expect_answered_late(clients: Clients) -> None:
    """Fail if a copy that comes after its client's next command is not answered as well."""
    clients.ask("C1", "x=2", serial=2)
    clients.held_by_s2()
    clients.ask("C1", "x=3", serial=3)
    clients.held_by_s2()
    before = clients.done("C1", 2)
    clients.ask("C1", "x=2", serial=2)
    clients.held_by_s2()
    expect(
        len(clients.done("C1", 2)) > len(before),
        "C1 sent its command 3 and was answered; then a late copy of its command 2 came, and was "
        "never answered. Each request is answered, whatever has come before (§8).",
    )
    clients.ask("C1", "x=4", serial=4)
    clients.ask("C1", "x=4", serial=4)
    early = [answer for answer in clients.answers if answer.serial == 4]
    expect(
        not early,
        "C1 sent its command 4, and again before it was committed, and was told "
        f"{', '.join(map(str, early))}. Nobody knows yet whether it will be (§5.3, §8).",
    )
    clients.held_by_s2()
    for serials in ((7, 6), (9,), (8,)):
        _expect_taken(clients, serials)
        clients.held_by_s2()


def _expect_taken(clients: Clients, serials: tuple[int, ...]) -> None:
    """Fail if a command that never came before is not appended, whatever its serial is."""
    for serial in serials:
        clients.ask("C1", "x=5", serial=serial)
        expect(
            any((entry.client, entry.serial) == ("C1", serial) for entry in clients.server.log),
            f"C1's command {serial} came for the first time, after later ones, and the leader did "
            "not append it. Commands may overtake each other on their way (§5.3).",
        )
