"""How long a cluster is without a leader, and how often it elects one for nothing (§9.3).

The paper's experiment in virtual time: a leader crashes again and again, and the time
until the next one is taken (Figure 16). And its other side: nobody crashes, and every
election is one too many. What is good enough is not decided here.
"""

from dataclasses import dataclass
from random import Random
from statistics import mean, median

from raftkit.protocol import Settings
from raftkit.simulator import Cluster, Link, Timeout
from raftkit.simulator.cluster import MILLISECOND

# Servers that have found no leader after so many election timeouts are helped to one.
_TIMEOUTS_AT_MOST = 70
_PAUSE = 3  # heartbeats from a new leader to the moment before its crash


@dataclass(frozen=True)
class Outages:
    """One outage for each crash: how long it lasted, in ms, and how many elections it took."""

    ms: tuple[float, ...]
    elections: tuple[int, ...]

    @property
    def median(self) -> float:
        """The outage in the middle: half are shorter."""
        return median(self.ms)

    @property
    def mean(self) -> float:
        """The average."""
        return mean(self.ms)

    @property
    def longest(self) -> float:
        """The worst case."""
        return max(self.ms)

    @property
    def split(self) -> float:
        """The share of crashes after which the first election elected nobody, 0 to 1."""
        return sum(elections > 1 for elections in self.elections) / len(self.elections)


def measure_outages(
    settings: Settings,
    link: Link | None = None,
    crashes: int = 100,
    seed: int = 0,
    servers: int = 5,
) -> Outages:
    """Let the leader crash so many times, and measure how long the others are without one (§9.3).

    As in the paper, a leader crashes at any moment between two heartbeats, after one that all
    have heard: so their waits begin together, which invites split votes. An outage that does not
    end by itself counts as seventy election timeouts. Raises ValueError for what is no cluster.

    >>> found = measure_outages(Settings(), crashes=50)
    >>> 100 < found.median < 250
    True
    """
    if crashes < 1:
        raise ValueError(f"at least one leader has to crash, not {crashes}")
    cluster = Cluster(servers, seed, settings=settings, link=link, record=False)
    # Not the cluster's own source: when a leader crashes is not for it to know.
    moments = Random(seed)
    found = [_outage(cluster, moments.random()) for _ in range(crashes)]
    return Outages(tuple(ms for ms, _ in found), tuple(elections for _, elections in found))


def _outage(cluster: Cluster, moment: float) -> tuple[float, int]:
    """Crash the leader once: the outage in ms, and how many terms it took."""
    limit_ms = _TIMEOUTS_AT_MOST * cluster.settings.election_timeout_max / MILLISECOND
    leader, term = _before_a_crash(cluster, moment)
    if leader is None:
        return limit_ms, _TIMEOUTS_AT_MOST
    start = cluster.now_ms
    cluster.crash(leader)
    # One of an earlier term may still believe that it leads: it is not the one that is waited for.
    cluster.run_until(lambda cluster: _leadership(cluster)[1] > term, limit_ms)
    took = cluster.now_ms - start, max(1, _term(cluster) - term)
    cluster.restart(leader)
    return took


def _before_a_crash(cluster: Cluster, moment: float) -> tuple[str | None, int]:
    """Run until a leader is between two heartbeats: the leader and its term, as `_leadership`."""
    for _ in cluster.servers:
        if _settled(cluster) is None:
            break
        # A new entry goes out at once and serves as the heartbeat that all hear together.
        cluster.propose("x=1")
        cluster.run(moment * cluster.settings.heartbeat_interval / MILLISECOND)
        # With restless timeouts another election may have begun just now.
        if cluster.leader is not None:
            break
    return _leadership(cluster)


def _leadership(cluster: Cluster) -> tuple[str | None, int]:
    """The leader and its term; None and 0 without one."""
    state = cluster.state(cluster.leader) if cluster.leader else None
    return (cluster.leader, state.standing.current_term) if state is not None else (None, 0)


def _settled(cluster: Cluster) -> str | None:
    """The leader, once one has led for some heartbeats; None if none stays."""
    settings = cluster.settings
    for server in cluster.servers:
        if cluster.leader is None:
            # Each in turn is made to stand, because not everybody's log is good enough to win.
            cluster.do(Timeout(server))
            cluster.run_until(
                lambda cluster: cluster.leader, settings.election_timeout_min / MILLISECOND
            )
        before = _leadership(cluster)
        cluster.run(_PAUSE * settings.heartbeat_interval / MILLISECOND)
        if before[0] is not None and before == _leadership(cluster):
            return before[0]
    return cluster.leader


def needless_elections(
    settings: Settings,
    link: Link | None = None,
    heartbeats: int = 1_000,
    seed: int = 0,
    servers: int = 5,
) -> int:
    """How many elections begin within so many heartbeats of a leader that is well (§5.2, §5.6).

    >>> needless_elections(Settings(), heartbeats=100)
    0
    """
    cluster, term = _calm(settings, link, seed, servers, record=False)
    cluster.run(heartbeats * settings.heartbeat_interval / MILLISECOND)
    return _term(cluster) - term


def first_needless_election(
    settings: Settings,
    link: Link | None = None,
    heartbeats: int = 1_000,
    seed: int = 0,
    servers: int = 5,
) -> Cluster:
    """The cluster of `needless_elections` just after its first one, with its history."""
    cluster, term = _calm(settings, link, seed, servers, record=True)
    ms = heartbeats * settings.heartbeat_interval / MILLISECOND
    cluster.run_until(lambda cluster: _term(cluster) > term, ms)
    return cluster


def _calm(
    settings: Settings, link: Link | None, seed: int, servers: int, record: bool
) -> tuple[Cluster, int]:
    """A cluster in which nothing fails, once it has a leader, and that leader's term."""
    cluster = Cluster(servers, seed, settings=settings, link=link, record=record)
    _settled(cluster)
    return cluster, _term(cluster)


def _term(cluster: Cluster) -> int:
    """The latest term that a running server is in."""
    states = [cluster.state(server) for server in cluster.servers]
    return max(state.standing.current_term for state in states if state is not None)
