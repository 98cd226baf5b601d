"""`stage`: a schedule performed by hand, an act a millisecond, under every checker.

So the time axis of the picture counts the acts. It does not know what a schedule is meant
to break, except that it stops there.
"""

from dataclasses import dataclass

from raftkit.checkers import Cluster
from raftkit.checkers.liveness import progress_within
from raftkit.checkers.trials import watch_trial
from raftkit.course.nemesis.acts import Act, Schedule, require_servers
from raftkit.course.nemesis.idle import Reason, comes_to_nothing
from raftkit.protocol import Rules
from raftkit.simulator import ByHand, HandsOff, InvariantViolation


@dataclass(frozen=True)
class Staged:
    """What came of a schedule: `done` acts, which of them were `idle` and why, what broke."""

    cluster: Cluster
    done: int
    idle: tuple[tuple[int, Act, Reason], ...]
    violation: InvariantViolation | None


def stage(
    schedule: Schedule,
    servers: int,
    rules: Rules | None = None,
    breaks: str = "",
    seed: int = 0,
) -> Staged:
    """Perform a schedule up to the act that breaks the property `breaks`.

    Other properties may break on the way. Raises `StudentError` for a server that is not there.

    >>> from raftkit.simulator import Crash, Timeout
    >>> staged = stage((Timeout("S1"), Crash("S1"), Crash("S1")), servers=3)
    >>> staged.done, [(number, said) for number, _, (said, _) in staged.idle]
    (3, [(3, 'S1 is down.')])
    """
    cluster = Cluster(
        servers=servers, rules=rules, seed=seed, watch=(watch_trial,), stop_at_violation=False
    )
    require_servers(schedule, cluster.servers)
    cluster.do(ByHand())
    idle, violation, done = [], None, 0
    for done, act in enumerate(schedule, start=1):
        cluster.run(ms=1)
        reason = comes_to_nothing(cluster, act)
        if reason is not None:
            idle.append((done, act, reason))
        cluster.do(act)
        violation = next((each for each in cluster.violations if each.property == breaks), None)
        if violation is not None:
            break
    return Staged(cluster, done, tuple(idle), violation)


def majority_is_up(cluster: Cluster) -> bool:
    """Whether enough servers are running for any Raft to make progress."""
    up = [server for server in cluster.servers if cluster.state(server) is not None]
    return len(up) > len(cluster.servers) // 2


# Enough for any luck in elections, and little enough to try it often.
_TIMEOUTS = 8


def hands_off(cluster: Cluster) -> InvariantViolation | None:
    """Let time go on by itself until a command is committed; what is broken if none ever is."""
    cluster.do(HandsOff())
    return progress_within(cluster, timeouts=_TIMEOUTS, everywhere=False)
