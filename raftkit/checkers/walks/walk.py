"""`Walk`: a run by hand, move by move. A move is an action and the deliveries that follow it.

Servers may be apart from the others: what passes between the two sides is held, and may arrive
late. A walk is also known as a path of the explorer, which can go on from its end. This module
draws nothing at random.
"""

from dataclasses import dataclass, replace
from typing import Any

from raftkit.checkers.cluster import Cluster
from raftkit.checkers.explorer.path_states import ends_of
from raftkit.checkers.explorer.search_actions import (
    Arrives,
    Commanded,
    Crashes,
    RunsOut,
    SearchAction,
    Vanishes,
)
from raftkit.checkers.trials import AnyRules, Timed, Trial, cluster_of
from raftkit.simulator import ByHand, Crash, Deliver, Lose, Propose, Restart, Timeout
from raftkit.simulator.raft_system import MILLISECOND, MakeServer

# More messages than one move causes in a cluster of five servers that obey right rules.
_DELIVERIES = 40


@dataclass(frozen=True)
class Place:
    """Where a walk has come to, as a trial that leads there, and what else its next move needs."""

    trial: Trial
    apart: frozenset[str] = frozenset()
    commands: int = 0


class Walk:
    """A cluster that is run by hand from a place on; `apart` are the servers cut off from others.

    With `copies`, the network keeps a copy of every message that a move delivers.

    >>> walk = Walk(Place(Trial(3, 1, (), 0)))
    >>> walk.elect("S1")
    >>> walk.cluster.leader, len(walk.place.trial.schedule)
    ('S1', 10)
    """

    def __init__(
        self,
        place: Place,
        rules: AnyRules = None,
        copies: bool = False,
        make_server: MakeServer | None = None,
    ) -> None:
        self.cluster: Cluster = cluster_of(place.trial, rules, make_server)
        self.apart = place.apart
        self.copies = copies
        self._start = place.trial
        self._commands = place.commands
        self._schedule: list[Timed] = []
        self._path: list[SearchAction] = []
        for action in [timed.action for timed in place.trial.schedule] or [ByHand()]:
            self._do(action)

    @property
    def is_over(self) -> bool:
        """Whether a property is broken."""
        return bool(self.cluster.violations)

    @property
    def found(self) -> Trial | None:
        """This walk as a trial if it broke a property, else None."""
        return self.place.trial if self.is_over else None

    @property
    def place(self) -> Place:
        """Where this walk has come to."""
        schedule = tuple(self._schedule)
        trial = replace(self._start, schedule=schedule, end=schedule[-1].at)
        return Place(trial, self.apart, self._commands)

    @property
    def path(self) -> tuple[SearchAction, ...]:
        """This walk as actions of a search; a server that is down counts as one that is slow."""
        return tuple(self._path)

    @property
    def length(self) -> int:
        """The number of actions so far."""
        return len(self._schedule)

    @property
    def running(self) -> tuple[str, ...]:
        """The servers that are not crashed."""
        return tuple(name for name in self.cluster.servers if self.cluster.state(name) is not None)

    @property
    def held(self) -> tuple[Any, ...]:
        """The messages on the network, in the order of sending."""
        return self.cluster.held

    # Moves ---------------------------------------------------------------------------------

    def elect(self, server: str, deliveries: int = _DELIVERIES) -> None:
        """A server stands for election, and messages are delivered."""
        self._move(Timeout(server), deliveries)

    def heartbeat(self, server: str, deliveries: int = _DELIVERIES) -> None:
        """A leader sends heartbeats, which are delivered."""
        self._move(Timeout(server, "heartbeat"), deliveries)

    def propose(self, server: str, deliveries: int = _DELIVERIES, command: str = "") -> None:
        """A server is handed a command, by default a new one, and messages are delivered."""
        self._commands += 1
        self._move(Propose(command or f"x={self._commands}", server), deliveries)

    def repeat(self, server: str) -> None:
        """A server is handed the command that came first."""
        self.propose(server, command="x=1")

    def crash(self, server: str) -> None:
        """A server crashes."""
        self._do(Crash(server))

    def restart(self, server: str) -> None:
        """A server starts again from its disk."""
        self._do(Restart(server))

    def part(self, *servers: str) -> None:
        """From now on these servers are apart from the others; without any, nobody is."""
        self.apart = frozenset(servers)

    def lose(self, *servers: str) -> None:
        """The messages on their way to these servers are lost; without any, all messages are."""
        for message in self.held:
            if message.target in servers or not servers:
                self._do(Lose(*ends_of(message), 0))

    def deliver(self, number: int, again: bool, deliveries: int = _DELIVERIES) -> None:
        """The message at this place of `held`, if any, arrives, and what it causes is delivered."""
        if number < len(self.held):
            self._deliver(number, again)
            self._settle(len(self.held), deliveries)

    # What moves are made of ------------------------------------------------------------------

    def _move(self, action: Any, deliveries: int) -> None:
        sent = len(self.held)
        self._do(action)
        self._settle(sent, deliveries)

    def _settle(self, first: int, deliveries: int) -> None:
        """Deliver messages from the place `first` on, the oldest first, as far as they can."""
        for _ in range(deliveries):
            held = self.held
            while first < len(held) and not self._can_arrive(held[first]):
                first += 1
            if first == len(held) or self.is_over:
                return
            self._deliver(first, self.copies)
            first += self.copies

    def _can_arrive(self, message: Any) -> bool:
        together = (message.source in self.apart) == (message.target in self.apart)
        return together and self.cluster.state(message.target) is not None

    def _deliver(self, number: int, again: bool) -> None:
        held = self.held
        ends = ends_of(held[number])
        place = sum(ends_of(message) == ends for message in held[:number])
        self._do(Deliver(*ends, place, again))

    def _do(self, action: Any) -> None:
        """Let an action happen, a millisecond after the one before."""
        self._path += self._in_a_search(action)
        if self._schedule:
            self.cluster.run(ms=1)
        self._schedule.append(Timed(round(self.cluster.now_ms * MILLISECOND), action))
        self.cluster.do(action)

    def _in_a_search(self, action: Any) -> list[SearchAction]:
        """What the explorer calls an action; nothing if it changes no server and no message."""
        if isinstance(action, Deliver):
            return self._delivery_in_a_search(action)
        if isinstance(action, Lose):
            return [Vanishes(self._message(action))]
        if isinstance(action, Timeout):
            return [RunsOut(action.server, action.timer)]
        if isinstance(action, Propose):
            return [Commanded(str(action.server), action.command)]
        return [Crashes(action.server)] if isinstance(action, Restart) else []

    def _delivery_in_a_search(self, action: Deliver) -> list[SearchAction]:
        message = self._message(action)
        if self.cluster.state(action.target) is not None:
            return [Arrives(message, action.again)]
        return [] if action.again else [Vanishes(message)]

    def _message(self, action: Deliver | Lose) -> Any:
        """The held message that an action names."""
        ends = (action.source, action.target, action.kind)
        return [each for each in self.held if ends_of(each) == ends][action.place]
