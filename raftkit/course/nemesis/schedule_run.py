"""`run_schedule`: perform a schedule by hand, one action a millisecond, under every checker.

One action a millisecond makes the time axis of a picture count the actions. Whether the
result is worth points is not known here.
"""

from dataclasses import dataclass

from raftkit.checkers import Cluster
from raftkit.checkers.liveness import progress_within
from raftkit.checkers.trials import watch_trial
from raftkit.course.nemesis.actions_without_effect import Reason, why_without_effect
from raftkit.course.nemesis.schedule import Schedule, ScheduleAction, require_servers
from raftkit.protocol import Rules
from raftkit.simulator import ByHand, HandsOff, InvariantViolation


@dataclass(frozen=True)
class ScheduleRun:
    """The result: how many actions were `done`, the actions `without_effect`, and the violation."""

    cluster: Cluster
    done: int
    without_effect: tuple[tuple[int, ScheduleAction, Reason], ...]
    violation: InvariantViolation | None


def run_schedule(
    schedule: Schedule, servers: int, rules: Rules | None = None, breaks: str = "", seed: int = 0
) -> ScheduleRun:
    """Perform a schedule up to the action that breaks the property `breaks`.

    Other properties may break before. Raises `StudentError` for a server that does not exist.

    >>> from raftkit.simulator import Crash, Timeout
    >>> run = run_schedule((Timeout("S1"), Crash("S1"), Crash("S1")), servers=3)
    >>> run.done, [(number, said) for number, _, (said, _) in run.without_effect]
    (3, [(3, 'S1 is down.')])
    """
    cluster = Cluster(
        servers=servers, rules=rules, seed=seed, watch=(watch_trial,), stop_at_violation=False
    )
    require_servers(schedule, cluster.servers)
    cluster.do(ByHand())
    without_effect, violation, done = [], None, 0
    for done, action in enumerate(schedule, start=1):
        cluster.run(ms=1)
        reason = why_without_effect(cluster, action)
        if reason is not None:
            without_effect.append((done, action, reason))
        cluster.do(action)
        violation = next((each for each in cluster.violations if each.property == breaks), None)
        if violation is not None:
            break
    return ScheduleRun(cluster, done, tuple(without_effect), violation)


def majority_is_up(cluster: Cluster) -> bool:
    """Whether enough servers are running for any Raft to make progress."""
    up = [server for server in cluster.servers if cluster.state(server) is not None]
    return len(up) > len(cluster.servers) // 2


# Enough election timeouts for the unluckiest split votes, and few enough to run often.
_TIMEOUTS = 8


def hands_off(cluster: Cluster) -> InvariantViolation | None:
    """Let time pass until a command is committed; the violation if none is committed in time."""
    cluster.do(HandsOff())
    return progress_within(cluster, timeouts=_TIMEOUTS, everywhere=False)
