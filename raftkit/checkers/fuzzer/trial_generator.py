"""Draws a schedule of actions while the cluster runs, so that each action suits its state.

An action is drawn at its instant, when it is known which servers lead and which lag, and added to
the schedule. The result is an ordinary trial: running it again draws nothing and gives the same
history.
"""

from dataclasses import dataclass, replace

from raftkit.checkers.cluster import Cluster
from raftkit.checkers.fuzzer.actions import GeneratorState, ask, draw_action
from raftkit.checkers.fuzzer.configuration import Configuration
from raftkit.checkers.fuzzer.fault_targets import FaultTargets
from raftkit.checkers.schedules import Draw
from raftkit.checkers.trials import AnyRules, Timed, Trial, cluster_of, finish
from raftkit.simulator.raft_system import MILLISECOND, MakeServer


@dataclass(frozen=True, slots=True)
class TrialRun:
    """A trial that was drawn while it ran, and the cluster it ran on."""

    trial: Trial
    cluster: Cluster


def generate_trial(
    configuration: Configuration,
    draw: Draw,
    rules: AnyRules = None,
    make_server: MakeServer | None = None,
) -> TrialRun:
    """Draw and run a trial of this configuration.

    >>> from raftkit.checkers.fuzzer.configuration import draw_configuration
    >>> draw = Draw(7)
    >>> run = generate_trial(draw_configuration(draw), draw)
    >>> run.cluster.violations
    []
    """
    cluster = cluster_of(configuration.trial, rules, make_server)
    schedule: list[Timed] = []
    state = _initial_state(cluster, configuration, draw)
    at = 0
    for client in cluster.clients * configuration.calls:
        at = cluster.run_before(at)
        schedule.append(Timed(at, ask(client, state)))
        cluster.do(schedule[-1].action, at_ms=at / MILLISECOND)
    for _ in range(configuration.turns):
        gap, kind = _next_kind(configuration, state)
        at = cluster.run_before(at + gap)
        if cluster.violations:
            break
        state.targets = FaultTargets(cluster)
        action = draw_action(kind, state)
        cluster.do(action, at_ms=at / MILLISECOND)
        schedule.append(Timed(at, action))
    # The last action may break something only after an election and an answer or two.
    end = at + 20_000 + draw.below(100_000)
    trial = replace(configuration.trial, schedule=tuple(schedule), end=end)
    if not cluster.violations:
        finish(cluster, trial)
    return TrialRun(trial, cluster)


def _initial_state(cluster: Cluster, configuration: Configuration, draw: Draw) -> GeneratorState:
    edges = cluster.history.setup["edges"]
    links = tuple((a, b) for a, b, _ in edges) + tuple((b, a) for a, b, _ in edges)
    round_trip = 2 * configuration.trial.link.latency_max
    return GeneratorState(
        FaultTargets(cluster), draw, configuration.aim, links, cluster.clients, round_trip
    )


def _next_kind(configuration: Configuration, state: GeneratorState) -> tuple[int, str]:
    """Return the time to wait, and the kind of the next action: planned, a remedy, a new fault."""
    if state.plan:
        return state.plan.pop(0)
    draw = state.draw
    # Often no time at all, and rarely more than three times the average.
    gap = draw.below(1 + draw.below(4 * configuration.pace))
    if state.remedies and draw.chance(configuration.mends):
        return gap, "mend"
    return gap, draw.one_of(configuration.kinds)
