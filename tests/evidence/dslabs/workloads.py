"""Many clients at once, and what they cost: DSLabs 3.8 to 3.10, 3.14 and 3.15.

Clients that write and read in step must all read the same; appends to one key must
look as if they had happened one after the other.
"""

from collections.abc import Iterator

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    RequestVoteRequest,
    RequestVoteResponse,
)
from raftkit.scenarios.scenario import Suite
from raftkit.scenarios.system_under_test import SystemUnderTest
from raftkit.simulator import Link, Step
from tests.evidence.dslabs.clients import Clients, Key
from tests.evidence.dslabs.partitions import LOSSY

SUITE = Suite("DSLabs")

READERS, TURNS = 15, 20
WRITERS, APPENDS = 25, 5
COUNTED = 500
# For each command and each server.
MESSAGES_AT_MOST = 15
# All clients at once need longer than one of them alone.
TOGETHER_MS = 20_000

_SENT = (
    AppendEntriesRequest,
    AppendEntriesResponse,
    RequestVoteRequest,
    RequestVoteResponse,
    ClientRequest,
)


@SUITE.scenario("Fifteen clients write together and read the same", "SynchronousClients")
def in_step(system: SystemUnderTest) -> None:
    """Fifteen clients write one key together, then all read it: all must read the same."""
    _in_step(system, seed=88, link=None)


@SUITE.scenario("Twenty-five clients append to one key", "ConcurrentAppends")
def appends_at_once(system: SystemUnderTest) -> None:
    """Twenty-five clients append to one key, five times each."""
    _appends_at_once(system, seed=89, link=None)


def _in_step(system: SystemUnderTest, seed: int, link: Link | None) -> None:
    cluster = system.cluster(servers=3, seed=seed, link=link, clients=READERS)
    clients = Clients(cluster)
    for turn in range(TURNS):
        written = [f"{client}-{turn}" for client in clients.names]
        _all_answer(clients, [f"foo={value}" for value in written])
        read = _all_answer(clients, ["foo"] * READERS)
        cluster.expect(
            len(set(read)) == 1 and read[0] in written,
            f"in turn {turn} all had written foo before anybody read it, "
            f"yet they read {', '.join(sorted({str(value) for value in read}))}.",
        )


def _all_answer(clients: Clients, commands: list[str]) -> list[str | None]:
    """Each client asks for its own command at once; the answers, all waited for."""
    keys = [clients.ask(*pair) for pair in zip(clients.names, commands, strict=True)]
    return clients.all_answers(keys, TOGETHER_MS)


@SUITE.scenario("Five hundred commands take few messages", "MessageCount")
def message_count(system: SystemUnderTest) -> None:
    """One client, five servers, five hundred appends: at most 75 messages to servers for each."""
    cluster = system.cluster(servers=5, seed=90, clients=1)
    clients = Clients(cluster)
    tasks = clients.all_work({"C1": _appends(COUNTED)})
    tasks.finish()
    sent = sum(
        isinstance(message, _SENT)
        for record in cluster.cluster.history.records
        if type(record) is Step
        for message in record.effects.messages
    )
    allowed = MESSAGES_AT_MOST * len(cluster.servers)
    cluster.expect(
        sent <= allowed * COUNTED,
        f"{sent / COUNTED:.0f} messages were sent to servers for each command, "
        f"{allowed} are plenty.",
    )


@SUITE.scenario(
    "Fifteen clients write and read over a lossy network", "SynchronousClientsUnreliable"
)
def in_step_on_a_lossy_network(system: SystemUnderTest) -> None:
    """Fifteen clients write together and read the same, while one message in five is lost."""
    _in_step(system, seed=94, link=LOSSY)


def _appends_at_once(system: SystemUnderTest, seed: int, link: Link | None) -> None:
    cluster = system.cluster(servers=3, seed=seed, link=link, clients=WRITERS)
    clients = Clients(cluster)
    keys: list[Key] = []
    for turn in range(APPENDS):
        keys += [clients.ask(client, f"foo+={client}.{turn},") for client in clients.names]
    clients.all_answers(keys, TOGETHER_MS)
    expect_appends_in_one_order(clients)


def expect_appends_in_one_order(clients: Clients) -> None:
    """Fail unless the answers show every append, each once, in an order that keeps to real time.

    An append is told the text that it made, so the lengths of the answers are the order.
    """
    calls = sorted(clients.calls(), key=lambda call: len(call.result or ""))
    cluster, text, latest_start = clients.cluster, "", 0
    for call in calls:
        text += call.command.partition("+=")[2]
        cluster.expect(
            call.result == text,
            f"{call.client} was told …{(call.result or 'nothing')[-20:]} after {call.command}: "
            f"appends one after the other would have made …{text[-20:]}.",
        )
        returned = call.returned or 0
        cluster.expect(
            returned > latest_start,
            f"{call.client} had its answer to {call.command} before another append began that "
            "comes before it in the text.",
        )
        latest_start = max(latest_start, call.invoked)


@SUITE.scenario("Twenty-five clients append over a lossy network", "ConcurrentAppendsUnreliable")
def appends_at_once_on_a_lossy_network(system: SystemUnderTest) -> None:
    """Twenty-five clients append to one key, while one message in five is lost."""
    _appends_at_once(system, seed=95, link=LOSSY)


def _appends(count: int) -> Iterator[str]:
    """So many appends to one key."""
    return (f"foo+={number}," for number in range(count))
