"""The state after a path: each server's snapshot and the messages on the network.

A search has this in the bits of its states. Here it is kept as the simulator keeps it, message by
message and in the order of sending.
"""

from collections.abc import Iterable
from typing import Any

from raftkit.checkers.explorer.acts import (
    Act,
    Arrives,
    Commanded,
    Crashes,
    RunsOut,
    Torn,
    Vanishes,
)
from raftkit.checkers.explorer.behaviour import Behaviour, Outcome, Snapshot
from raftkit.protocol import ClientRequest, TimerFired


class PathState:
    """The state after the acts taken so far; at first every server has just started.

    `now` has each server's snapshot, `held` the messages on the network, `arrived` those that have
    been delivered. No act can follow a step that raises an error.
    """

    def __init__(self, behaviour: Behaviour) -> None:
        self.now: dict[str, Snapshot] = {}
        self.held: list[Any] = []
        self.arrived: list[Any] = []
        self._behaviour = behaviour
        for name in behaviour.names:
            self._enter(name, behaviour.start(name))

    def follow(self, path: Iterable[Act]) -> None:
        """Take every act of a path."""
        for act in path:
            self.take(act)

    def take(self, act: Act) -> None:
        """Take one act."""
        if isinstance(act, Vanishes):
            self.held.remove(self._behaviour.one(act.message))
        elif isinstance(act, Crashes):
            durable = self.now[act.server].durable
            self._enter(act.server, self._behaviour.start(act.server, durable))
        elif isinstance(act, Torn):
            self._enter(act.server, dict(self._step(act.act).torn)[act.keep])
        else:
            self._enter(act.server, self._step(act))

    def place_of(self, message: Any) -> int:
        """Return how many messages on the network of the same ends and kind were sent before it."""
        one = self._behaviour.one(message)
        alike = [other for other in self.held if ends_of(other) == ends_of(one)]
        return next(place for place, other in enumerate(alike) if other is one)

    def _step(self, act: Arrives | RunsOut | Commanded) -> Outcome:
        """Return the outcome of a step, and remove the message that arrives from the network."""
        behaviour = self._behaviour
        if isinstance(act, Arrives):
            event = behaviour.one(act.message)
            self.arrived.append(event)
            if not act.again:
                self.held.remove(event)
        elif isinstance(act, RunsOut):
            event = behaviour.one(TimerFired(act.timer))
        else:
            event = behaviour.one(ClientRequest("", act.server, 0, act.command))
        return behaviour.step(self.now[act.server], event)

    def _enter(self, server: str, outcome: Outcome) -> None:
        self.now[server] = outcome.after
        self.held += outcome.sent


def ends_of(message: Any) -> tuple[str, str, str]:
    """Return a message's source, target and kind, by which `Deliver` names it."""
    return (message.source, message.target, type(message).__name__)
