"""Clusters with a chosen number of messages in flight, and recordings of them as files.

The messages are those of replication: commands come at a steady pace, and the leader sends
each to every follower, which answers. It does not know any browser.
"""

from dataclasses import dataclass
from pathlib import Path

from raftkit.checkers import Cluster
from raftkit.simulator import Link
from raftkit.views.player import play

SEED = 7
# The latencies of a slow network, in which few commands keep many messages in flight.
SLOWEST, FASTEST = 60_000, 30_000
WARM_UP_MS = 1_000


@dataclass(frozen=True)
class BusyCluster:
    """The size of a cluster, and about how many messages are in flight in it at any time."""

    servers: int
    in_flight: int

    def __str__(self) -> str:
        return f"{self.servers} servers, {self.in_flight} in flight"

    def cluster(self, ms: float) -> Cluster:
        """A cluster that has run for a second, and then for `ms` with this traffic."""
        link = Link(latency_min=FASTEST, latency_max=SLOWEST)
        cluster = Cluster(servers=self.servers, seed=SEED, link=link)
        cluster.run(ms=WARM_UP_MS)
        messages = 2 * (self.servers - 1)
        pace = messages * (FASTEST + SLOWEST) / 2 / self.in_flight / 1_000
        while cluster.history.end < (WARM_UP_MS + ms) * 1_000:
            cluster.propose("x=1")
            cluster.run(ms=pace)
        return cluster


def record(cluster: Cluster, path: Path, speed: float, until_ms: float | None = None) -> None:
    """Write a page that plays the run at `speed`; the run goes on up to `until_ms` if given."""
    end = cluster.history.end / 1_000 if until_ms is None else until_ms
    play(cluster, title="A measured cluster", speed=speed, still=True).save_html(path, until_ms=end)


def idle_cluster(servers: int, ms: float = 0) -> Cluster:
    """A cluster without commands: it has an election, and then only heartbeats."""
    cluster = Cluster(servers=servers, seed=SEED)
    cluster.run(ms=ms)
    return cluster
