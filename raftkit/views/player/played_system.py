"""Makes a system that can be played, whatever its rules or processes do.

An error in a rule or process, and processes that send messages without end, become violations
here, at which the clock stops. It does not know the player.
"""

from typing import Any

from raftkit.checkers.bounded_work import BoundedBursts
from raftkit.checkers.trials import unanswered
from raftkit.simulator import History, InvariantViolation, Simulation, System
from raftkit.simulator.number_arguments import MILLISECOND


def watch_played(simulation: Simulation) -> None:
    """Add checkers that turn errors and endless bursts of messages into violations.

    An error in a rule for a timer's duration is still raised, because it comes after the step.
    """
    simulation.observers.append(BoundedBursts(simulation.history, simulation.report).observe)
    simulation.explanations.append(error_as_violation)


def error_as_violation(simulation: Simulation, server: str, error: Exception) -> InvariantViolation:
    """A violation for any error of a process, with the words of Python or of the guard."""
    kind = type(error)
    own = kind.__module__ == "builtins"
    said = f"raised {kind.__name__}: {error}" if own else f"does not answer. {error}"
    return unanswered(simulation, server, said)


def playable_copy(system: System, ms: float, as_planned: bool = True) -> System:
    """The result of `system.fork(ms)`, as a system that can be played.

    Unless `as_planned`, actions that were planned for later are dropped.
    """
    past = system.history
    if not as_planned:
        kept = [asked for asked in past.inputs if asked.at <= ms * MILLISECOND]
        past = History(past.setup, kept, end=past.end)
    return type(system).replay(past, ms, **system.parts | {"watch": (watch_played,)})


def rules_and_servers_of(system: System) -> dict[str, Any]:
    """The rules and the function for servers that a cluster was made with."""
    return {name: system.parts[name] for name in ("rules", "make_server")}
