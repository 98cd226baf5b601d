"""A run as a trace: all that its processes did, event by event, without the time between.

Each arrival and each timeout is an act of its own. A message is known by the event
that sent it, so it goes with it. What never happened needs no trace_run: a message
that was lost simply does not arrive. Tells nothing again; by_hand.py does.
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
    """Which message this is: the one that the event `sender` sent to `target`, of this `kind`.

    If it sent several of the kind, the one at `place`.
    """

    sender: int
    target: str
    kind: str
    place: int


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens; `number` tells it from all others, also when some are left out.

    `what` is an act of the simulator, or the origin of a message that arrives.
    """

    number: int
    what: Any


Trace = tuple[Event, ...]


def trace_of(history: History, with_clients: bool = False) -> Trace:
    """Everything that happened in a run, in order.

    Without clients, their commands are told as commands from outside.
    """
    processes = {*history.setup["servers"], *(history.setup["clients"] if with_clients else ())}
    writer = _Writer(with_clients)
    for record in history.records:
        if type(record) is Step and record.process in processes:
            writer.step(record)
        elif type(record) is Acted:
            writer.act(record)
    return tuple(Event(number, what) for number, what in enumerate(writer.told))


class _Writer:
    """Goes through a history and tells it by hand."""

    def __init__(self, with_clients: bool) -> None:
        self._acts_kept = (Crash, Restart, TornWrite, *((Ask,) if with_clients else ()))
        self.told: list[Any] = []
        self._origins: dict[int, Origin] = {}
        # Answers are put into words on their way out, so they are known by what they answer.
        self._answers: dict[tuple[Any, ...], list[Origin]] = defaultdict(list)
        self._sync_delay: dict[str, int] = defaultdict(int)
        # For each server, the instants when its latest writes will be durable, and which event
        # made each.
        self._unsynced: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def act(self, record: Acted) -> None:
        """What was done to servers; what was done to the network shows in what arrives."""
        action = record.action
        if isinstance(action, SlowDisk):
            self._sync_delay[action.server] = action.sync_delay
        elif isinstance(action, Crash):
            self._lose_writes(action.server, record.time)
        if isinstance(action, self._acts_kept):
            self.told.append(action)

    def step(self, step: Step) -> None:
        """A timer that ran out, a command, or a message that arrived."""
        event = step.event
        if isinstance(event, TimerFired):
            self.told.append(Timeout(step.process, event.timer))
        elif id(event) in self._origins:
            self.told.append(self._origins[id(event)])
        elif isinstance(event, ClientResponse):
            self._answered(event)
        elif isinstance(event, ClientRequest):
            self.told.append(Propose(event.command, step.process))
        self._sent(step)
        delay = self._sync_delay[step.process]
        if step.effects.writes and delay:
            self._unsynced[step.process].append((step.time + delay, len(self.told) - 1))

    def _sent(self, step: Step) -> None:
        """Remember who has sent which message; what a start sends comes of the restart before."""
        places: Counter[tuple[str, str]] = Counter()
        for message in (*step.effects.early_messages, *step.effects.messages):
            ends = (message.target, type(message).__name__)
            self._origins[id(message)] = Origin(len(self.told) - 1, *ends, places[ends])
            places[ends] += 1
        for reply in step.effects.replies:
            if isinstance(reply, Reply):
                answer = (step.process, reply.client, reply.serial, True)
            else:
                answer = (step.process, reply.target, reply.serial, reply.ok)
            ends = (answer[1], ClientResponse.__name__)
            self._answers[answer].append(Origin(len(self.told) - 1, *ends, places[ends]))
            places[ends] += 1

    def _answered(self, event: ClientResponse) -> None:
        """An answer arrives: of several alike the one that was given first, unless it is a copy."""
        origins = self._answers[event.source, event.target, event.serial, event.ok]
        if origins:
            self.told.append(origins.pop(0) if len(origins) > 1 else origins[0])

    def _lose_writes(self, server: str, now: int) -> None:
        """A crash before a slow disk is done: by hand, in the middle of the first lost write."""
        lost = [event for due, event in self._unsynced.pop(server, []) if due > now]
        if lost:
            self.told[lost[0]] = (TornWrite(server, 0), self.told[lost[0]])
