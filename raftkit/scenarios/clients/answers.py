"""When a leader answers a client, and which one (§5.3, §8): one server, driven by hand.

It may answer later than it could: each scenario goes on for a while before it looks.
"""

from itertools import combinations

from raftkit.protocol import AppendEntriesRequest, ClientRequest, Entry, Log, Persistent, Reply
from raftkit.scenarios.clients.client_calls import Clients
from raftkit.scenarios.scenario import Suite, expect
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("raftkit clients")


def leader(system: SystemUnderTest, servers: int = 3, disk: Persistent | None = None) -> Clients:
    """A leader whose clients are listened to."""
    server = system.server(servers=servers, persistent=disk)
    server.become_leader()
    return Clients(server)


@SUITE.scenario("A client is answered when its command is committed", "AnsweredWhen")
def answered_when_committed(system: SystemUnderTest) -> None:
    """A client hears that its command is done when it is committed and applied (§5.3).

    After C13 and C40: what a majority does not hold yet can still be replaced.
    """
    clients = leader(system, servers=5)
    index = clients.ask("C1", "x=1")
    for held, peer in ((1, "S2"), (2, "S3")):
        clients.server.beat()
        expect(
            not clients.done("C1"),
            f"C1 was told that x=1 is done when {held} of 5 servers held it. A leader answers "
            "after the entry is committed and applied (§5.3; Figure 2, Leaders).",
        )
        clients.server.acknowledge(peer, index)
    clients.server.beat()
    expect(
        clients.done("C1"),
        "A majority held x=1, and C1 was not told: a leader answers when it has applied the entry "
        "(§5.3; Figure 2, Leaders).",
    )


@SUITE.scenario("Each client gets its own answer", "OwnAnswer")
def own_answer(system: SystemUnderTest) -> None:
    """Each client gets the answer to its own command: the one at its entry's index (§5.3).

    After C41 and C48: older entries have no client here, so counting answers is not enough.
    """
    clients = leader(system, disk=Persistent(1, None, Log.of_terms(1, 1)))
    first, second = clients.ask("C1", "x=1"), clients.ask("C2", "x=2")
    clients.server.acknowledge("S2", first)
    clients.server.beat()
    expect(
        not clients.done("C2"),
        f"Entry {first} of C1 was committed, entry {second} of C2 was not, and C2 was told that "
        "its command is done: a leader answers the client whose entry it has applied (§5.3).",
    )
    third = clients.ask("C3", "x=3")
    clients.server.acknowledge("S2", third)
    clients.server.beat()
    for client, index in (("C1", first), ("C2", second), ("C3", third)):
        told = [answer.index for answer in clients.done(client) if isinstance(answer, Reply)]
        expect(
            clients.done(client) and told in ([], [index]),
            f"{client}'s command is entry {index}; it was answered for {told or 'none'}. A client "
            "gets the result of its own command (§5.3; Figure 2, Leaders).",
        )


@SUITE.scenario("A client is answered once", "AnsweredOnce")
def answered_once(system: SystemUnderTest) -> None:
    """A client that asked once is answered once (§8).

    After C42: a late second answer has no result, and may overtake the first.
    """
    clients = leader(system)
    for serial, client in enumerate(("C1", "C2", "C3"), start=1):
        clients.server.acknowledge("S2", clients.ask(client, f"x={serial}"))
        clients.server.beat()
    for client in ("C1", "C2", "C3"):
        count = len(clients.done(client))
        expect(
            count == 1,
            f"{client} asked once and was answered {count} times. Only the step that applies a "
            "command knows its result (§8; Figure 2, Leaders).",
        )


@SUITE.scenario("No answer for another leader's entry", "AnotherEntry")
def not_for_another_entry(system: SystemUnderTest) -> None:
    """An index is not an entry: under another leader another command may stand there (§5.3).

    After C43: the deposed leader still has a client that waits for that index.
    """
    clients = leader(system)
    index = clients.ask("C1", "x=1")
    other = (Entry(2, "y=2", "C2", 1),)
    clients.server.hear(AppendEntriesRequest("S2", "S1", 2, index - 1, 0, other, index))
    clients.server.hear(AppendEntriesRequest("S2", "S1", 2, index, 2, (), index))
    expect(
        not clients.done("C1"),
        f"S1 led term 1 and took x=1 at index {index}. S2, the leader of term 2, replaced it by "
        f"y=2, and S1 told C1 that x=1 is done: entry {index} is of another term now (§5.3, §8).",
    )


