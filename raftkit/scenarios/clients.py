"""What clients are told (§5.3, §8): after retries, partitions and crashes, from outside.

An answer is done when it says that a command was carried out; every other one only tells where
to ask. When a leader answers is asked of it alone (small_world), but for commands that come again.
"""

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
from raftkit.scenarios.watched_cluster import WatchedCluster
from raftkit.simulator import Ask, Drop, Heal, Partition

SUITE = Suite("raftkit clients")

ANSWER_WITHIN_MS = 10_000
CUT_OFF_MS = 1_000
ANSWER_SOON_MS = 3_000

Answer = Reply | ClientResponse


class Clients:
    """Where the clients of a lone server stand: everything that it tells them is noted down."""

    def __init__(self, server: LoneServer) -> None:
        self.server = server
        self.answers: list[Answer] = []
        # In the server's place: its answers are then seen whatever event they come with.
        self._process = server.process
        server.process = self

    def ask(self, client: str, command: str, serial: int = 1) -> None:
        """Hand the server a client's command."""
        self.server.hear(ClientRequest(client, self.server.id, serial, command))

    def held_by_s2(self) -> None:
        """The leader beats, S2 acknowledges the whole log, and it beats again."""
        self.server.beat()
        self.server.acknowledge("S2", self.server.log.last_index)
        self.server.beat()

    def done(self, client: str, serial: int | None = None) -> list[Answer]:
        """The answers so far that tell `client` that a command, or this one, was carried out."""
        return [
            answer
            for answer in self.answers
            if (isinstance(answer, Reply) and answer.client == client)
            or (isinstance(answer, ClientResponse) and answer.target == client and answer.ok)
            if serial in (None, answer.serial)
        ]

    def handle(self, event: Any) -> Effects:
        """What the server answers to `event`."""
        effects: Effects = self._process.handle(event)
        self.answers += effects.replies
        state = self._process.observe()
        for reply in effects.replies:
            if isinstance(reply, Reply):
                _expect_applied(reply, state)
        return effects

    def __getattr__(self, name: str) -> Any:
        return getattr(self._process, name)


def _expect_applied(reply: Reply, state: ServerState) -> None:
    """Fail if a client is told that a command is done that has not been applied there."""
    is_there = 0 < reply.index <= state.last_applied
    entry = state.log[reply.index] if is_there else None
    expect(
        entry is not None and (entry.client, entry.serial) == (reply.client, reply.serial),
        f"{reply.client} was told that its command {reply.serial} is done, at index {reply.index}. "
        f"What is applied ends at {state.last_applied}, and the entry there is {entry}. A client "
        "is told so when that very entry is applied (§5.3, §8).",
    )


def told(
    cluster: WatchedCluster, client: str, command: str, within_ms: int = ANSWER_WITHIN_MS
) -> str | None:
    """What `client` is told when it asks for `command`; fails if it is not answered in time."""
    cluster.do(Ask(client, command))
    end = cluster.now_ms + within_ms
    while cluster.now_ms < end:
        call = [call for call in cluster.cluster.calls if call.client == client][-1]
        if call.returned is not None:
            return call.result
        cluster.run(1)
    cluster.fail(
        f"{client} waited {within_ms:,} ms for an answer to {command}, in vain; a client of a "
        "connected majority is answered (§8)."
    )


@SUITE.scenario("A repeated command is answered by the next leader", "NextLeader")
def repeated_to_the_next_leader(system: SystemUnderTest) -> None:
    """A client that was not answered asks again, and the next leader answers it (§8).

    After C49 and C50: the entry is in the leader's log, and that alone says nothing.
    """
    clients = _repeats(system)
    expect(
        not clients.done("C1"),
        "C1 repeated x=1, which the leader has in its log from an older term, and was told that "
        "it is done. Nobody knows yet whether it is committed (§5.4.2, §8).",
    )
    clients.held_by_s2()
    expect(clients.done("C1"), f"{_HAD_IT}, and S2 acknowledged all of that log. {_NEVER}")
    _repeats_late(clients)
    clients = _repeats(system)
    clients.ask("C2", "x=2", serial=3)
    clients.held_by_s2()
    expect(clients.done("C1"), f"{_HAD_IT}; C2's x=2 after it was committed. {_NEVER}")
    clients = _replaced(system)
    clients.ask("C2", "y=2", serial=5)
    clients.held_by_s2()
    expect(clients.done("C2"), f"S1 led, was replaced, and leads again. {_NEVER_NOW}")
    alone = _repeats(system, servers=1)
    alone.server.beat()
    expect(alone.done("C1"), f"{_HAD_IT}, and is alone in its cluster. {_NEVER}")


_HAD_IT = "C1 repeated x=1, which the leader had in its log already, from an older term"
_NEVER = (
    "C1 was never answered. A repeated command is answered, too (§8), whoever else asks for "
    "something; and only an entry of the leader's own term commits those before it (§5.4.2)."
)


def _repeats(system: SystemUnderTest, servers: int = 3) -> Clients:
    """C1 repeats what a new leader has in its log, neither first nor last, from an older term."""
    commands = (("C2", "y=1"), ("C1", "x=1"), ("C2", "y=2"))
    log = Log([Entry(1, command, client, int(command[-1])) for client, command in commands])
    server = system.server(servers=servers, persistent=Persistent(1, None, log))
    server.become_leader()
    clients = Clients(server)
    clients.ask("C1", "x=1")
    return clients


