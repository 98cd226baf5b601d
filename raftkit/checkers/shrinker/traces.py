"""A run as a trace: the events of its processes in order, without the time between them.

Each arrival and each timeout is an event of its own. A message is known by the event that sent it,
so that it is left out with that event. A lost message needs no event: it does not arrive. This
module runs no trace; shrink_by_hand.py does.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from raftkit.protocol import ClientRequest, ClientResponse, Reply, TimerFired
from raftkit.simulator import (
    Acted,
    Ask,
    Crash,
    History,
    Propose,
    Restart,
    SlowDisk,
    Step,
    Timeout,
    TornWrite,
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Identifies a message: the event numbered `sender` sent it to `target`; `kind` is its type.

    If that event sent several such messages, it is the one at `place` among them.
    """

    sender: int
    target: str
    kind: str
    place: int


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens; `number` identifies it, also when other events are left out.

    `what` is an action of the simulator, or the origin of a message that arrives.
    """

    number: int
    what: Any


Trace = tuple[Event, ...]


def trace_of(history: History, with_clients: bool = False) -> Trace:
    """Return all events of a run, in order.

    Without clients, their commands become commands from outside.
    """
    processes = {*history.setup["servers"], *(history.setup["clients"] if with_clients else ())}
    writer = _Writer(with_clients)
    for record in history.records:
        if type(record) is Step and record.process in processes:
            writer.step(record)
        elif type(record) is Acted:
            writer.act(record)
    return tuple(Event(number, what) for number, what in enumerate(writer.happened))


class _Writer:
    """Goes through a history and collects its events."""

    def __init__(self, with_clients: bool) -> None:
        self._actions_kept = (Crash, Restart, TornWrite, *((Ask,) if with_clients else ()))
        self.happened: list[Any] = []
        self._origins: dict[int, Origin] = {}
        # A client's message is not the object that the server returned, so its fields identify it.
        self._answers: dict[tuple[Any, ...], list[Origin]] = defaultdict(list)
        self._sync_delay: dict[str, int] = defaultdict(int)
        # For each server, the instant at which each of its latest writes becomes durable, and the
        # event that wrote it.
        self._unsynced: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def act(self, record: Acted) -> None:
        """Note an action on servers; an action on the network shows in the messages that arrive."""
        action = record.action
        if isinstance(action, SlowDisk):
            self._sync_delay[action.server] = action.sync_delay
        elif isinstance(action, Crash):
            self._lose_writes(action.server, record.time)
        if isinstance(action, self._actions_kept):
            self.happened.append(action)

    def step(self, step: Step) -> None:
        """Note a timer that ran out, a command, or a message that arrived."""
        event = step.event
        if isinstance(event, TimerFired):
            self.happened.append(Timeout(step.process, event.timer))
        elif id(event) in self._origins:
            self.happened.append(self._origins[id(event)])
        elif isinstance(event, ClientResponse):
            self._answered(event)
        elif isinstance(event, ClientRequest):
            self.happened.append(Propose(event.command, step.process))
        self._sent(step)
        delay = self._sync_delay[step.process]
        if step.effects.writes and delay:
            self._unsynced[step.process].append((step.time + delay, len(self.happened) - 1))

    def _sent(self, step: Step) -> None:
        """Note the origin of each message; the restart before a start sent its messages."""
        places: Counter[tuple[str, str]] = Counter()
        for message in (*step.effects.early_messages, *step.effects.messages):
            ends = (message.target, type(message).__name__)
            self._origins[id(message)] = Origin(len(self.happened) - 1, *ends, places[ends])
            places[ends] += 1
        for reply in step.effects.replies:
            if isinstance(reply, Reply):
                answer = (step.process, reply.client, reply.serial, True)
            else:
                answer = (step.process, reply.target, reply.serial, reply.ok)
            ends = (answer[1], ClientResponse.__name__)
            self._answers[answer].append(Origin(len(self.happened) - 1, *ends, places[ends]))
            places[ends] += 1

    def _answered(self, event: ClientResponse) -> None:
        """Note an answer that arrives: of equal ones the first, unless it is a copy."""
        origins = self._answers[event.source, event.target, event.serial, event.ok]
        if origins:
            self.happened.append(origins.pop(0) if len(origins) > 1 else origins[0])

    def _lose_writes(self, server: str, now: int) -> None:
        """Turn a crash during a slow write into a crash in the middle of the first lost write."""
        lost = [event for due, event in self._unsynced.pop(server, []) if due > now]
        if lost:
            self.happened[lost[0]] = (TornWrite(server, 0), self.happened[lost[0]])