@SUITE.scenario("A repeated command is answered by the next leader", "NextLeader")
def repeated_to_the_next_leader(system: SystemUnderTest) -> None:
    """A client that was not answered asks again, and the next leader answers it (§8).

    After C49 and C50: the entry is in the leader's log, and that alone says nothing.
    """
    log = Log([Entry(1, "x=1", "C1", 1)])
    clients = leader(system, disk=Persistent(1, "S3", log))
    clients.ask("C1", "x=1")
    expect(
        not clients.done("C1"),
        "C1 repeated x=1, which the leader has in its log from an older term, and was told that "
        "it is done. Nobody knows yet whether it is committed (§5.4.2, §8).",
    )
    clients.server.acknowledge("S2", clients.ask("C2", "x=2"))
    clients.server.beat()
    expect(
        clients.done("C1"),
        "C1 repeated x=1, which the leader had in its log already; all of that was committed, and "
        "C1 was never answered. A repeated command is answered, too (§8).",
    )


@SUITE.scenario("Any majority makes an answer", "AnyMajority")
def any_majority(system: SystemUnderTest) -> None:
    """Whichever followers hold an entry, together with the leader they are a majority (§5.3).

    After L23: an answer is credited to the server that gave it, and one server counts once.
    """
    for one, other in combinations(("S2", "S3", "S4", "S5"), 2):
        clients = leader(system, servers=5)
        index = clients.ask("C1", "x=1")
        for _ in range(2):
            clients.server.acknowledge(one, index)
        expect(
            not clients.done("C1"),
            f"{one} acknowledged x=1 twice, nobody else did, and C1 was told that it is done: two "
            "of five servers hold it (§5.3).",
        )
        clients.server.acknowledge(other, index)
        clients.server.beat()
        expect(
            clients.done("C1"),
            f"{one} and {other} acknowledged x=1, which makes three of five servers with the "
            "leader, and C1 was not told that it is done (§5.3). matchIndex is kept for each "
            "server (Figure 2, State).",
        )


# Who does not lead ------------------------------------------------------------------------


def refusal(clients: Clients, client: str, case: str) -> str | None:
    """The leader that a refused client is told of; fails if it is not refused."""
    before, length = len(clients.answers), clients.server.log.last_index
    clients.server.hear(ClientRequest(client, "S1", 1, "x=1"))
    answers = clients.answers[before:]
    expect(
        clients.server.log.last_index == length,
        f"S1 {case}, and took {client}'s command into its log: only a leader does that (§8).",
    )
    expect(
        not clients.done(client),
        f"S1 {case}, and told {client} that its command is done; nobody has carried it out (§8).",
    )
    expect(
        len(answers) == 1,
        f"S1 {case}, and gave {client} {len(answers) or 'no'} answers: a server that does not lead "
        "refuses a client and says whom it takes for the leader (§8).",
    )
    hint: str | None = getattr(answers[0], "leader_hint", None)
    return hint


@SUITE.scenario("A follower names its leader", "NamesLeader")
def names_its_leader(system: SystemUnderTest) -> None:
    """A server that does not lead refuses a client and names the leader, if it knows one (§8).

    After C44, C46 and C47: a client that is sent back to where it comes from goes in circles.
    """
    clients = Clients(system.server())
    hint = refusal(clients, "C1", "had just started")
    expect(hint != "S1", "S1 had just started and sent C1 to S1: it does not lead (§8).")
    clients.server.hear(AppendEntriesRequest("S2", "S1", 2, 0, 0, (), 0))
    hint = refusal(clients, "C2", "follows S2")
    expect(hint == "S2", f"S1 follows S2, and told C2 that {hint or 'nobody'} leads (§8).")
    clients.server.time_out()
    hint = refusal(clients, "C3", "is a candidate")
    expect(hint != "S1", "S1 is a candidate and sent C3 to S1: it does not lead yet (§8).")


@SUITE.scenario("A follower names the present leader", "NamesPresentLeader")
def names_the_present_leader(system: SystemUnderTest) -> None:
    """The leader that a client is told of is the one heard of last (§8).

    After C45: the first leader may have crashed long ago, and its successors are never found.
    """
    follower, deposed = Clients(system.server()), leader(system)
    follower.server.hear(AppendEntriesRequest("S2", "S1", 1, 0, 0, (), 0))
    for clients, was in ((follower, "followed S2"), (deposed, "led")):
        clients.server.hear(AppendEntriesRequest("S3", "S1", 2, 0, 0, (), 0))
        hint = refusal(clients, "C1", f"{was} in term 1 and follows S3 in term 2")
        expect(
            hint == "S3",
            f"S1 {was} in term 1 and follows S3 in term 2; it told C1 that {hint or 'nobody'} "
            "leads: the leader is the one heard of last (§8).",
        )
