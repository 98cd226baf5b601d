"""A trial: all that a run with faults needs, so that it can be saved, shrunk, pasted and drawn.

Every search for a broken property (schedules, fuzzer, explorer) returns what it found as a trial.
Here trials are run, under all checkers and within a bound on work. This module does not know how
trials are drawn.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, Literal

from raftkit.checkers.bounded_work import BoundedWork
from raftkit.checkers.cluster import Cluster
from raftkit.checkers.liveness import (
    answers_within,
    lasting_leader_within,
    progress_within,
)
from raftkit.checkers.raised_errors import raised_in_words
from raftkit.protocol import Rules, Server, Settings
from raftkit.protocol.record import record
from raftkit.simulator import (
    Drift,
    Heal,
    InvariantViolation,
    Link,
    MendDisk,
    NetworkConditions,
    Restart,
    Resume,
    Simulation,
)
from raftkit.simulator.raft_system import MILLISECOND, Action, MakeServer

if TYPE_CHECKING:
    import networkx as nx

AnyRules = Rules | Mapping[str, Rules] | None
ANSWERS = "Every Event Is Answered"

Topology = Literal["complete", "ring", "star"]


@record
class Timed:
    """An action and the instant at which it happens, in microseconds."""

    at: int
    action: Any


@record
class Trial:
    """A cluster, a seed, a schedule of actions, and an end in microseconds.

    With `heals`, everything is mended at the end, and then there must be progress, and answers for
    clients. With `leads`, nothing is mended, and the majority that is left must elect a leader and
    keep it. The other fields are those of a `Cluster`; in the topologies "ring" and "star" servers
    pass messages on.
    """

    servers: int
    seed: int
    schedule: tuple[Timed, ...]
    end: int
    heals: bool = False
    settings: Settings = Settings()
    link: Link = Link()
    topology: Topology = "complete"
    clients: int = 0
    leads: bool = False

    def __repr__(self) -> str:
        """Return the trial as Python, without fields at their defaults."""
        given = [
            f"{field.name}={getattr(self, field.name)!r}"
            for field in fields(self)
            if field.default is MISSING or getattr(self, field.name) != field.default
        ]
        return f"Trial({', '.join(given)})"


def python_error(
    simulation: Simulation, server: str, error: Exception
) -> InvariantViolation | None:
    """Return the violation for an error that Python raised inside a server.

    Errors of other classes are left to the code that raises them, such as a guard around a
    student's rule.
    """
    if type(error).__module__ != "builtins":
        return None
    return unanswered(simulation, server, raised_in_words(error))


def unanswered(simulation: Simulation, server: str, said: str) -> InvariantViolation:
    """Return the violation for a server that raised an error in its last step."""
    records = simulation.history.records
    return InvariantViolation(
        ANSWERS,
        "Figure 2",
        records[-1].time,
        len(records) - 1,
        (server,),
        (),
        f"{server} {said}",
    )


def watch_trial(simulation: Simulation) -> None:
    """Stop a run that takes too many steps, and report Python's errors inside a server."""
    simulation.observers.append(BoundedWork(simulation.history, simulation.report).observe)
    simulation.explanations.append(python_error)


def cluster_of(
    trial: Trial, rules: AnyRules = None, make_server: MakeServer | None = None
) -> Cluster:
    """Return the cluster of a trial, before anything has happened to it."""
    return Cluster(
        seed=trial.seed,
        topology=_graph(trial.topology, trial.servers),
        rules=rules,
        settings=trial.settings,
        link=trial.link,
        clients=trial.clients,
        make_server=make_server or Server,
        watch=(watch_trial,),
    )


def run_trial(
    trial: Trial, rules: AnyRules = None, make_server: MakeServer | None = None
) -> Cluster:
    """Run a trial under all checkers; the broken properties are the cluster's `violations`.

    `make_server` builds servers of another class than the reference's.

    >>> from raftkit.simulator import Timeout
    >>> cluster = run_trial(Trial(3, seed=4, schedule=(Timed(0, Timeout("S1")),), end=50_000))
    >>> cluster.leader, cluster.violations
    ('S1', [])
    """
    cluster = cluster_of(trial, rules, make_server)
    for timed in trial.schedule:
        cluster.do(timed.action, at_ms=timed.at / MILLISECOND)
    finish(cluster, trial)
    return cluster


def finish(cluster: Cluster, trial: Trial) -> None:
    """Run a trial's cluster to its end, and check what the trial promises for the end.

    That is progress if everything is mended, a lasting leader if one must be found, and
    linearizability if there are clients.
    """
    cluster.run(max(trial.end / MILLISECOND - cluster.now_ms, 0))
    if trial.heals and not cluster.violations:
        cluster.do(*healing(cluster.servers))
        missed = progress_within(cluster) or answers_within(cluster)
        if missed is not None:
            cluster.violations.append(missed)
    if trial.leads and not cluster.violations:
        missed = lasting_leader_within(cluster)
        if missed is not None:
            cluster.violations.append(missed)
    if trial.clients and not cluster.violations:
        # Only who asks clients needs to judge what they were told.
        from raftkit.checkers.linearizability import linearizability_violation

        nonsense = linearizability_violation(cluster)
        if nonsense is not None:
            cluster.violations.append(nonsense)


def first_violation(
    trial: Trial, rules: AnyRules = None, make_server: MakeServer | None = None
) -> InvariantViolation | None:
    """Return the first property that a trial breaks, or None."""
    violations = run_trial(trial, rules, make_server).violations
    return violations[0] if violations else None


def healing(servers: tuple[str, ...]) -> tuple[Action, ...]:
    """Return the actions that mend everything.

    They belong to the end of a trial and not to its schedule: otherwise the shrinker could leave
    one out, and would blame the rules for a cluster in which no rules could make progress.
    """
    actions: list[Action] = [NetworkConditions(), Heal()]
    for name in servers:
        actions += [Resume(name), MendDisk(name), Drift(name, 0), Restart(name)]
    return tuple(actions)


def _graph(topology: Topology, servers: int) -> "nx.Graph":
    """Return the graph of a trial's servers."""
    import networkx as nx

    if topology == "star":
        # S1 is in the middle, and passes on every message between the others.
        return nx.star_graph(servers - 1)
    if topology == "ring":
        # With two servers the ring is one cable, and with one server none.
        return nx.cycle_graph(servers) if servers > 2 else nx.path_graph(servers)
    return nx.complete_graph(servers)
