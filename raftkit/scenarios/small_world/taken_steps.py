"""`TakenStep`: what a server under test did at one event of its story.

A server may send messages to itself. They come back as events before anything else happens, so a
step is a few calls: each has its own effects, and the state is that after the last.
"""

import pickle
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from raftkit.protocol import Effects, Persistent, ServerState, Settings
from raftkit.scenarios.small_world.events import RESTART, Happening
from raftkit.scenarios.small_world.stories import START
from raftkit.simulator.raft_system import MakeServer

T = TypeVar("T")

MOST_CALLS = 10  # within one step: nobody sends itself so many messages


class TakenStep:
    """The effects of each call of a step, what they come to together, and the state after them.

    `messages` are those to others, early or not; `applied` are pairs of an index and an entry.
    """

    __slots__ = ("applied", "calls", "messages", "replies", "state", "writes")

    def __init__(self, calls: tuple[Effects, ...], state: ServerState, id: str) -> None:
        self.calls, self.state = calls, state
        self.messages: tuple[Any, ...] = ()
        self.replies: tuple[Any, ...] = ()
        self.applied: tuple[Any, ...] = ()
        self.writes: tuple[Persistent, ...] = ()
        for call in calls:
            sent = (*call.early_messages, *call.messages)
            self.messages += tuple([message for message in sent if message.target != id])
            self.replies += tuple(call.replies)
            self.applied += tuple([tuple(pair) for pair in call.applied])
            self.writes += tuple(call.writes)

    def timer(self, name: str) -> str:
        """What happened to a timer in the end: "restart", "stop" or "keep"."""
        found = "keep"
        for call in self.calls:
            for timer, change in call.timers:
                found = change if timer == name else found
        return found

    def sent(self, kind: type[T]) -> tuple[T, ...]:
        """The messages of a kind."""
        return tuple([message for message in self.messages if type(message) is kind])


@dataclass(frozen=True, eq=False)
class Turn:
    """An event of a life. `disk` is what a start or a restart begins from, else None."""

    event: Happening
    disk: Persistent | None

    @cached_property
    def packed(self) -> bytes:
        """The event and the disk, for copies."""
        return pickle.dumps((self.event, self.disk), pickle.HIGHEST_PROTOCOL)


@dataclass(frozen=True)
class Life:
    """What one server is to live through: its name, all names, its settings, and its turns.

    The first turn is the start.
    """

    id: str
    servers: tuple[str, ...]
    settings: Settings
    turns: tuple[Turn, ...]


@dataclass
class Lived:
    """The steps that a server took, and the error that ended them early, if one did."""

    steps: list[TakenStep]
    error: Exception | None = None


def live(make_server: MakeServer, life: Life, lived: Lived) -> None:
    """Let a server live, and note its steps in `lived`. Raises what the server raises."""
    server: Any = None
    build: Any = make_server  # Whoever is asked brings its own rules.
    for turn in life.turns:
        # A server may change what it is handed, so it is handed copies. Each event is a copy by
        # itself, as messages are: nothing in it is the very entry that is in a log.
        event, disk = pickle.loads(turn.packed)
        if event in (START, RESTART):
            server = build(life.id, life.servers, None, copy(life.settings), disk)
            calls = [server.start()]
        else:
            calls = _calls(server, event)
        lived.steps.append(TakenStep(tuple(calls), server.observe(), life.id))


def lives_of(make_server: MakeServer, lives: Iterable[Life]) -> Iterator[Lived]:
    """Let servers of a class in this process live; whatever they raise ends one life."""
    for life in lives:
        lived = Lived([])
        try:
            live(make_server, life, lived)
        except Exception as error:  # of the server under test
            lived.error = error
        yield lived


def _calls(server: Any, event: Any) -> list[Effects]:
    """The effects of an event, and of each message of the server to itself."""
    calls: list[Effects] = []
    waiting = [event]
    while waiting and len(calls) < MOST_CALLS:
        effects = server.handle(waiting.pop(0))
        calls.append(effects)
        waiting += [
            message
            for message in (*effects.early_messages, *effects.messages)
            if message.target == message.source
        ]
    return calls
