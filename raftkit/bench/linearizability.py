"""Measures how fast histories of clients are checked for linearizability.

The history is one of the reference under faults, so it is linearizable, and some operations in
it have an unknown outcome. It does not know how histories are checked.
"""

from collections.abc import Iterator
from functools import cache
from time import perf_counter

from raftkit.bench.measurement import FLOOR, Measurement, quotient
from raftkit.checkers.linearizability import Operation, check_linearizable, operations_of
from raftkit.simulator import NetworkConditions, Propose, RaftSystem

CLIENTS = 5
OPERATIONS = 1_000


def linearizability_rows() -> Iterator[Measurement]:
    """Operations a second of a key-value store with five clients."""
    yield Measurement(
        f"linearizability, {CLIENTS} clients",
        "operations/s",
        operations_per_second,
        FLOOR,
        quotient,
    )


def operations_per_second() -> float:
    """Operations a second in a check of one long history."""
    operations = history()
    started = perf_counter()
    verdict = check_linearizable(operations)
    if not verdict.is_linearizable:
        raise RuntimeError(f"the history to be measured is {verdict.verdict}")
    return len(operations) / (perf_counter() - started)


@cache
def history() -> tuple[Operation, ...]:
    """A thousand operations on four keys, over a network that loses messages."""
    cluster = RaftSystem(servers=3, seed=5, clients=CLIENTS)
    cluster.do(NetworkConditions(loss=0.02, slow=0.1, latency_slow=40_000))
    cluster.run(ms=1_000)
    for number in range(OPERATIONS // CLIENTS):
        for place, client in enumerate(cluster.clients):
            key = "wxyz"[(number + place) % 4]
            asked = (f"{key}={number}", key, f"{key}+={place}")
            cluster.ask(client, asked[(number * CLIENTS + place) % 3])
        if number % 25 == 0:
            cluster.do(Propose(f"x={number}"))
    cluster.run(ms=60_000)
    return tuple(operations_of(cluster))
