"""Runs a path of a search on the simulator: as a `Trial` by hand, under the checkers of every run.

A search identifies a message by its content, the simulator by its place among the messages that it
holds; here one becomes the other. The checkers report what broke, so that a finding reads the same
wherever it comes from.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from raftkit.checkers.cluster import Cluster
from raftkit.checkers.explorer.acts import Act, Commanded, Crashes, RunsOut, Torn, Vanishes
from raftkit.checkers.explorer.behaviour import Behaviour
from raftkit.checkers.explorer.keys_and_copies import NotSearchable
from raftkit.checkers.explorer.path_states import PathState, ends_of
from raftkit.checkers.trials import AnyRules, Timed, Trial, cluster_of, unanswered
from raftkit.simulator import (
    ByHand,
    Crash,
    Deliver,
    InvariantViolation,
    Lose,
    Propose,
    Restart,
    System,
    Timeout,
    TornWrite,
)
from raftkit.simulator.raft_system import MILLISECOND, MakeServer


def schedule_of(behaviour: Behaviour, path: Sequence[Act]) -> tuple[Timed, ...]:
    """Return the schedule in which exactly these acts happen, one act a millisecond."""
    schedule = [Timed(0, ByHand())]
    reached = PathState(behaviour)
    for number, act in enumerate(path, start=1):
        schedule += [Timed(number * MILLISECOND, action) for action in _actions(reached, act)]
        reached.take(act)
    return tuple(schedule)


def _actions(reached: PathState, act: Act) -> list[Any]:
    """Return the simulator's actions for an act, given the messages held just before it."""
    server = act.server
    if isinstance(act, Crashes):
        return [Crash(server), Restart(server)]
    if isinstance(act, Torn):
        return [TornWrite(server, act.keep), *_actions(reached, act.act), Restart(server)]
    if isinstance(act, RunsOut):
        return [Timeout(server, act.timer)]
    if isinstance(act, Commanded):
        return [Propose(act.command, server)]
    named = (*ends_of(act.message), reached.place_of(act.message))
    return [Lose(*named)] if isinstance(act, Vanishes) else [Deliver(*named, again=act.again)]


def replay(
    trial: Trial, rules: AnyRules, make_server: MakeServer
) -> tuple[Cluster, InvariantViolation | None]:
    """Run a trial; return its checked cluster, and the first property that broke.

    Raises `NotSearchable` if the cluster cannot start.
    """
    try:
        cluster = cluster_of(trial, rules, make_server)
    except Exception as error:
        raise NotSearchable(
            f"these servers do not even start: {type(error).__name__}: {error}"
        ) from error
    return cluster, run_schedule(cluster, trial.schedule, trial.end)


def run_schedule(
    system: System, schedule: tuple[Timed, ...], end: int
) -> InvariantViolation | None:
    """Run a schedule on a system, up to an instant in microseconds; return what broke first.

    An error raised by a process ends the run, and is a violation too.
    """
    try:
        for timed in schedule:
            system.do(timed.action, at_ms=timed.at / MILLISECOND)
        system.run(max(end / MILLISECOND - system.now_ms, 0))
    except Exception as error:
        server = getattr(system.history.records[-1], "process", "")
        return unanswered(system.simulation, server, f"raised {type(error).__name__}: {error}")
    return system.violations[0] if system.violations else None


def up_to(trial: Trial, violation: InvariantViolation) -> Trial:
    """Return the trial without the acts after the violation."""
    schedule = tuple(timed for timed in trial.schedule if timed.at <= violation.time)
    return replace(trial, schedule=schedule, end=violation.time)
