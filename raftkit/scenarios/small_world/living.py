"""`Living`: lets servers of a class live on, each from where another of them stood.

Stories of a lone server begin alike, so a server that stands where others go on from is kept, and
each goes on as a copy of it. One that keeps what cannot be copied by its value lives all of its
story again. The grading sends this module to the process of a student's code.
"""

import io
import pickle
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Hashable
from copy import copy
from dataclasses import dataclass
from enum import Enum
from functools import partial
from random import Random
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

# Name by name, because a student's process has only these modules.
from raftkit.protocol.effects import Effects
from raftkit.protocol.log import Log
from raftkit.protocol.record import RECORDS
from raftkit.protocol.rules import Rules

START, RESTART = "start", "restart"

MOST_CALLS = 10  # within one step: nobody sends itself so many messages

# Builds a server from its name, all names, the settings, and what its disk holds.
Build = Callable[[Any, Any, Any, Any], Any]


@dataclass
class _Place:
    """Where a server stands: itself, if it could be kept, and the turns that led there."""

    server: "_KeptServer | None"
    turns: tuple[bytes, ...]


class Living:
    """Servers of one class. Where others go on from is known by any key that the caller chooses."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._places: dict[Hashable, _Place] = {}

    def knows(self, place: Hashable) -> bool:
        """Whether a server stood there, from which another can go on."""
        return place in self._places

    def live_on(
        self, before: Hashable, begin: tuple[Any, Any, Any], event: Any, disk: Any, keep: Hashable
    ) -> tuple[list[Any], Any]:
        """What the calls of one event returned, and the state after it.

        The server stands at the place `before`; None is nowhere yet. `begin` is its name, all
        names, and the settings; events "start" and "restart" build it from them and `disk`. Where
        it stands then is kept as `keep`, unless that is None. Raises what the server raises, and
        KeyError for a place where nobody stood.
        """
        turns = self._places[before].turns if before is not None else ()
        # Packed before it is handed over, because a server may change what it is handed.
        packed = _packed(event, disk) if keep is not None else b""
        server, calls = self._turn(self._standing(before, begin), begin, event, disk)
        state = server.observe()
        if keep is not None:
            self._places[keep] = _Place(_KeptServer.of(server), (*turns, packed))
        return calls, state

    def _standing(self, place: Hashable, begin: tuple[Any, Any, Any]) -> Any:
        """A server that stands at a place."""
        if place is None:
            return None
        kept = self._places[place]
        if kept.server is not None:
            return kept.server.copy()
        server: Any = None
        for turn in kept.turns:
            server, _ = self._turn(server, begin, *pickle.loads(turn))
            server.observe()
        return server

    def _turn(
        self, server: Any, begin: tuple[Any, Any, Any], event: Any, disk: Any
    ) -> tuple[Any, list[Any]]:
        """The server after an event, and what its calls returned."""
        if event not in (START, RESTART):
            return server, _calls(server, event)
        id, servers, settings = begin
        server = self._build(id, servers, copy(settings), disk)
        return server, [server.start()]


def _packed(event: Any, disk: Any) -> bytes:
    """A turn, for copies."""
    return pickle.dumps((event, disk), pickle.HIGHEST_PROTOCOL)


def _calls(server: Any, event: Any) -> list[Any]:
    """What `handle` returned for an event, and for each message of the server to itself."""
    calls: list[Any] = []
    waiting = [event]
    while waiting and len(calls) < MOST_CALLS:
        effects = server.handle(waiting.pop(0))
        calls.append(effects)
        if type(effects) is Effects:
            sent = (*effects.early_messages, *effects.messages)
            waiting += [message for message in sent if message.target == message.source]
    return calls


# Keeping a server --------------------------------------------------------------------------

_PLAIN = (int, bool, float, bytes, type(None))
_CONTAINERS = (tuple, list, dict, set, frozenset, deque, defaultdict, OrderedDict, Counter)
_BY_VALUE = frozenset({*_PLAIN, *_CONTAINERS, MethodType, partial, Random, Log, Effects})
# What is not copied: texts, which are compared with `is` at times, and what never changes.
_THE_SAME = (str, type, BuiltinFunctionType, ModuleType, Enum, Rules)
# A class that says itself how it is made, read or copied would run code of its own. So would one
# that says how it is hashed.
_OWN_WAYS = (
    *("__new__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__"),
    *("__getnewargs__", "__getnewargs_ex__", "__getattr__", "__getattribute__", "__setattr__"),
    *("__copy__", "__deepcopy__", "__hash__"),
)


class _KeptServer:
    """A server as it was when it was kept."""

    def __init__(self, packed: bytes, same: list[Any]) -> None:
        self._packed, self._same = packed, same

    @classmethod
    def of(cls, server: Any) -> "_KeptServer | None":
        """The server as it is now; None if it holds anything that is not copied by its value."""
        packed = io.BytesIO()
        packer = _Packer(packed)
        try:
            packer.dump(server)
        except Exception:  # whatever cannot be packed, such as a lock
            return None
        return cls(packed.getvalue(), packer.same)

    def copy(self) -> Any:
        """A server that goes on from there."""
        return _Unpacker(self._packed, self._same).load()


class _Packer(pickle.Pickler):
    """Packs a server by its value, and keeps beside it what stays the same in each copy."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self.same: list[Any] = []
        self._places: dict[int, int] = {}

    def persistent_id(self, value: Any) -> int | None:
        """The place of a value among those that stay the same; None if it is to be packed."""
        kind = type(value)
        if kind in _BY_VALUE:
            return None
        if isinstance(value, _THE_SAME) or _catches_nothing(value):
            place = self._places.setdefault(id(value), len(self.same))
            if place == len(self.same):
                self.same.append(value)
            return place
        if RECORDS.get(kind.__name__) is kind or _is_ordinary(kind):
            return None
        raise pickle.PicklingError(f"a {kind.__name__} is not copied by its value")


def _catches_nothing(value: Any) -> bool:
    """Whether it is a function whose answers depend on its arguments alone."""
    return isinstance(value, FunctionType) and not (value.__closure__ or value.__defaults__)


def _is_ordinary(kind: type) -> bool:
    """Whether objects of a class are their attributes, and nothing else."""
    bases = kind.__mro__[:-1]
    return bool(bases) and not any(vars(base).get(way) for base in bases for way in _OWN_WAYS)


class _Unpacker(pickle.Unpickler):
    """Makes a copy of a packed server."""

    def __init__(self, packed: bytes, same: list[Any]) -> None:
        super().__init__(io.BytesIO(packed))
        self.persistent_load = same.__getitem__  # type: ignore[method-assign]
