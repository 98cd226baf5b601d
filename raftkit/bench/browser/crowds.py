"""Clusters with a chosen number of messages in flight, and recordings of them as files.

The traffic is real: commands that come at a steady pace, each sent to every follower
and answered by it. It knows no browser.
"""

from dataclasses import dataclass
from pathlib import Path

from raftkit.checkers import Cluster
from raftkit.simulator import Link
from raftkit.views.player import play

SEED = 7
# Of a slow network, so that a moderate pace of commands fills the air.
SLOWEST, FASTEST = 60_000, 30_000
WARM_UP_MS = 1_000


@dataclass(frozen=True)
class Crowd:
    """So many servers with about so many messages in flight at any time."""

    servers: int
    in_flight: int

    def __str__(self) -> str:
        return f"{self.servers} servers, {self.in_flight} in flight"

    def cluster(self, ms: float) -> Cluster:
        """A run of so many virtual milliseconds, the crowd in the air from the first second on."""
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
    """Write the run as a page of its own, which plays at `speed`; it may go on beyond its end."""
    end = cluster.history.end / 1_000 if until_ms is None else until_ms
    play(cluster, title="A measured cluster", speed=speed).save_html(path, until_ms=end)


def at_rest(servers: int, ms: float = 0) -> Cluster:
    """A cluster that nobody asks for anything: an election, and then heartbeats."""
    cluster = Cluster(servers=servers, seed=SEED)
    cluster.run(ms=ms)
    return cluster
