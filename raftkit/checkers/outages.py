"""How long a cluster is without a leader, and how many elections it holds needlessly (§9.3).

The paper's experiment in virtual time: a leader crashes again and again, and the time until the
next leader is measured (Figure 16). The opposite is measured too: while no server crashes, every
election is needless. What result is good enough is not decided here.
"""

from dataclasses import dataclass
from random import Random
from statistics import mean, median

from raftkit.protocol import Settings
from raftkit.simulator import Link, RaftSystem, Timeout
from raftkit.simulator.raft_system import MILLISECOND

# After so many election timeouts without a leader, `_settled` starts an election itself.
_TIMEOUTS_AT_MOST = 70
_PAUSE = 3  # heartbeats from a new leader to the moment before its crash


@dataclass(frozen=True)
class Outages:
    """One outage for each crash: how long it lasted, in ms, and how many elections it took."""

    ms: tuple[float, ...]
    elections: tuple[int, ...]

    @property
    def median(self) -> float:
        """The median outage, in ms."""
        return median(self.ms)

    @property
    def mean(self) -> float:
        """The mean outage, in ms."""
        return mean(self.ms)

    @property
    def longest(self) -> float:
        """The longest outage, in ms."""
        return max(self.ms)

    @property
    def split(self) -> float:
        """The share of crashes after which the first election elected no leader, 0 to 1."""
        return sum(elections > 1 for elections in self.elections) / len(self.elections)


def measure_outages(
    settings: Settings,
    link: Link | None = None,
    crashes: int = 100,
    seed: int = 0,
    servers: int = 5,
) -> Outages:
    """Crash the leader so many times, and measure how long the others are without one (§9.3).

    As in the paper, a leader crashes at a random moment between two heartbeats, after all servers
    have heard the first. So their election timeouts begin together, which favours split votes. An
    outage that does not end counts as seventy election timeouts. Raises ValueError for arguments
    that describe no cluster.

    >>> found = measure_outages(Settings(), crashes=50)
    >>> 100 < found.median < 250
    True
    """
    if crashes < 1:
        raise ValueError(f"at least one leader has to crash, not {crashes}")
    cluster = RaftSystem(servers, seed, settings=settings, link=link, record=False)
    # A source of its own, so that the moments of the crashes do not depend on the cluster.
    moments = Random(seed)
    found = [_outage(cluster, moments.random()) for _ in range(crashes)]
    return Outages(tuple(ms for ms, _ in found), tuple(elections for _, elections in found))


def _outage(cluster: RaftSystem, moment: float) -> tuple[float, int]:
    """Crash the leader once; return the outage in ms, and how many terms it took."""
    limit_ms = _TIMEOUTS_AT_MOST * cluster.settings.election_timeout_max / MILLISECOND
    leader, term = _before_a_crash(cluster, moment)
    if leader is None:
        return limit_ms, _TIMEOUTS_AT_MOST
    start = cluster.now_ms
    cluster.crash(leader)
    # A leader of an earlier term may not know yet that it has lost; it does not count.
    cluster.run_until(lambda cluster: _leadership(cluster)[1] > term, limit_ms)
    took = cluster.now_ms - start, max(1, _term(cluster) - term)
    cluster.restart(leader)
    return took


def _before_a_crash(cluster: RaftSystem, moment: float) -> tuple[str | None, int]:
    """Run until a leader is between two heartbeats; return the leader and its term."""
    for _ in cluster.servers:
        if _settled(cluster) is None:
            break
        # A new entry is sent to all servers at once, like a heartbeat.
        cluster.propose("x=1")
        cluster.run(moment * cluster.settings.heartbeat_interval / MILLISECOND)
        # If timeouts are too short, another election may have begun meanwhile.
        if cluster.leader is not None:
            break
    return _leadership(cluster)


def _leadership(cluster: RaftSystem) -> tuple[str | None, int]:
    """Return the leader and its term, or None and 0 without a leader."""
    state = cluster.state(cluster.leader) if cluster.leader else None
    return (cluster.leader, state.standing.current_term) if state is not None else (None, 0)


def _settled(cluster: RaftSystem) -> str | None:
    """Run until a server has led for some heartbeats; return it, or None if no leader stays."""
    settings = cluster.settings
    for server in cluster.servers:
        if cluster.leader is None:
            # Each server is made a candidate in turn, because some may have logs that cannot win.
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
    """Return how many elections begin within so many heartbeats while no server fails (§5.2, §5.6).

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
) -> RaftSystem:
    """Return the cluster of `needless_elections` just after its first one, with its history."""
    cluster, term = _calm(settings, link, seed, servers, record=True)
    ms = heartbeats * settings.heartbeat_interval / MILLISECOND
    cluster.run_until(lambda cluster: _term(cluster) > term, ms)
    return cluster


def _calm(
    settings: Settings, link: Link | None, seed: int, servers: int, record: bool
) -> tuple[RaftSystem, int]:
    """Return a cluster that has a leader and in which nothing fails, and that leader's term."""
    cluster = RaftSystem(servers, seed, settings=settings, link=link, record=record)
    _settled(cluster)
    return cluster, _term(cluster)


def _term(cluster: RaftSystem) -> int:
    """Return the latest term of all running servers."""
    states = [cluster.state(server) for server in cluster.servers]
    return max(state.standing.current_term for state in states if state is not None)
