"""Clients at work while the servers' majority changes again and again: DSLabs 3.16 to 3.19.

There is always a majority that the clients reach, so nobody may wait long. The
originals take 30 to 50 seconds each; here fewer rounds show the same, and seeds
make up for the rest.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from raftkit.protocol import Settings
from raftkit.scenarios.scenario import Suite
from raftkit.scenarios.system_under_test import SystemUnderTest
from raftkit.scenarios.tasks import Tasks
from raftkit.simulator import Link
from tests.evidence.dslabs.clients import Clients
from tests.evidence.dslabs.partitions import LOSSY

SUITE = Suite("DSLabs")

# A client's pause between an answer and its next command; theirs is 10 ms, here time is saved.
PAUSE_MS = 40
# Their servers are threads of one program: links and timers are quicker than Raft's own numbers,
# under which two seconds are a few elections and no long wait.
QUICK = Settings(
    election_timeout_min=50_000, election_timeout_max=100_000, heartbeat_interval=10_000
)
SHORT_LINK = Link(latency_min=500, latency_max=2_000)
ROUNDS = 2
WAIT_ONE_PARTITION_MS = 3_000
WAIT_ALWAYS_MS = 2_000


@SUITE.scenario("Two servers leave for a second", "SinglePartition")
def one_partition(system: SystemUnderTest) -> None:
    """Five clients at full speed; two of five servers leave for a second and come back."""
    cluster = system.cluster(servers=5, seed=96, clients=5)
    clients = Clients(cluster)
    tasks = _start(clients)
    tasks.run(2_000)
    clients.partition("S1", "S2", "S3", *clients.names)
    tasks.run(1_000)
    clients.heal()
    tasks.run(2_000)
    clients.expect_own_appends()
    clients.expect_short_waits(WAIT_ONE_PARTITION_MS)


@SUITE.scenario("Majorities change, and nobody waits long", "ConstantRepartition")
def many_partitions(system: SystemUnderTest) -> None:
    """Every two seconds another majority, and nobody waits more than two seconds."""
    _many_partitions(system, seed=97, link=SHORT_LINK)


@SUITE.scenario(
    "Majorities change on a lossy network, and nobody waits long", "ConstantRepartitionUnreliable"
)
def many_partitions_on_a_lossy_network(system: SystemUnderTest) -> None:
    """Every two seconds another majority, while one message in five is lost."""
    _many_partitions(system, seed=98, link=replace(SHORT_LINK, loss=LOSSY.loss))


def _many_partitions(system: SystemUnderTest, seed: int, link: Link) -> None:
    cluster = system.cluster(servers=5, seed=seed, link=link, settings=QUICK, clients=5)
    clients = Clients(cluster)
    tasks = _start(clients, PAUSE_MS)
    for _ in range(ROUNDS):
        _new_majorities(system, clients, tasks, lasting_ms=(2_000, 2_000))
        tasks.run(2_000)
    clients.expect_own_appends()
    clients.expect_short_waits(WAIT_ALWAYS_MS)


@SUITE.scenario("Fresh clients are served after many partitions", "RepartitionFullThroughput")
def full_throughput(system: SystemUnderTest) -> None:
    """After long and short partitions at full speed, a fresh batch of clients is served.

    Old commands that still wait somewhere must not block the new ones.
    """
    cluster = system.cluster(servers=5, seed=99, link=LOSSY, clients=4)
    clients = Clients(cluster)
    tasks = _start(clients, names=("C1", "C2"))
    for _ in range(ROUNDS):
        _new_majorities(system, clients, tasks, lasting_ms=(2_500, 500))
        tasks.run(2_500)
    fresh = {client: _appends(client, 10) for client in ("C3", "C4")}
    clients.all_work(fresh).finish()
    clients.expect_own_appends()


def _start(clients: Clients, pause_ms: float = 0, names: tuple[str, ...] | None = None) -> Tasks:
    """Clients that append without end, each to a key of its own."""
    return clients.all_work(
        {client: _appends(client) for client in names or clients.names}, pause_ms
    )


def _appends(client: str, how_many: int | None = None) -> Iterator[str]:
    """Appends to a client's own key, without end unless `how_many` says so."""
    numbers = count() if how_many is None else iter(range(how_many))
    return (f"{client.lower()}+={number % 10}" for number in numbers)


def _new_majorities(
    system: SystemUnderTest, clients: Clients, tasks: Tasks, lasting_ms: tuple[int, ...]
) -> None:
    """One majority after the other has the clients to itself; then every link is mended."""
    for ms in lasting_ms:
        away = list(clients.cluster.servers)
        inside = [away.pop(system.below(len(away))) for _ in range(len(away) // 2 + 1)]
        clients.partition(*inside, *clients.names)
        tasks.run(ms)
    clients.heal()
