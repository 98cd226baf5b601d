"""The effect of each action on a simulation: faults, actions by hand, requests.

Actions are values, defined in faults.py, in_flight.py, by_hand.py and requests.py. To add one,
define a record and register its effect with `@take_effect.register(Record)`.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from raftkit.protocol import ClientRequest, ServerState
from raftkit.protocol.roles import LEADER
from raftkit.simulator.by_hand import ByHand, Deliver, HandsOff, Lose
from raftkit.simulator.clients import Call
from raftkit.simulator.faults import (
    Crash,
    Cut,
    Delay,
    Drift,
    Drop,
    Duplicate,
    Fault,
    Heal,
    Mend,
    MendDisk,
    NetworkConditions,
    Partition,
    Pause,
    Restart,
    Resume,
    SlowDisk,
    Timeout,
    TornWrite,
)
from raftkit.simulator.in_flight import Catch, SetTimer
from raftkit.simulator.network import Interception, Pattern, Verdict
from raftkit.simulator.requests import Ask, Propose

if TYPE_CHECKING:
    from raftkit.simulator.host import Host
    from raftkit.simulator.simulation import Simulation

Action = Fault | Propose | Ask


@singledispatch
def take_effect(action: Any, simulation: "Simulation") -> None:
    """Do what `action` says, now. Raises TypeError for a value that is no action."""
    raise TypeError(f"{action!r} is no action")


def is_action(value: Any) -> bool:
    """Whether a value is an action.

    >>> is_action(Crash("S1")), is_action(Crash), is_action("S1")
    (True, False, False)
    """
    return take_effect.dispatch(type(value)) is not take_effect.dispatch(object)


# Network --------------------------------------------------------------------------------


@take_effect.register(Partition)
def _partition(action: Partition, simulation: "Simulation") -> None:
    simulation.network.partition(action.groups)


@take_effect.register(Heal)
def _heal(action: Heal, simulation: "Simulation") -> None:
    simulation.network.heal()


@take_effect.register(Cut)
def _cut(action: Cut, simulation: "Simulation") -> None:
    simulation.network.set_up(action.source, action.target, False)
    if not action.one_way:
        simulation.network.set_up(action.target, action.source, False)


@take_effect.register(Mend)
def _mend(action: Mend, simulation: "Simulation") -> None:
    simulation.network.set_up(action.source, action.target, True)
    simulation.network.set_up(action.target, action.source, True)


@take_effect.register(NetworkConditions)
def _network_conditions(action: NetworkConditions, simulation: "Simulation") -> None:
    for source, target, _, link in simulation.network.links():
        # Latency and bandwidth belong to the cable, which these conditions do not change.
        changed = replace(
            link,
            loss=action.loss,
            duplicate=action.duplicate,
            slow=action.slow,
            latency_slow=action.latency_slow,
        )
        simulation.network.change_link(source, target, changed)


# Machines -------------------------------------------------------------------------------


@take_effect.register(Crash)
def _crash(action: Crash, simulation: "Simulation") -> None:
    simulation.hosts[action.server].crash()


@take_effect.register(Restart)
def _restart(action: Restart, simulation: "Simulation") -> None:
    simulation.hosts[action.server].start()


@take_effect.register(Pause)
def _pause(action: Pause, simulation: "Simulation") -> None:
    simulation.hosts[action.server].pause()


@take_effect.register(Resume)
def _resume(action: Resume, simulation: "Simulation") -> None:
    simulation.hosts[action.server].resume()


@take_effect.register(Timeout)
def _timeout(action: Timeout, simulation: "Simulation") -> None:
    host = simulation.hosts[action.server]
    # Only a timer that runs can run out. A leader's election timer does not run, so this action
    # does nothing to a leader.
    if host.process is not None and not host.paused and host.deadline(action.timer) is not None:
        host.fire(action.timer)


def _intercept(
    simulation: "Simulation", fault: Drop | Duplicate | Delay, verdict: Verdict, delay: int = 0
) -> None:
    """Let the network intercept the next `count` messages that match."""
    pattern = Pattern(fault.source, fault.target, fault.kind)
    simulation.network.intercept(Interception(pattern, verdict, fault.count, delay))


@take_effect.register(Drop)
def _drop(action: Drop, simulation: "Simulation") -> None:
    _intercept(simulation, action, "drop")


@take_effect.register(Duplicate)
def _duplicate(action: Duplicate, simulation: "Simulation") -> None:
    _intercept(simulation, action, "duplicate")


@take_effect.register(Delay)
def _delay(action: Delay, simulation: "Simulation") -> None:
    _intercept(simulation, action, "delay", action.delay)


@take_effect.register(Drift)
def _drift(action: Drift, simulation: "Simulation") -> None:
    simulation.hosts[action.server].clock_drift = action.parts_per_million


@take_effect.register(SlowDisk)
def _slow_disk(action: SlowDisk, simulation: "Simulation") -> None:
    simulation.hosts[action.server].disk.sync_delay = action.sync_delay


@take_effect.register(TornWrite)
def _torn_write(action: TornWrite, simulation: "Simulation") -> None:
    simulation.hosts[action.server].disk.tear_after = action.keep


@take_effect.register(MendDisk)
def _mend_disk(action: MendDisk, simulation: "Simulation") -> None:
    disk = simulation.hosts[action.server].disk
    disk.sync_delay, disk.tear_after = 0, None


# Messages on their way ------------------------------------------------------------------


@take_effect.register(Catch)
def _catch(action: Catch, simulation: "Simulation") -> None:
    caught = simulation.catch(
        (action.source, action.target, action.kind), action.place, action.verdict != "repeat"
    )
    if caught is None:
        return
    due, message = caught
    if action.verdict == "lose":
        simulation.lost(message, "dropped")
    else:
        simulation.deliver_at(due + action.delay, message)


@take_effect.register(SetTimer)
def _set_timer(action: SetTimer, simulation: "Simulation") -> None:
    simulation.hosts[action.server].set_timer(action.timer, action.delay)


# By hand --------------------------------------------------------------------------------


@take_effect.register(ByHand)
def _by_hand(action: ByHand, simulation: "Simulation") -> None:
    simulation.network.hold(simulation.withdraw_messages())
    for host in simulation.hosts.values():
        host.hold_timers()


@take_effect.register(HandsOff)
def _hands_off(action: HandsOff, simulation: "Simulation") -> None:
    simulation.send(simulation.network.release())
    for host in simulation.hosts.values():
        host.release_timers()


def _take(simulation: "Simulation", wanted: Deliver | Lose, keep: bool) -> Any:
    """The held message that `wanted` names, removed unless `keep`; None if there is none."""
    held = simulation.network.held or []
    pattern = Pattern(wanted.source, wanted.target, wanted.kind)
    matching = [position for position, message in enumerate(held) if pattern.matches(message)]
    if not -len(matching) <= wanted.place < len(matching):
        return None
    position = matching[wanted.place]
    return held[position] if keep else held.pop(position)


@take_effect.register(Deliver)
def _deliver(action: Deliver, simulation: "Simulation") -> None:
    message = _take(simulation, action, keep=action.again)
    if message is not None:
        simulation.hosts[action.target].receive(message)


@take_effect.register(Lose)
def _lose(action: Lose, simulation: "Simulation") -> None:
    message = _take(simulation, action, keep=False)
    if message is not None:
        simulation.lost(message, "dropped")


# Requests -------------------------------------------------------------------------------


@take_effect.register(Propose)
def _propose(action: Propose, simulation: "Simulation") -> None:
    """Hand the command over in the same instant; nothing happens if there is no leader."""
    target = action.server or leader_of(simulation.hosts)
    if target is not None:
        # No source and serial 0 mean that it comes from no client, so no server has to recognise
        # a repetition.
        simulation.hosts[target].receive(ClientRequest("", target, 0, action.command))


@take_effect.register(Ask)
def _ask(action: Ask, simulation: "Simulation") -> None:
    """Hand the call to the client at once: its user does not call it over the network."""
    simulation.hosts[action.client].receive(Call(action.command))


def leader_of(hosts: Mapping[str, "Host"]) -> str | None:
    """The running leader with the highest term among `hosts`, or None."""
    # Two leaders of different terms may run at once; the lower term is out of date (§5.1).
    best, term = None, 0
    for name, host in hosts.items():
        state = host.state
        leads = isinstance(state, ServerState) and state.standing.role == LEADER
        if leads and state.standing.current_term > term:
            best, term = name, state.standing.current_term
    return best
