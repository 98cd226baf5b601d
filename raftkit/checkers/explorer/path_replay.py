"""Runs a path of a search on the simulator: as a `Trial` by hand, under the checkers of every run.

A search identifies a message by its content, the simulator by its place among the messages that it
holds; here one becomes the other. The checkers report what broke, so that a finding reads the same
wherever it comes from.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from raftkit.checkers.cluster import Cluster
from raftkit.checkers.explorer.behaviour import Behaviour
from raftkit.checkers.explorer.keys_and_copies import NotSearchable
from raftkit.checkers.explorer.path_states import PathState, ends_of
from raftkit.checkers.explorer.search_actions import (
    Commanded,
    Crashes,
    RunsOut,
    SearchAction,
    Torn,
    Vanishes,
)
from raftkit.checkers.raised_errors import raised_in_words
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


def schedule_of(behaviour: Behaviour, path: Sequence[SearchAction]) -> tuple[Timed, ...]:
    """Return the schedule in which exactly these actions happen, one action a millisecond."""
    schedule = [Timed(0, ByHand())]
    reached = PathState(behaviour)
    for number, action in enumerate(path, start=1):
        schedule += [
            Timed(number * MILLISECOND, each) for each in _simulator_actions(reached, action)
        ]
        reached.take(action)
    return tuple(schedule)


def _simulator_actions(reached: PathState, action: SearchAction) -> list[Any]:
    """Return the simulator's actions for one of a search, given the messages held before it."""
    server = action.server
    if isinstance(action, Crashes):
        return [Crash(server), Restart(server)]
    if isinstance(action, Torn):
        return [
            TornWrite(server, action.keep),
            *_simulator_actions(reached, action.action),
            Restart(server),
        ]
    if isinstance(action, RunsOut):
        return [Timeout(server, action.timer)]
    if isinstance(action, Commanded):
        return [Propose(action.command, server)]
    named = (*ends_of(action.message), reached.place_of(action.message))
    return [Lose(*named)] if isinstance(action, Vanishes) else [Deliver(*named, again=action.again)]


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
        return unanswered(system.simulation, server, raised_in_words(error))
    return system.violations[0] if system.violations else None


def up_to(trial: Trial, violation: InvariantViolation) -> Trial:
    """Return the trial without the actions after the violation."""
    schedule = tuple(timed for timed in trial.schedule if timed.at <= violation.time)
    return replace(trial, schedule=schedule, end=violation.time)
