"""An independent search, as plain as can be: deep copies of real servers, and no cleverness.

It shares no code with the explorer. A state is written down from what can be seen of the servers.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from raftkit.checkers.explorer import Bounds
from raftkit.protocol import (
    ClientRequest,
    Effects,
    Persistent,
    RequestVoteRequest,
    RequestVoteResponse,
    Rules,
    Server,
    TimerFired,
)


@dataclass
class Machine:
    """A server and its disk; what it has committed and applied since it started."""

    server: Server
    disk: Persistent | None = None
    timers: frozenset[str] = frozenset()
    committed: tuple = ()
    applied: tuple = ()

    def value(self) -> tuple:
        """All that can be seen, and the disk; a reached's timers run whatever it is."""
        return (
            self.server.observe(),
            self.disk,
            self.timers,
            self.committed,
            self.applied,
        )


@dataclass
class World:
    """A cluster: its machines, its network as a set, the votes shown, and what is left to spend."""

    machines: dict[str, Machine]
    left: dict[str, int]
    network: frozenset = frozenset()
    votes: frozenset = frozenset()
    commands: int = field(default=0)

    def value(self) -> tuple:
        """Equal for equal states."""
        machines = tuple(machine.value() for machine in self.machines.values())
        return machines, self.network, self.votes, tuple(self.left.items())

    def spending(self, budget: str) -> "World":
        """A copy with one less of a budget."""
        copy = deepcopy(self)
        copy.left[budget] -= 1
        return copy


class BruteForce:
    """Everything that a cluster can do within bounds; `count` is how many states there are."""

    def __init__(self, bounds: Bounds, rules: Rules | None = None) -> None:
        self.bounds = bounds
        self.rules = rules or Rules()

    def levels(self) -> Iterator[list[World]]:
        """The states at each distance from the start, until there are no more."""
        world = World({}, self._budgets())
        for name in self.bounds.names:
            self._start(world, name, None)
        known, level = {world.value()}, [world]
        while level:
            yield level
            found = {}
            for world in level:
                for after in self.after(world):
                    if self._within(after):
                        found.setdefault(after.value(), after)
            level = [after for value, after in found.items() if value not in known]
            known |= set(found)

    def count(self) -> tuple[int, int]:
        """How many states there are, and how far the last is from the first."""
        sizes = [len(level) for level in self.levels()]
        return sum(sizes), len(sizes) - 1

    def after(self, world: World) -> Iterator[World]:
        """The world after each action that is possible in it."""
        for message in world.network:
            yield from self._of_message(world, message)
        for name, machine in world.machines.items():
            for timer in machine.timers:
                yield from self._of_timer(world, name, timer)
            if world.left["commands"]:
                yield from self._of_command(world, name)
            if world.left["crashes"]:
                after = self._crashed(world, name, machine.disk)
                # One that has nothing to forget is not worth counting.
                if after.machines[name].value() != machine.value():
                    yield after

    def _of_message(self, world: World, message: Any) -> Iterator[World]:
        """It arrives, or arrives and stays, or is lost."""
        without = replace(world, network=world.network - {message}, votes=_shown(world, message))
        yield from self._stepped(without, message.target, message)
        if world.left["duplicates"]:
            kept = replace(world, votes=without.votes).spending("duplicates")
            # A copy of a message that comes to nothing is not worth counting.
            after = list(self._stepped(kept, message.target, message))
            if after[0].machines[message.target].value() != world.machines[
                message.target
            ].value() or (after[0].network != world.network):
                yield from after
        if world.left["losses"]:
            yield replace(without, votes=world.votes).spending("losses")

    def _of_timer(self, world: World, name: str, timer: str) -> Iterator[World]:
        """A timer runs out."""
        machine = world.machines[name]
        stopped = replace(machine, timers=machine.timers - {timer})
        fired = replace(world, machines=world.machines | {name: stopped})
        if timer == "election" and self.bounds.timeouts is not None:
            if not world.left["timeouts"]:
                return
            fired = fired.spending("timeouts")
        yield from self._stepped(fired, name, TimerFired(timer))

    def _of_command(self, world: World, name: str) -> Iterator[World]:
        """A server is handed the next command, if it takes it."""
        asked = world.spending("commands")
        asked.commands += 1
        event = ClientRequest("", name, 0, f"x={asked.commands}")
        for after in self._stepped(asked, name, event):
            if after.machines[name].value() != world.machines[name].value():
                yield after

    def _stepped(self, world: World, name: str, event: Any) -> Iterator[World]:
        """The world after a step, and after each crash in its middle that tells."""
        whole = deepcopy(world)
        machine = whole.machines[name]
        effects = machine.server.handle(event)
        self._done(whole, machine, effects)
        self._send(whole, effects.messages)
        yield whole
        if not world.left["crashes"]:
            return
        for keep in range(0 if effects.early_messages else 1, len(effects.writes)):
            disk = effects.writes[keep - 1] if keep else world.machines[name].disk
            torn = self._crashed(world, name, disk)
            self._send(torn, effects.early_messages)
            yield torn

    def _crashed(self, world: World, name: str, disk: Persistent | None) -> World:
        """The world after a server has crashed, and has started from its disk."""
        copy = world.spending("crashes")
        self._start(copy, name, disk)
        return copy

    def _start(self, world: World, name: str, disk: Persistent | None) -> None:
        """A server starts."""
        server = Server(name, self.bounds.names, self.rules, persistent=disk)
        machine = world.machines[name] = Machine(server, disk)
        effects = server.start()
        self._done(world, machine, effects)
        self._send(world, effects.messages)

    def _done(self, world: World, machine: Machine, effects: Effects) -> None:
        """What a step leaves in its own machine, and its early messages."""
        state = machine.server.observe()
        for write in effects.writes:
            machine.disk = write
        for timer, change in effects.timers:
            machine.timers = (
                machine.timers - {timer} if change == "stop" else machine.timers | {timer}
            )
        machine.committed += tuple(
            state.log[index] for index in range(len(machine.committed) + 1, state.commit_index + 1)
        )
        machine.applied += tuple(entry for _, entry in effects.applied)
        self._send(world, effects.early_messages)

    def _send(self, world: World, messages: Any) -> None:
        """Messages to servers enter the network; equal ones are one."""
        world.network |= {message for message in messages if message.target in self.bounds.names}

    def _within(self, world: World) -> bool:
        """Whether a state is within the bounds."""
        most = self.bounds.in_flight
        states = [machine.server.observe() for machine in world.machines.values()]
        return (
            all(state.standing.current_term <= self.bounds.terms for state in states)
            and all(state.log.last_index <= self.bounds.log for state in states)
            and (most is None or len(world.network) <= most)
        )

    def _budgets(self) -> dict[str, int]:
        """What there is to spend."""
        bounds = self.bounds
        names = ("commands", "crashes", "losses", "duplicates")
        return {name: getattr(bounds, name) for name in names} | {"timeouts": bounds.timeouts or 0}


def _shown(world: World, message: Any) -> frozenset:
    """The votes seen once a message has arrived."""
    if isinstance(message, RequestVoteRequest):
        return world.votes | {(message.source, message.term, message.source)}
    if isinstance(message, RequestVoteResponse) and message.vote_granted:
        return world.votes | {(message.source, message.term, message.target)}
    return world.votes


@pytest.fixture
def brute_force() -> type[BruteForce]:
    """The independent search, to be made with bounds and rules."""
    return BruteForce
