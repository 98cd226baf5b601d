"""Messages in the air, followed record by record: when each left, landed, or was lost.

Like `views.flights`, but for a history that grows: what has landed leaves this
place, so that following a run for half an hour takes no more memory than for a minute.
It knows which message is which by identity, because two equal heartbeats are two flights.
"""

from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from raftkit.protocol.effects import Reply
from raftkit.protocol.messages import ClientResponse
from raftkit.simulator.by_hand import ByHand, Deliver, HandsOff
from raftkit.simulator.faults import Crash, MendDisk, SlowDisk, TornWrite
from raftkit.simulator.records import Acted, Lost, Released, Step


@dataclass(slots=True, eq=False)
class MessageInFlight:
    """One journey of a message; times in microseconds, `landed` None while it is under way.

    `fate` is "under way", "arrived", "lost", "cut", "dropped", "down" or "never left"; `via` names
    who passes it on, once that is known. `held` is since when it waits to be delivered by hand,
    None if it does not.
    """

    id: int
    message: Any
    left: int
    landed: int | None = None
    fate: str = "under way"
    via: tuple[str, ...] | None = None
    held: int | None = None


class MessagesInFlight:
    """Takes the records of a history in order; answers with the flights that each one changed."""

    def __init__(self, processes: tuple[str, ...]) -> None:
        self._processes = frozenset(processes)
        self._count = 0
        self._flying: dict[object, list[MessageInFlight]] = {}
        # When a message that has landed had left, in case the network delivers it once more.
        self._landed: dict[object, int] = {}
        self._slow: set[str] = set()
        self._torn: set[str] = set()
        self._waiting: dict[str, list[MessageInFlight]] = defaultdict(list)  # for a slow disk
        self._by_hand = False
        self._copies = False  # whether the next message to arrive is a copy, made by hand
        self._last: Any = None

    def __deepcopy__(self, memo: dict[int, Any]) -> "MessagesInFlight":
        """Another airspace, which goes on from here.

        Both go on remembering in one place what has landed: it grows with the run, and no message
        that one of them alone sees has anything to do with the other.
        """
        memo[id(self._landed)] = self._landed
        twin = memo[id(self)] = object.__new__(type(self))
        twin.__dict__.update(deepcopy(self.__dict__, memo))
        return twin

    @property
    def flying(self) -> list[MessageInFlight]:
        """What is in the air now; what waits for a slow disk is not."""
        waiting = {flight.id for flights in self._waiting.values() for flight in flights}
        return [
            flight
            for flights in self._flying.values()
            for flight in flights
            if flight.id not in waiting
        ]

    def take(self, record: Any) -> list[MessageInFlight]:
        """Learn from the next record; the flights that begin or end with it."""
        changed: list[MessageInFlight] = []
        match record:
            case Step(time, process, event, effects):
                changed += self._land(event, time, "arrived")
                waits = bool(self._waiting[process]) or (
                    process in self._slow and bool(effects.writes)
                )
                for message in effects.early_messages:
                    changed += self._leave(message, process, time, waits=False)
                for message in (*effects.messages, *effects.replies):
                    changed += self._leave(message, process, time, waits)
            case Lost(time, message, reason):
                changed += self._land(message, time, reason)
            case Released(time, process, messages):
                changed += self._release(process, messages, time)
            case Acted(time, action):
                changed += self._act(time, action)
        self._last = record
        return changed

    def _leave(self, message: Any, process: str, time: int, waits: bool) -> list[MessageInFlight]:
        """A message leaves, unless the disk holds it up; one to nobody in sight has no flight."""
        if isinstance(message, Reply):
            message = ClientResponse(process, message.client, message.serial, True)
        if message.target not in self._processes:
            return []
        self._count += 1
        flight = MessageInFlight(self._count, message, time, held=time if self._by_hand else None)
        self._flying.setdefault(_key(message), []).append(flight)
        if waits:
            self._waiting[process].append(flight)
            return []
        return [flight]

    def _land(self, message: Any, time: int, fate: str) -> list[MessageInFlight]:
        """End the oldest flight of this message, or that of a copy nobody knew of."""
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
        elif key in self._landed:
            self._count += 1
            flight = MessageInFlight(self._count, message, self._landed[key])
        else:
            return []
        self._landed[key] = flight.left
        flight.landed, flight.fate = time, fate
        waiting = self._waiting[flight.message.source]
        if flight in waiting:  # The disk turned out to be free: it left with its step.
            waiting.remove(flight)
        return [flight]

    def _release(self, process: str, messages: tuple[Any, ...], time: int) -> list[MessageInFlight]:
        """What waited for the disk leaves now."""
        keys = {_key(message) for message in messages}
        waiting = self._waiting[process]
        left = [flight for flight in waiting if _key(flight.message) in keys]
        for flight in left:
            waiting.remove(flight)
            flight.left = time
        return left

    def _act(self, time: int, action: Any) -> list[MessageInFlight]:
        """Disks become slow or whole, a crash forgets what had not left, hands hold messages."""
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
        """From now on whatever is in the air waits for somebody."""
        self._by_hand = True
        held = [flight for flight in self.flying if flight.held is None]
        for flight in held:
            flight.held = time
        return held

    def _crash(self, server: str, time: int) -> list[MessageInFlight]:
        """What waited never leaves, nor what a torn write held back in the step just taken."""
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
            flight.landed, flight.fate = time, "never left"
        return gone


def _key(message: Any) -> object:
    """By what a message is known again: an answer to a client is made anew by the host."""
    if isinstance(message, ClientResponse):
        return (message.source, message.target, message.serial)
    return id(message)
