"""`TakenStep`: what a server under test did at one event of its story.

A server may send messages to itself. They come back as events before anything else happens, so a
step is a few calls: each has its own effects, and the state is that after the last.
"""

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from raftkit.protocol import Effects, Persistent, ServerState, Settings
from raftkit.scenarios.small_world.events import Happening
from raftkit.scenarios.small_world.living import Living
from raftkit.simulator.raft_system import MakeServer

T = TypeVar("T")


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


@dataclass(frozen=True, eq=False)
class Life:
    """What one server is to live through: the life `before`, and then one turn.

    `begin` is its name, all names, and its settings. The first turn is the start. `goes_on` says
    that others follow it.
    """

    before: "Life | None"
    begin: tuple[str, tuple[str, ...], Settings]
    turn: Turn
    goes_on: bool = False

    @property
    def id(self) -> str:
        """The server's name."""
        return self.begin[0]


@dataclass
class Lived:
    """The last step of a life, or else the error in it; neither if the life before had one."""

    step: TakenStep | None = None
    error: Exception | None = None


def lives_of(make_server: MakeServer, lives: Iterable[Life]) -> Iterator[Lived]:
    """Let servers of a class in this process live; what one raises ends its life.

    Each life comes after those that it begins with.
    """
    build: Any = make_server  # Whoever is asked brings its own rules.
    living = Living(lambda id, servers, settings, disk: build(id, servers, None, settings, disk))
    for life in lives:
        if life.before is not None and not living.knows(life.before):
            yield Lived()
            continue
        # A server may change what it is handed, so it is handed copies. Each event is a copy by
        # itself, as messages are: nothing in it is the very entry that is in a log.
        event, disk = pickle.loads(life.turn.packed)
        keep = life if life.goes_on else None
        try:
            calls, state = living.live_on(life.before, life.begin, event, disk, keep)
        except Exception as error:  # of the server under test
            yield Lived(error=error)
        else:
            yield Lived(TakenStep(tuple(calls), state, life.id))
