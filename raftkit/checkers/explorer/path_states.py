"""The state after a path: each server's snapshot and the messages on the network.

A search has this in the bits of its states. Here it is kept as the simulator keeps it, message by
message and in the order of sending.
"""

from collections.abc import Iterable
from typing import Any

from raftkit.checkers.explorer.behaviour import Behaviour, Outcome, Snapshot
from raftkit.checkers.explorer.keys_and_copies import NOT_REPEATED, NotSearchable
from raftkit.checkers.explorer.search_actions import (
    Arrives,
    Commanded,
    Crashes,
    RunsOut,
    SearchAction,
    Torn,
    Vanishes,
)
from raftkit.protocol import ClientRequest, TimerFired


class PathState:
    """The state after the actions taken so far; at first every server has just started.

    `now` has each server's snapshot, `held` the messages on the network, `arrived` those that have
    been delivered. No action can follow a step that raises an error. Raises `NotSearchable` if the
    message of an action is not on the network.
    """

    def __init__(self, behaviour: Behaviour) -> None:
        self.now: dict[str, Snapshot] = {}
        self.held: list[Any] = []
        self.arrived: list[Any] = []
        self._behaviour = behaviour
        for name in behaviour.names:
            self._enter(name, behaviour.start(name))

    def follow(self, path: Iterable[SearchAction]) -> None:
        """Take every action of a path."""
        for action in path:
            self.take(action)

    def take(self, action: SearchAction) -> None:
        """Take one action."""
        if isinstance(action, Vanishes):
            self._remove(self._behaviour.one(action.message))
        elif isinstance(action, Crashes):
            durable = self.now[action.server].durable
            self._enter(action.server, self._behaviour.start(action.server, durable))
        elif isinstance(action, Torn):
            self._enter(action.server, dict(self._step(action.action).torn)[action.keep])
        elif not self._is_idle(action):
            self._enter(action.server, self._step(action))

    def place_of(self, message: Any) -> int:
        """Return how many messages on the network of the same ends and kind were sent before it."""
        one = self._behaviour.one(message)
        alike = [other for other in self.held if ends_of(other) == ends_of(one)]
        for place, other in enumerate(alike):
            if other is one:
                return place
        raise NotSearchable(NOT_REPEATED)

    def _is_idle(self, action: SearchAction) -> bool:
        """Return whether a timer is to run out that does not run, which changes nothing."""
        return isinstance(action, RunsOut) and action.timer not in self.now[action.server].timers

    def _step(self, action: Arrives | RunsOut | Commanded) -> Outcome:
        """Return the outcome of a step, and remove the message that arrives from the network."""
        behaviour = self._behaviour
        if isinstance(action, Arrives):
            event = behaviour.one(action.message)
            self.arrived.append(event)
            if not action.again:
                self._remove(event)
        elif isinstance(action, RunsOut):
            event = behaviour.one(TimerFired(action.timer))
        else:
            event = behaviour.one(ClientRequest("", action.server, 0, action.command))
        return behaviour.step(self.now[action.server], event)

    def _remove(self, message: Any) -> None:
        """Remove a message from the network, where servers that repeat what they did have it."""
        if message not in self.held:
            raise NotSearchable(NOT_REPEATED)
        self.held.remove(message)

    def _enter(self, server: str, outcome: Outcome) -> None:
        self.now[server] = outcome.after
        self.held += outcome.sent


def ends_of(message: Any) -> tuple[str, str, str]:
    """Return a message's source, target and kind, by which `Deliver` names it."""
    return (message.source, message.target, type(message).__name__)
