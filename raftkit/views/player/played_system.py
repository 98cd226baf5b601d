"""A system that can be played, whatever the rules or processes in it do.

An error in somebody's rule or process, or processes that keep each other busy without end, are
broken promises here like any other: the clock stops at them. It does not know who watches.
"""

from typing import Any

from raftkit.checkers.bounded_work import BoundedBursts
from raftkit.checkers.trials import unanswered
from raftkit.simulator import History, InvariantViolation, Simulation, System
from raftkit.simulator.number_arguments import MILLISECOND


def watch_played(simulation: Simulation) -> None:
    """Let no step of a process end in an exception, nor a millisecond never end.

    A rule that says how long a timer runs is asked after the step: an error in it is still raised.
    """
    simulation.observers.append(BoundedBursts(simulation.history, simulation.report).observe)
    simulation.explanations.append(any_error)


def any_error(simulation: Simulation, server: str, error: Exception) -> InvariantViolation:
    """The violation in any error of a process, as Python words it or as its guard does."""
    kind = type(error)
    own = kind.__module__ == "builtins"
    said = f"raised {kind.__name__}: {error}" if own else f"does not answer. {error}"
    return unanswered(simulation, server, said)


def going_on(system: System, ms: float, as_planned: bool = True) -> System:
    """What `system.fork(ms)` gives, as a system to be played.

    Unless all goes `as_planned`, nothing happens later that was planned before.
    """
    past = system.history
    if not as_planned:
        kept = [asked for asked in past.inputs if asked.at <= ms * MILLISECOND]
        past = History(past.setup, kept, end=past.end)
    return type(system).replay(past, ms, **system.parts | {"watch": (watch_played,)})


def own_parts(system: System) -> dict[str, Any]:
    """The rules and the servers that a cluster was made with."""
    return {name: system.parts[name] for name in ("rules", "make_server")}