_NEVER_NOW = (
    "C2's y=2 is committed, and C2 was never answered: those that wait since the first time, for "
    "entries that are gone, are in nobody's way (§5.3, §8)."
)


def _replaced(system: SystemUnderTest) -> Clients:
    """A leader again, of whose first three commands the leader in between has left none."""
    server = system.server()
    server.become_leader()
    clients = Clients(server)
    for serial in (1, 2, 3):
        clients.ask("C1", f"x={serial}", serial)
    entry = Entry(server.term + 1, "y=1", "C9", 2)
    server.hear(AppendEntriesRequest("S2", "S1", entry.term, 0, 0, (entry,), 0))
    server.become_leader()
    return clients


def _repeats_late(clients: Clients) -> None:
    """A copy of a command comes after the client's next command: it is answered as well."""
    clients.ask("C1", "x=3", serial=2)
    clients.held_by_s2()
    before = clients.done("C1", serial=1)
    clients.ask("C1", "x=1")
    clients.held_by_s2()
    expect(
        len(clients.done("C1", serial=1)) > len(before),
        "C1 sent its command 2 and was answered; then a late copy of its command 1 came, and was "
        "never answered. Each request is answered, whatever has come before (§8).",
    )
    clients.ask("C1", "x=4", serial=3)
    clients.ask("C1", "x=4", serial=3)
    early = [answer for answer in clients.answers if answer.serial == 3]
    expect(
        not early,
        "C1 sent its command 3, and again before it was committed, and was told "
        f"{', '.join(map(str, early))}. Nobody knows yet whether it will be (§5.3, §8).",
    )
    clients.held_by_s2()
    expect(
        clients.done("C1", serial=3),
        "C1 sent its command 3, and again before it was committed; then it was, and C1 was never "
        "answered. A repeated command is answered, too (§8).",
    )

    _expect_taken(clients, (5, 4))
    clients.held_by_s2()
    _expect_taken(clients, (7,))
    clients.held_by_s2()
    _expect_taken(clients, (6,))


def _expect_taken(clients: Clients, serials: tuple[int, ...]) -> None:
    """Fail if a command that never came before is not appended, whatever its serial is."""
    for serial in serials:
        clients.ask("C1", "x=5", serial=serial)
        expect(
            any((entry.client, entry.serial) == ("C1", serial) for entry in clients.server.log),
            f"C1's command {serial} came for the first time, after later ones, and the leader did "
            "not append it. Commands may overtake each other on their way (§5.3).",
        )


@SUITE.scenario("A repeated command is carried out once", "DoneOnce")
def repeated_is_done_once(system: SystemUnderTest) -> None:
    """A command whose answer was lost is repeated by its client, and carried out once (§8).

    After C16: the log then holds it twice, and its client and serial tell that it is one.
    """
    cluster = system.cluster(servers=3, seed=82, clients=1)
    cluster.one_leader()
    told(cluster, "C1", "x=1")
    cluster.do(Drop(target="C1", kind="ClientResponse"))
    answer = told(cluster, "C1", "x+=2")
    value = told(cluster, "C1", "x")
    cluster.expect(
        (answer, value) == ("12", "12"),
        f"C1 appended 2 to x, which was 1; the answer was lost and C1 asked again. It was told "
        f"{answer}, and x is {value}, expected 12: a repeated command is recognised by its client "
        "and its serial, and not carried out again (§8).",
    )


@SUITE.scenario("A leader that was cut off answers no reads", "NoStaleRead")
def no_stale_read(system: SystemUnderTest) -> None:
    """A leader that was cut off does not know that others lead, so it answers no reads (§8).

    After C15: its state is the past, and a client that was told of the present sees it.
    """
    cluster = system.cluster(servers=3, seed=83, clients=2)
    leader = cluster.one_leader()
    told(cluster, "C1", "x=1")
    others = tuple(server for server in cluster.servers if server != leader)
    cluster.do(Partition(((leader, "C1"), (*others, "C2"))))
    told(cluster, "C2", "x=2")
    cluster.do(Ask("C1", "x"))
    cluster.run(CUT_OFF_MS)
    read = [call for call in cluster.cluster.calls if call.client == "C1"][-1]
    cluster.expect(
        read.returned is None or read.result == "2",
        f"{leader} was cut off with C1, the others elected a leader, and C2 was told that x is 2. "
        f"Then {leader} told C1 that x is {read.result}. A leader makes sure that it still leads "
        "before it answers a read (§8): otherwise it may be an old one.",
    )
    cluster.do(Heal())
    value = told(cluster, "C1", "x")
    cluster.expect(value == "2", f"The network is whole again, x was set to 2, and it is {value}.")


@SUITE.scenario("A dead server holds up no client", "NobodyWaits")
def dead_server_holds_up_nobody(system: SystemUnderTest) -> None:
    """A majority is enough for an answer, even if all others are down (§5.3).

    After T9d: entries go to all followers at once, without waiting for any answer.
    """
    cluster = system.cluster(servers=3, seed=84, clients=1)
    leader = cluster.one_leader()
    for place in (1, 2):
        down = cluster.after(leader, place)
        cluster.crash(down)
        told(cluster, "C1", f"x={place}", ANSWER_SOON_MS)
        cluster.restart(down)
        cluster.run(CUT_OFF_MS)
