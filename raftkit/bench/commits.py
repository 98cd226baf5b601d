"""Measures how fast a simulated cluster commits, with one command in flight.

It measures with a history and checks, and with neither; with a short log, and with a long
one. It does not know how a cluster commits.
"""

from collections.abc import Callable, Iterator
from time import process_time

from raftkit import simulator
from raftkit.bench.measurement import FLOOR, Measurement, floor_events, quotient
from raftkit.checkers.cluster import Cluster
from raftkit.protocol import (
    ClientRequest,
    ClientResponse,
    Entry,
    Log,
    Persistent,
    Rules,
    Server,
    Settings,
)


class ClosedLoop:
    """Proposes one command at a time: after each answer the next command.

    The commands come from outside the network, so that only Raft is measured.
    """

    def __init__(self, cluster: simulator.RaftSystem) -> None:
        self.cluster = cluster
        self.done = 0
        cluster.run(ms=1_000)
        leader = cluster.leader
        if leader is None:
            raise RuntimeError("the cluster to be measured has no leader")
        self.leader = leader
        self._host = cluster.host(leader)
        cluster.on_answer(self._answered)
        self._propose()

    def seconds_per_commit(self, commits: int) -> float:
        """The CPU time of one commit, averaged over at least so many."""
        before, started = self.done, process_time()
        while self.done < before + commits:
            self.cluster.run(ms=500)
            if self.cluster.violations:
                raise RuntimeError(f"the cluster to be measured fails: {self.cluster.violations}")
        return (process_time() - started) / (self.done - before)

    def _answered(self, answer: ClientResponse) -> None:
        """Count a committed command, and propose the next in the same instant."""
        self.done += 1
        self._propose()

    def _propose(self) -> None:
        """Hand the leader a command without the network, which is not to be measured."""
        self._host.receive(ClientRequest("", self.leader, 0, "x=1"))


def commit_rows(commits: int, logs: tuple[int, int]) -> Iterator[Measurement]:
    """Commits a second, and the time of a commit with a short and with a long log."""
    for servers in (3, 5):
        for name, measure in _commit_rates(servers, commits):
            yield Measurement(name, "commits/s", measure, FLOOR, quotient)
    yield from _flatness(commits, logs)


def _commit_rates(servers: int, commits: int) -> Iterator[tuple[str, Callable[[], float]]]:
    """Measurements of commits a second, with a history and checks, and with neither."""

    def recorded_and_checked() -> float:
        return 1 / ClosedLoop(Cluster(servers=servers)).seconds_per_commit(commits)

    def bare() -> float:
        cluster = simulator.RaftSystem(servers=servers, record=False)
        return 1 / ClosedLoop(cluster).seconds_per_commit(commits)

    yield f"{servers} servers, recorded and checked", recorded_and_checked
    yield f"{servers} servers, neither", bare


def _flatness(commits: int, logs: tuple[int, int]) -> Iterator[Measurement]:
    """The time of a commit with a short and a long log; equal if no step copies the log."""
    short, long = (f"one commit after {entries:,} entries" for entries in logs)
    for name, entries, ratio_to in ((short, logs[0], FLOOR), (long, logs[1], short)):
        ratio = floor_events if ratio_to == FLOOR else quotient
        loops: list[ClosedLoop] = []

        def seconds(entries: int = entries, loops: list[ClosedLoop] = loops) -> float:
            if not loops:
                loops.append(ClosedLoop(with_log(entries)))
                loops[0].seconds_per_commit(1)  # The first commit also commits all earlier entries.
            return loops[0].seconds_per_commit(commits)

        yield Measurement(name, "s", seconds, ratio_to, ratio)


def with_log(entries: int) -> Cluster:
    """A cluster of three servers whose disks already hold so many entries of an earlier term."""

    def make_server(
        id: str,
        servers: tuple[str, ...],
        rules: Rules,
        settings: Settings,
        durable: Persistent | None,
    ) -> Server:
        full = Persistent(1, None, Log(Entry(1, "x=1") for _ in range(entries)))
        return Server(id, servers, rules, settings, durable or full)

    return Cluster(servers=3, make_server=make_server)
