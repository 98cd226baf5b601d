"""`Simulation`: discrete events in integer virtual time, from one seed.

Events are in one heap of (time, counter, action, argument); the counter breaks ties, so that
only numbers are compared. All random numbers come from one source. It runs processes on hosts
over a network and records what happens; it does not know Raft.
"""

from collections.abc import Callable, Iterable
from copy import deepcopy
from heapq import heapify, heappop, heappush
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any

from raftkit.protocol.messages import ClientResponse
from raftkit.protocol.state_machines import StateMachine
from raftkit.simulator.action_effects import take_effect
from raftkit.simulator.faults import Crash
from raftkit.simulator.garbage import collect_if_worthwhile, without_collecting
from raftkit.simulator.history import History
from raftkit.simulator.host import Host
from raftkit.simulator.network import Link, Network
from raftkit.simulator.process import MakeProcess
from raftkit.simulator.records import Acted, Input, InvariantViolation, Lost, Row

if TYPE_CHECKING:
    import networkx as nx

Observer = Callable[[Row], None]
# Maps the simulation, a process and the error that it raised to the violation in that, if any.
Explanation = Callable[["Simulation", str, Exception], InvariantViolation | None]


class Simulation:
    """Hosts on a network, driven by one heap. Times are integer microseconds.

    `observers` see the row of every step before its messages leave. If `stop_at_violation`, a
    violation that one of them reports ends the run at that step; an error in a process always
    ends it.
    Without `record` the history keeps no records; its inputs still repeat the run.
    """

    def __init__(
        self,
        graph: "nx.Graph",
        seed: int,
        setup: dict[str, Any],
        link: Link | None = None,
        forwards: bool | None = None,
        stop_at_violation: bool = True,
        record: bool = True,
    ) -> None:
        collect_if_worthwhile()
        self.now = 0
        self.stopped = False
        self.stop_at_violation = stop_at_violation
        self.history = History(setup)
        self._records = record
        self.hosts: dict[str, Host] = {}
        self._receivers: dict[str, Callable[[Any], None]] = {}  # the hosts' receive, by name
        self.observers: list[Observer] = []
        self.on_answer: Callable[[ClientResponse], None] | None = None
        # Each may name the violation behind an error that a process raises.
        self.explanations: list[Explanation] = []
        self._random = Random(seed)
        self.network = Network(graph, link or Link(), self._random, self.lost, forwards)
        self._heap: list[tuple[int, int, Callable[[Any], None], Any]] = []
        self._running = False
        self._take_short_cuts(0)

    def _take_short_cuts(self, planned: int) -> None:
        """Keep what every step calls as an attribute; `planned` events have been planned before."""
        # Adds a record to the history; with `record` False it does nothing.
        history, records = self.history, self._records
        self.record: Callable[[Any], None] = history.append if records else _forget
        self.timer_set: Callable[[Any], None] = history.deadlines.append if records else _forget
        # Only random() is used: its sequence is the same in every version of Python.
        self.random = self._random.random
        self._next = count(planned).__next__

    def __deepcopy__(self, memo: dict[int, Any]) -> "Simulation":
        """A simulation in the same state, without the listener for answers."""
        planned = self._next()
        attributes = dict(self.__dict__, on_answer=None)
        for short_cut in ("record", "timer_set", "random", "_next"):
            del attributes[short_cut]
        twin = memo[id(self)] = object.__new__(type(self))
        twin.__dict__.update(deepcopy(attributes, memo))
        twin._take_short_cuts(planned)
        twin.network.draw_from(twin._random)
        return twin

    def take_apart(self) -> None:
        """Let go of everything, when nothing will run any more.

        Hosts and simulation hold each other, so Python would free their memory only much later.
        """
        self.__dict__.clear()

    def add(
        self,
        name: str,
        make_process: MakeProcess,
        make_state_machine: Callable[[], StateMachine] | None = None,
    ) -> Host:
        """Put a process on the network; it starts when its host is started."""
        host = self.hosts[name] = Host(self, name, make_process, make_state_machine)
        self._receivers[name] = host.receive
        return host

    # Time ------------------------------------------------------------------------------

    def at(self, time: int, action: Callable[[Any], None], argument: Any) -> None:
        """Call `action(argument)` at `time`, after everything already planned for that instant."""
        next_number = self._next
        heappush(self._heap, (time, next_number(), action, argument))

    def run_until(self, until: int) -> None:
        """Let virtual time pass up to and including `until`."""
        if self._running:
            raise RuntimeError(
                "the cluster is already running: it cannot be run from inside a step"
            )
        self._running = True
        try:
            with without_collecting():
                self._pass_time(until)
        except Exception:
            # The error interrupted a step, so the state is not one that a run can reach.
            self.stopped = True
            raise
        finally:
            self._running = False
            self.history.end = self.now

    def _pass_time(self, until: int) -> None:
        """Carry out the planned events up to and including those of the instant `until`."""
        heap = self._heap
        # CPython 3.11 specialises this loop only if the condition is not in its head.
        while True:
            if self.stopped or not heap or heap[0][0] > until:
                break
            self.now, _, action, argument = heappop(heap)
            action(argument)
        if not self.stopped:
            self.now = max(self.now, until)

    def next_instant(self) -> int | None:
        """The time of the next planned event; None if there is none."""
        return self._heap[0][0] if self._heap else None

    # Messages --------------------------------------------------------------------------

    def send(self, messages: Iterable[Any]) -> None:
        """Send messages over the network now."""
        heap, now, next_number = self._heap, self.now, self._next
        # A run spends most of its time here, so links that only delay are handled apart. The
        # numbers drawn are those that `Network.arrivals` would draw, so the history is the same.
        plain, receivers, random = self.network.plain, self._receivers, self.random
        for message in messages:
            target = message.target
            try:
                edge = plain[message.source][target]
            except KeyError:
                edge = self.network.look_up(message.source, target)
            if edge is not None:
                time = now + edge.low + int(random() * edge.span)
                heappush(heap, (time, next_number(), receivers[target], message))
            elif target in receivers:
                for time in self.network.arrivals(message, now):
                    heappush(heap, (time, next_number(), receivers[target], message))
            else:
                self._send_outside(message)

    def _send_outside(self, message: Any) -> None:
        """Hand a message without a target, an answer to a caller outside, to the listener."""
        if message.target:
            self.lost(message, "cut")
        elif self.on_answer is not None:
            self.on_answer(message)

    def withdraw_messages(self) -> list[Any]:
        """Remove all messages on their way from the heap; returns them in the order of sending."""
        receivers = set(self._receivers.values())
        on_their_way = [planned for planned in self._heap if planned[2] in receivers]
        self._heap[:] = [planned for planned in self._heap if planned[2] not in receivers]
        heapify(self._heap)
        return [planned[3] for planned in sorted(on_their_way, key=lambda planned: planned[1])]

    def catch(self, ends: tuple[str, str, str], place: int, take: bool) -> tuple[int, Any] | None:
        """Find a message on its way, by source, target, name of its class, and place among such.

        Returns when it is due and the message, which is removed from the heap if `take`; None if
        there is no such message.
        """
        receivers = set(self._receivers.values())
        matching = sorted(
            (
                planned
                for planned in self._heap
                if planned[2] in receivers and _ends(planned[3]) == ends
            ),
            key=lambda planned: planned[1],
        )
        if place >= len(matching):
            return None
        found = matching[place]
        if take:
            self._heap.remove(found)
            heapify(self._heap)
        return found[0], found[3]

    def deliver_at(self, time: int, message: Any) -> None:
        """Let a message arrive at an instant, without asking the network."""
        self.at(time, self._receivers[message.target], message)

    def lost(self, message: Any, reason: str) -> None:
        """Record that a message is never delivered."""
        if hasattr(message, "source"):
            self.record(Lost(self.now, message, reason))

    # Actions from outside --------------------------------------------------------------

    def perform(self, action: Any, at: int | None = None) -> None:
        """Do `action` now, or plan it for the instant `at`, and add it to the history's inputs.

        Raises ValueError for an instant that is past. An action that an observer asks for during
        a step takes effect after everything else of that instant.
        """
        when = self.now if at is None else at
        if when < self.now:
            raise ValueError(f"{when / 1000} ms is already past: it is {self.now / 1000} ms")
        self.history.inputs.append(Input(self.now, when, action))
        self.at(when, self.act, action)
        # No action has a consequence in its own instant, so between two calls an instant is either
        # wholly past or wholly to come. That is why a replay needs only the instants of actions.
        if when == self.now and not self._running:
            self.run_until(when)

    def act(self, action: Any) -> None:
        """Let `action` take effect, without adding it to the history's inputs."""
        if not self.stopped:
            self.record(Acted(self.now, action))
            take_effect(action, self)

    def crashed_by_itself(self, host: Host) -> None:
        """Crash a host in the middle of a step, before its messages leave."""
        self.act(Crash(host.name))

    def explain(self, process: str, error: Exception) -> bool:
        """Report the violation behind an error that a process raised; False if none is known."""
        for explanation in self.explanations:
            if (violation := explanation(self, process, error)) is not None:
                self.report(violation)
                return True
        return False

    def report(self, violation: InvariantViolation) -> None:
        """Add a violation to the history, and end the run if `stop_at_violation`."""
        self.history.violations.append(violation)
        self.stopped = self.stopped or self.stop_at_violation


def _ends(message: Any) -> tuple[str, str, str]:
    """The source and target of a message, and the name of its class."""
    return (
        getattr(message, "source", ""),
        getattr(message, "target", ""),
        type(message).__name__,
    )


def _forget(entry: Any) -> None:
    """Take a record and do nothing, for runs that keep none."""
