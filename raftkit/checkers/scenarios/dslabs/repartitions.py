"""Clients at work while the servers' majority changes again and again: DSLabs 3.16 to 3.19.

There is always a majority that the clients reach, so nobody may wait long. The
originals take 30 to 50 seconds each; here fewer rounds show the same, and seeds
make up for the rest.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from raftkit.checkers.scenarios.dslabs.partitions import LOSSY
from raftkit.checkers.scenarios.dslabs.visitors import Visitors
from raftkit.checkers.scenarios.stage import Stage
from raftkit.checkers.scenarios.tasks import Tasks
from raftkit.protocol import Settings
from raftkit.simulator import Link

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


def one_partition(stage: Stage) -> None:
    """Five clients at full speed; two of five servers leave for a second and come back."""
    cluster = stage.cluster(servers=5, seed=96, clients=5)
    visitors = Visitors(cluster)
    tasks = _start(visitors)
    tasks.run(2_000)
    visitors.partition("S1", "S2", "S3", *visitors.names)
    tasks.run(1_000)
    visitors.heal()
    tasks.run(2_000)
    visitors.expect_own_appends()
    visitors.expect_short_waits(WAIT_ONE_PARTITION_MS)


def many_partitions(stage: Stage) -> None:
    """Every two seconds another majority, and nobody waits more than two seconds."""
    _many_partitions(stage, seed=97, link=SHORT_LINK)


def many_partitions_on_a_lossy_network(stage: Stage) -> None:
    """Every two seconds another majority, while one message in five is lost."""
    _many_partitions(stage, seed=98, link=replace(SHORT_LINK, loss=LOSSY.loss))


def _many_partitions(stage: Stage, seed: int, link: Link) -> None:
    cluster = stage.cluster(servers=5, seed=seed, link=link, settings=QUICK, clients=5)
    visitors = Visitors(cluster)
    tasks = _start(visitors, PAUSE_MS)
    for _ in range(ROUNDS):
        _new_majorities(stage, visitors, tasks, lasting_ms=(2_000, 2_000))
        tasks.run(2_000)
    visitors.expect_own_appends()
    visitors.expect_short_waits(WAIT_ALWAYS_MS)


def full_throughput(stage: Stage) -> None:
    """After long and short partitions at full speed, a fresh batch of clients is served.

    Old commands that still wait somewhere must not block the new ones.
    """
    cluster = stage.cluster(servers=5, seed=99, link=LOSSY, clients=4)
    visitors = Visitors(cluster)
    tasks = _start(visitors, clients=("C1", "C2"))
    for _ in range(ROUNDS):
        _new_majorities(stage, visitors, tasks, lasting_ms=(2_500, 500))
        tasks.run(2_500)
    fresh = {client: _appends(client, 10) for client in ("C3", "C4")}
    visitors.all_work(fresh).finish()
    visitors.expect_own_appends()


def _start(
    visitors: Visitors, pause_ms: float = 0, clients: tuple[str, ...] | None = None
) -> Tasks:
    """Clients that append without end, each to a key of its own."""
    return visitors.all_work(
        {client: _appends(client) for client in clients or visitors.names}, pause_ms
    )


def _appends(client: str, how_many: int | None = None) -> Iterator[str]:
    """Appends to a client's own key, without end unless `how_many` says so."""
    numbers = count() if how_many is None else iter(range(how_many))
    return (f"{client.lower()}+={number % 10}" for number in numbers)


def _new_majorities(
    stage: Stage, visitors: Visitors, tasks: Tasks, lasting_ms: tuple[int, ...]
) -> None:
    """One majority after the other has the clients to itself; then every link is mended."""
    for ms in lasting_ms:
        away = list(visitors.cluster.servers)
        inside = [away.pop(stage.below(len(away))) for _ in range(len(away) // 2 + 1)]
        visitors.partition(*inside, *visitors.names)
        tasks.run(ms)
    visitors.heal()


RUNS = (
    ("Two servers leave for a second", "SinglePartition", one_partition),
    ("Majorities change, and nobody waits long", "ConstantRepartition", many_partitions),
    (
        "Majorities change on a lossy network, and nobody waits long",
        "ConstantRepartitionUnreliable",
        many_partitions_on_a_lossy_network,
    ),
    (
        "Fresh clients are served after many partitions",
        "RepartitionFullThroughput",
        full_throughput,
    ),
)
