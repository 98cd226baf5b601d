"""Follows the messages in flight, record by record: when each was sent, arrived, or was lost.

It is like views/message_flights.py, but for a history that grows: a flight that has ended is
dropped, so that following a long run takes no more memory than a short one. A message is
recognised by its identity, because two equal heartbeats are two flights.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from raftkit.protocol.effects import Reply
from raftkit.protocol.messages import ClientResponse
from raftkit.simulator.by_hand import ByHand, Deliver, HandsOff
from raftkit.simulator.faults import Crash, MendDisk, SlowDisk, TornWrite
from raftkit.simulator.records import Acted, Lost, Released, Step


@dataclass(slots=True, eq=False)
class MessageInFlight:
    """One delivery of a message; times are in microseconds, `landed` is None while under way.

    `outcome` is "under way", "arrived", "lost", "cut", "dropped", "down" or "never left". `via`
    names the servers that forward it, once they are known. `held` is the time since when it waits
    to be delivered by hand, None if it does not wait.
    """

    id: int
    message: Any
    left: int
    landed: int | None = None
    outcome: str = "under way"
    via: tuple[str, ...] | None = None
    held: int | None = None


class MessagesInFlight:
    """Takes the records of a history in order; answers with the flights that each one changed."""

    def __init__(self, processes: tuple[str, ...]) -> None:
        self._processes = frozenset(processes)
        self._count = 0
        self._flying: dict[object, list[MessageInFlight]] = {}
        self._slow: set[str] = set()
        self._torn: set[str] = set()
        self._waiting: dict[str, list[MessageInFlight]] = defaultdict(list)  # for a slow disk
        self._by_hand = False
        self._copies = False  # whether the next message to arrive is a copy, made by hand
        self._last: Any = None

    @property
    def flying(self) -> list[MessageInFlight]:
        """The messages on their way now, without those that wait for a slow disk."""
        waiting = {flight.id for flights in self._waiting.values() for flight in flights}
        return [
            flight
            for flights in self._flying.values()
            for flight in flights
            if flight.id not in waiting
        ]

    def take(self, record: Any, records: Sequence[Any], place: int) -> list[MessageInFlight]:
        """Read the next record, at this place of all; returns the flights that it changes."""
        changed: list[MessageInFlight] = []
        match record:
            case Step():
                changed = self._step(record, records, place)
            case Lost(time, message, reason):
                changed += self._land(message, time, reason, records, place)
            case Released(time, process, messages):
                changed += self._release(process, messages, time)
            case Acted(time, action):
                changed += self._act(time, action)
        self._last = record
        return changed

    def _step(self, step: Step, records: Sequence[Any], place: int) -> list[MessageInFlight]:
        """End the flight of a step's event, and begin those of its messages."""
        time, process, effects = step.time, step.process, step.effects
        changed = self._land(step.event, time, "arrived", records, place)
        waits = bool(self._waiting.get(process)) or (process in self._slow and bool(effects.writes))
        for message in effects.early_messages:
            changed += self._leave(message, process, time, waits=False)
        for message in effects.messages:
            changed += self._leave(message, process, time, waits)
        for reply in effects.replies:
            changed += self._leave(_answer(reply, process), process, time, waits)
        return changed

    def _leave(self, message: Any, process: str, time: int, waits: bool) -> list[MessageInFlight]:
        """Begin the flight of a message; [] if it waits for the disk or goes to no process here."""
        if message.target not in self._processes:
            return []
        self._count += 1
        flight = MessageInFlight(self._count, message, time, held=time if self._by_hand else None)
        self._flying.setdefault(_key(message), []).append(flight)
        if waits:
            self._waiting[process].append(flight)
            return []
        return [flight]

    def _land(
        self, message: Any, time: int, outcome: str, records: Sequence[Any], place: int
    ) -> list[MessageInFlight]:
        """End the oldest flight of a message, or that of a copy made by the network or by hand."""
        key = _key(message)
        flights = self._flying.get(key)
        copies, self._copies = self._copies, False
        if flights and copies:
            self._count += 1
            flight = MessageInFlight(self._count, message, flights[0].left, held=flights[0].held)
        elif flights:
            flight = flights.pop(0)
            if not flights:
                del self._flying[key]
        elif getattr(message, "source", None) not in self._processes:
            return []  # It is no message, or comes from outside.
        else:
            # The network delivers it again. That is rare, so nobody remembers when it was sent.
            left = _sent_at(key, records, place)
            if left is None:
                return []
            self._count += 1
            flight = MessageInFlight(self._count, message, left)
        flight.landed, flight.outcome = time, outcome
        waiting = self._waiting.get(flight.message.source)
        if waiting and flight in waiting:  # It arrived, so it did not wait for the disk.
            waiting.remove(flight)
        return [flight]

    def _release(self, process: str, messages: tuple[Any, ...], time: int) -> list[MessageInFlight]:
        """Begin the flights of messages that waited for the disk."""
        keys = {_key(message) for message in messages}
        waiting = self._waiting[process]
        left = [flight for flight in waiting if _key(flight.message) in keys]
        for flight in left:
            waiting.remove(flight)
            flight.left = time
        return left

    def _act(self, time: int, action: Any) -> list[MessageInFlight]:
        """Follow an action that concerns disks, a crash, or messages that are held."""
        match action:
            case ByHand():
                return self._hold(time)
            case HandsOff():
                self._by_hand = False
            case Deliver(again=True):
                self._copies = True
            case SlowDisk(server, delay):
                (self._slow.add if delay else self._slow.discard)(server)
            case TornWrite(server):
                self._torn.add(server)
            case MendDisk(server):
                self._slow.discard(server)
                self._torn.discard(server)
            case Crash(server):
                return self._crash(server, time)
        return []

    def _hold(self, time: int) -> list[MessageInFlight]:
        """Mark all messages on their way as held from now on."""
        self._by_hand = True
        held = [flight for flight in self.flying if flight.held is None]
        for flight in held:
            flight.held = time
        return held

    def _crash(self, server: str, time: int) -> list[MessageInFlight]:
        """End the flights that waited for the disk, or were sent in a torn write."""
        gone = self._waiting.pop(server, [])
        last = self._last
        if server in self._torn and isinstance(last, Step) and last.process == server:
            held = (
                {_key(message) for message in last.effects.messages}
                if last.effects.writes
                else set()
            )
            gone = gone + [flight for key in held for flight in self._flying.get(key, [])]
        self._torn.discard(server)
        for flight in gone:
            self._flying.pop(_key(flight.message), None)
            flight.landed, flight.outcome = time, "never left"
        return gone


def _key(message: Any) -> object:
    """The key by which a message is recognised; the host makes responses to clients anew."""
    if isinstance(message, ClientResponse):
        return (message.source, message.target, message.serial)
    return id(message)


def _answer(reply: Any, process: str) -> Any:
    """A reply of a step as the message that the host makes of it."""
    if isinstance(reply, Reply):
        return ClientResponse(process, reply.client, reply.serial, True)
    return reply


def _sent_at(key: object, records: Sequence[Any], before: int) -> int | None:
    """When a message was last sent, according to the records before a place; None if never."""
    for place in range(before - 1, -1, -1):
        record = records[place]
        if any(_key(message) == key for message in _sent_by(record)):
            time: int = record.time
            return time
    return None


def _sent_by(record: Any) -> tuple[Any, ...]:
    """The messages that leave with a record."""
    match record:
        case Step(_, process, _, effects):
            answers = (_answer(reply, process) for reply in effects.replies)
            return (*effects.early_messages, *effects.messages, *answers)
        case Released(_, _, messages):
            return tuple(messages)
    return ()
