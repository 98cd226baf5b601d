"""The order in which a driver carries out what a server wants done (Figure 2, State; §5.3).

The simulator and real processes are drivers: each knows for itself how a timer runs,
how a message leaves and when a write is durable. The order is written here, once.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from raftkit.protocol.effects import Effects, TimerChange
from raftkit.protocol.state_machines import AppliedEntries


class Driver(Protocol):
    """What `carry_out` asks of the machine, simulated or real, that a server runs on."""

    applied_entries: AppliedEntries

    def change_timer(self, timer: str, change: TimerChange) -> None:
        """Start a timer anew, or stop it."""

    def send(self, messages: Sequence[Any]) -> None:
        """Let messages leave now."""

    def write_and_send(self, writes: Sequence[Any], messages: Sequence[Any]) -> None:
        """Write in order, each one atomic; once all is durable, let `messages` leave."""


def carry_out(effects: Effects, driver: Driver) -> None:
    """Do what a step asks, in the order that Figure 2 demands.

    Timers and applied entries are volatile and need not wait; `early_messages` rest on nothing;
    `messages` and `replies` leave only when everything written by then is durable.
    """
    for timer, change in effects.timers:
        driver.change_timer(timer, change)
    outgoing: Sequence[Any] = effects.messages
    if effects.replies:
        outgoing = (*outgoing, *driver.applied_entries.answers(effects))
    elif effects.applied:
        driver.applied_entries.add(effects.applied)
    if effects.early_messages:
        driver.send(effects.early_messages)
    driver.write_and_send(effects.writes, outgoing)
