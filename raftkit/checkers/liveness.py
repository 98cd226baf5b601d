"""Liveness as bounds in virtual time (§5.6): what must happen, and by when.

A test cannot check "eventually", but it can check "within twenty election timeouts". Each function
runs a cluster forward and returns None, or a violation that says what did not happen. The bounds
are generous: a correct Raft meets them under any seed.
"""

from collections.abc import Callable, Iterable

from raftkit.simulator import InvariantViolation, RaftSystem
from raftkit.simulator.raft_system import MILLISECOND

# A split vote costs one timeout and is rare (§9.3), so twenty in a row do not happen by chance.
TIMEOUTS = 20

# A leader that leads for so many election timeouts counts as one that stays.
_TIMEOUTS_LED = 4

LEADER_ELECTED = "A Leader Is Elected"
LEADER_STAYS = "A Leader Stays"
PROGRESS = "Commands Get Committed"
CLIENTS_ANSWERED = "Clients Are Answered"


def leader_within(cluster: RaftSystem, timeouts: int = TIMEOUTS) -> InvariantViolation | None:
    """Run until a majority follows a leader, for at most `timeouts` election timeouts.

    Call it only when a majority is up and connected.

    >>> from raftkit import Cluster
    >>> leader_within(Cluster(servers=3, seed=1)) is None
    True
    """
    if cluster.run_until(_has_followed_leader, _bound_ms(cluster, timeouts)) or cluster.violations:
        return None
    detail = (
        f"No leader after {timeouts} election timeouts, "
        f"although {majority_of(cluster)} servers are up and connected."
    )
    return _missed(cluster, LEADER_ELECTED, "§5.2", detail)


def lasting_leader_within(
    cluster: RaftSystem, timeouts: int = TIMEOUTS
) -> InvariantViolation | None:
    """Run until one leader has led for four election timeouts in a row, within the bound (§5.2).

    Call it only when a majority is up and connected, and no message is lost.

    >>> from raftkit import Cluster
    >>> lasting_leader_within(Cluster(servers=3, seed=1)) is None
    True
    """
    for _ in range(timeouts // _TIMEOUTS_LED):
        late = leader_within(cluster)
        if late is not None or cluster.violations:
            return late
        before = _leadership(cluster)
        cluster.run(_bound_ms(cluster, _TIMEOUTS_LED))
        if cluster.violations or _leadership(cluster) == before:
            return None
    detail = (
        f"In {timeouts} election timeouts no leader led for {_TIMEOUTS_LED} of them in a row, "
        "although nothing failed."
    )
    return _missed(cluster, LEADER_STAYS, "§5.2", detail)


def progress_within(
    cluster: RaftSystem, command: str = "x=1", timeouts: int = TIMEOUTS, everywhere: bool = True
) -> InvariantViolation | None:
    """Run until a new command is applied on every running server, within the bound.

    Unless it must be applied `everywhere`, one server is enough: then the command is committed.
    Call it when all running servers are connected and are a majority.
    """
    late = leader_within(cluster, timeouts)
    if late is not None or cluster.violations:
        return late
    # A command in a leader's log may be lost together with the leader, so it is proposed again.
    for _ in range(timeouts):
        # There may be no leader any more; then the index is None.
        index = cluster.propose(command)
        if index is not None and _applied_within(
            cluster, index, _bound_ms(cluster, 2), all if everywhere else any
        ):
            return None
        if cluster.violations:
            return None
        cluster.run(_bound_ms(cluster, 1))
    where = "everywhere" if everywhere else "anywhere"
    detail = f"A command was not applied {where} within {3 * timeouts} election timeouts."
    return _missed(cluster, PROGRESS, "§5.3", detail)


def answers_within(cluster: RaftSystem, timeouts: int = TIMEOUTS) -> InvariantViolation | None:
    """Run until every client has an answer to all of its commands, within the bound for each.

    Call it when there is a leader, and a majority is up and connected.

    >>> from raftkit import Cluster
    >>> cluster = Cluster(servers=3, seed=1, clients=1)
    >>> cluster.ask("C1", "x=1")
    >>> answers_within(cluster) is None
    True
    """
    most = max((_unanswered(cluster, client) for client in cluster.clients), default=0)
    bound = _bound_ms(cluster, timeouts * most)
    if cluster.run_until(_all_answered, bound) or cluster.violations:
        return None
    waiting = [client for client in cluster.clients if _unanswered(cluster, client)]
    detail = f"{waiting[0]} was not answered within {timeouts} election timeouts."
    return _missed(cluster, CLIENTS_ANSWERED, "§8", detail)


def _all_answered(cluster: RaftSystem) -> bool:
    return not any(_unanswered(cluster, client) for client in cluster.clients)


def _unanswered(cluster: RaftSystem, client: str) -> int:
    """Return how many commands of a client are under way or waiting."""
    state = cluster.host(client).state
    return 0 if state.command is None else 1 + int(state.waiting)


def majority_of(cluster: RaftSystem) -> int:
    """Return the size of a majority of the cluster."""
    return len(cluster.servers) // 2 + 1


def _has_followed_leader(cluster: RaftSystem) -> bool:
    """Return whether a majority is in the leader's term: then no older leader can commit."""
    leader = cluster.leader
    state = cluster.state(leader) if leader else None
    if state is None:
        return False
    term = state.standing.current_term
    in_term = [
        server
        for server in cluster.servers
        if (other := cluster.state(server)) is not None and other.standing.current_term == term
    ]
    return len(in_term) >= majority_of(cluster)


def _leadership(cluster: RaftSystem) -> tuple[str, int] | None:
    """Return the leader and its term, or None."""
    leader = cluster.leader
    state = cluster.state(leader) if leader else None
    return None if leader is None or state is None else (leader, state.standing.current_term)


def _applied_within(
    cluster: RaftSystem, index: int, ms: float, how_many: Callable[[Iterable[bool]], bool]
) -> bool:
    """Run at most `ms`, until all, or any, running servers have applied the entry at `index`."""

    def applied(cluster: RaftSystem) -> bool:
        states = [cluster.state(server) for server in cluster.servers]
        return how_many(state.last_applied >= index for state in states if state is not None)

    return cluster.run_until(applied, ms)


def _bound_ms(cluster: RaftSystem, timeouts: int) -> float:
    """Return the length of so many election timeouts, each the longest that the settings allow."""
    return timeouts * cluster.settings.election_timeout_max / MILLISECOND


def _missed(cluster: RaftSystem, title: str, section: str, detail: str) -> InvariantViolation:
    """Return the violation for something that did not happen; it names every server."""
    history = cluster.history
    return InvariantViolation(
        title, section, history.end, len(history.records) - 1, cluster.servers, (), detail
    )
