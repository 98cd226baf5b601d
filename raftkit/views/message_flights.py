"""The flights of the messages in a history: each message's sending, arrival and outcome.

Positions are those of records in `History.records`. A message is recognised by its identity,
because two equal heartbeats are two flights. A response to a client is recognised by its
fields, because the simulator makes it after the step. It does not draw anything.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from raftkit.protocol.effects import Reply
from raftkit.protocol.messages import ClientResponse
from raftkit.simulator.faults import Crash, MendDisk, SlowDisk, TornWrite
from raftkit.simulator.history import History
from raftkit.simulator.records import Acted, Lost, Released, Step

Outcome = Literal["arrived", "lost", "under way", "never left"]

# The reasons of `Lost` in words.
REASONS: Final = {
    "lost": "lost on the way",
    "cut": "lost: the link is cut",
    "dropped": "lost on request",
    "down": "lost: the receiver is down",
}


@dataclass(slots=True, eq=False)
class Flight:
    """One delivery of a message; a repeated message has several, of which all but one are a `copy`.

    `step` is the position of the step that sent it, `left` that of its departure (later only
    with a slow disk), `landed` that of its arrival, or of the record that says it was lost.
    """

    message: Any
    step: int
    left: int
    landed: int | None = None
    outcome: Outcome = "under way"
    reason: str = ""
    copy: bool = False

    @property
    def end(self) -> int | None:
        """The record at which it reaches its target, running or down; None if it never does."""
        return None if self.outcome == "lost" and self.reason != "down" else self.landed


def flights_of(history: History) -> list[Flight]:
    """Every flight of the history, in the order of sending."""
    finder = _Finder(set(history.processes))
    for position, record in enumerate(history.records):
        finder.take(position, record)
    return sorted(finder.flights, key=lambda flight: flight.step)


class _Finder:
    """Goes through the records once, and keeps the flights that have not ended."""

    def __init__(self, processes: set[str]) -> None:
        self.flights: list[Flight] = []
        self._processes = processes
        # Nothing is removed, because a copy may arrive long after its original. The flights keep
        # their messages alive, so each identity stays unique.
        self._flying: dict[object, list[Flight]] = defaultdict(list)
        self._slow: set[str] = set()
        self._waiting: dict[str, list[Flight]] = defaultdict(list)  # for a slow disk
        self._torn: set[str] = set()  # servers with a torn write to come
        self._last: Any = None

    def take(self, position: int, record: Any) -> None:
        """Read the next record: begin and end the flights that it concerns."""
        match record:
            case Step():
                self._land(record.event, position, "arrived")
                self._depart(record, position)
            case Lost():
                self._land(record.message, position, "lost", record.reason)
            case Released():
                for message in record.messages:
                    self._release(record.process, message, position)
            case Acted(_, SlowDisk(server, delay)):
                (self._slow.add if delay else self._slow.discard)(server)
            case Acted(_, TornWrite(server)):
                self._torn.add(server)
            case Acted(_, MendDisk(server)):
                self._slow.discard(server)
                self._torn.discard(server)
            case Acted(_, Crash(server)):
                self._crash(server)
        self._last = record

    def _depart(self, step: Step, position: int) -> None:
        """Begin the flights of a step's messages; they wait if the disk is slow."""
        effects = step.effects
        for message in effects.early_messages:
            self._start(message, position)
        for sent in (*effects.messages, *effects.replies):
            message = _as_answer(sent, step.process)
            flight = self._start(message, position)
            if flight is not None and self._waits(step):
                self._waiting[step.process].append(flight)

    def _start(self, message: Any, position: int) -> Flight | None:
        """Begin a flight; None if the target is no process of this history."""
        if message.target not in self._processes:
            return None
        flight = Flight(message, position, position)
        self.flights.append(flight)
        self._flying[_key(message)].append(flight)
        return flight

    def _waits(self, step: Step) -> bool:
        """Whether a step's messages wait: for its own slow write, or for earlier ones."""
        waiting = self._waiting[step.process]
        return bool(waiting) or (step.process in self._slow and bool(step.effects.writes))

    def _land(self, message: Any, position: int, outcome: Outcome, reason: str = "") -> None:
        """End the oldest flight of a message.

        If all of its flights have ended already, the network has repeated the message, and this is
        a copy.
        """
        known = self._flying.get(_key(message))
        if not known:
            return
        flight = next((flight for flight in known if flight.landed is None), None)
        if flight is None:
            first = known[0]
            flight = Flight(first.message, first.step, first.left, copy=True)
            known.append(flight)
            self.flights.append(flight)
        flight.message, flight.landed = message, position
        flight.outcome, flight.reason = outcome, reason
        waiting = self._waiting[message.source]
        if flight in waiting:  # It arrived, so it did not wait for the disk.
            waiting.remove(flight)

    def _release(self, process: str, message: Any, position: int) -> None:
        """Set the departure of a message whose write has ended (Figure 2: respond after saving)."""
        for flight in self._flying.get(_key(message), ()):
            if flight in self._waiting[process]:
                self._waiting[process].remove(flight)
                flight.left = position
                return

    def _crash(self, server: str) -> None:
        """End the flights that still waited for the disk, or were sent in a torn write."""
        _never_left(self._waiting.pop(server, ()))
        last = self._last
        wrote = isinstance(last, Step) and last.process == server and last.effects.writes
        if server in self._torn and wrote:
            held = {id(message) for message in last.effects.messages}
            _never_left(flight for flight in self.flights if id(flight.message) in held)
        self._torn.discard(server)


def _never_left(flights: Iterable[Flight]) -> None:
    """End flights of messages that a crash kept from being sent."""
    for flight in flights:
        flight.outcome, flight.reason = "never left", "never left: the sender crashed first"


def _as_answer(sent: Any, process: str) -> Any:
    """The response that the host makes from a `Reply`; other messages stay as they are."""
    if isinstance(sent, Reply):
        return ClientResponse(process, sent.client, sent.serial, True)
    return sent


def _key(message: Any) -> object:
    """The key by which a message is recognised on arrival.

    A response to a client has no lasting identity, because the host makes it from a `Reply`.
    """
    if isinstance(message, ClientResponse):
        return (message.source, message.target, message.serial)
    return id(message)
