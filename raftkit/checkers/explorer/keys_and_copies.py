"""Keys and copies of servers: equal keys for equal states, and copies that can take a step.

A search must notice when a server comes back to a state, whatever class of server a student has
written; so it needs a key that is equal for equal states. To go on from a state twice, it needs a
copy that shares nothing that changes. This module knows no field of a server, except those of the
reference that can be left out of a key. The grading sends it to the process of a student's code.
"""

from collections import deque
from collections.abc import Callable, Hashable
from copy import deepcopy
from dataclasses import fields
from enum import Enum
from functools import cache, partial
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

# Name by name, because a student's process has only these modules, and neither rules nor a server.
from raftkit.protocol.effects import Effects
from raftkit.protocol.log import Entry, Log
from raftkit.protocol.record import RECORDS
from raftkit.protocol.roles import LEADER
from raftkit.protocol.rules import Rules
from raftkit.protocol.server import Server
from raftkit.protocol.timers import Settings

# Attributes of the reference that matter only if this rule has been replaced, because the
# reference's rule ignores them. None: no rule uses them. Answers to clients depend on `leader_id`,
# and a search does not follow those; `effects` are those of a step that is over.
IDLE: dict[str, str | None] = {
    "unanswered": "heartbeat_targets",
    "waiting_clients": "may_answer_client",
    "leader_id": None,
    "effects": None,
}
# The same for attributes that only leaders use, and this rule when a server becomes leader.
IDLE_UNLESS_LEADER = {"progress": "initial_progress", "sent_index": None}

_PLAIN = frozenset({int, str, bytes, type(None)})
_NEVER_CHANGES = (
    *(Settings, Entry, Log, Enum),
    *(FunctionType, BuiltinFunctionType, type, ModuleType),
)


NOT_REPEATED = (
    "what these servers did in the search they do not do again: a step may depend on nothing but "
    "the server's state and the event"
)


class NotSearchable(ValueError):
    """A server that cannot be searched, because it is no function of its state and the event.

    It keeps something that cannot be compared or copied, or does not repeat its answers; the
    message says which.
    """


# Keys ----------------------------------------------------------------------------------


def server_key(server: Any) -> Hashable:
    """Return a key for the state of a server: two servers with equal keys behave alike.

    A server that stands for one elsewhere has a method `search_key`, and `search_copy` for a copy.

    >>> from raftkit.protocol import Server
    >>> one, other = (Server("S1", ("S1", "S2", "S3")) for _ in range(2))
    >>> server_key(one) == server_key(other)
    True
    """
    if hasattr(type(server), "search_key"):
        key: Hashable = server.search_key()
        return key
    under_way = {id(server): 0}
    without = _idle(server) if type(server) is Server else ()
    try:
        return tuple(
            (name, value_key(value, under_way))
            for name, value in sorted(_attributes(server).items())
            if name not in without
        )
    except RecursionError:
        raise NotSearchable("a server that keeps lists in lists without end") from None


def _idle(server: Server) -> set[str]:
    """Return the attributes of a reference server that do not affect what it does."""
    changed = server.rules.changed()
    idle = {name for name, rule in IDLE.items() if rule not in changed}
    if server.standing.role != LEADER:
        idle |= {name for name, rule in IDLE_UNLESS_LEADER.items() if rule not in changed}
    return idle


def value_key(value: Any, under_way: dict[int, int] | None = None) -> Hashable:
    """Return a hashable key for `value`, equal for equal values and only for those.

    The order of a dictionary counts, because a server may depend on it; that of a set does not.
    `under_way` holds the objects that enclose `value`, so that objects may refer to each other.
    Raises `NotSearchable` for something that has no value, such as a generator.

    >>> value_key({"S2": [1, 2]}) == value_key({"S2": [1, 2]}), value_key(1) == value_key(True)
    (True, False)
    """
    kind = type(value)
    if kind in _PLAIN:
        return value  # type: ignore[no-any-return]
    if kind is bool or kind is float:
        return (kind.__name__, value)  # In Python 1 == 1.0 == True.
    if under_way is None:
        under_way = {}
    if id(value) in under_way:
        return ("again", under_way[id(value)])
    under_way[id(value)] = len(under_way)
    try:
        return _key(value, kind, under_way)
    finally:
        del under_way[id(value)]


def _key(value: Any, kind: type, under_way: dict[int, int]) -> Hashable:
    """Return the key of a value that has parts."""

    def parts(items: Any) -> tuple[Hashable, ...]:
        return tuple([value_key(item, under_way) for item in items])

    if RECORDS.get(kind.__name__) is kind:
        return (kind, *parts([getattr(value, name) for name in _names_of_fields(kind)]))
    if kind is Log:
        return (kind, *parts(value.entries()))
    if isinstance(value, tuple | list | deque):
        return (kind, *parts(value))
    if isinstance(value, dict):
        return (kind, *parts(value), *parts(value.values()))
    if isinstance(value, set | frozenset):
        return (kind, frozenset(parts(value)))
    if isinstance(value, Effects):
        return (kind,)  # The effects of a step that is over are not part of the state.
    if isinstance(value, FunctionType):
        return _function_key(value, parts)
    if isinstance(value, MethodType):
        return (kind, id(value.__func__), *parts([value.__self__]))
    if isinstance(value, partial):
        return (kind, *parts([value.func, value.args, value.keywords]))
    if kind is Rules:  # Two bundles are equal if they hold the same functions.
        return (kind, *[id(getattr(value, name)) for name in _names_of_fields(kind)])
    if isinstance(value, _NEVER_CHANGES):
        return ("the", id(value))
    return _object_key(value, kind, parts)


@cache
def _names_of_fields(kind: Any) -> tuple[str, ...]:
    """The names of the fields of a dataclass."""
    return tuple(field.name for field in fields(kind))


def _function_key(value: FunctionType, parts: Callable[[Any], tuple[Hashable, ...]]) -> Hashable:
    """Return the key of a function: its code and the variables that it captures."""
    if value.__closure__ is None and not value.__defaults__:
        return ("the", id(value.__code__))
    caught = [cell.cell_contents for cell in value.__closure__ or ()]
    return ("the", id(value.__code__), *parts([*caught, value.__defaults__]))


def _object_key(value: Any, kind: type, parts: Callable[[Any], tuple[Hashable, ...]]) -> Hashable:
    """Return the key of any other object: its class, and its attributes or pickled parts."""
    attributes = _attributes(value)
    if attributes:
        return (kind, *attributes, *parts(attributes.values()))
    try:
        reduced = value.__reduce_ex__(4)
    except Exception:
        raise NotSearchable(
            f"a server that keeps a {kind.__name__} cannot be searched: keep plain values instead"
        ) from None
    if isinstance(reduced, str):
        return ("the", id(value))
    return (kind, *parts(reduced[1:3]), *parts([[*part] for part in reduced[3:5] if part]))


def _attributes(value: Any) -> dict[str, Any]:
    """Return what an object holds, in its dictionary and in its slots."""
    found = dict(getattr(value, "__dict__", {}))
    for kind in type(value).__mro__:
        slots = getattr(kind, "__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(value, name):
                found[name] = getattr(value, name)
    return found


# Copying a server ------------------------------------------------------------------------


def clone_server(server: Any) -> Any:
    """Return a server in the same state, which can take a step without changing the first.

    The two share rules, settings, logs and log entries, which are values.
    """
    if hasattr(type(server), "search_copy"):
        return server.search_copy()
    copy = object.__new__(type(server))
    copies: dict[int, Any] = {id(server): copy}
    kept = getattr(server, "__dict__", None)
    if kept is None or len(_attributes(server)) != len(kept):
        return deepcopy(server)  # A class with slots, which is rare.
    copy.__dict__.update({name: _clone(value, copies) for name, value in kept.items()})
    return copy


def _clone(value: Any, copies: dict[int, Any]) -> Any:
    """Return a copy of `value`; `copies` keeps what was one object one object."""
    kind = type(value)
    if kind in _PLAIN or kind is bool or kind is float or kind is Rules:
        return value
    if isinstance(value, _NEVER_CHANGES):
        return value
    if id(value) in copies:
        return copies[id(value)]
    copy: Any
    if kind is tuple:
        copy = tuple([_clone(item, copies) for item in value])
    elif kind is dict:
        # Noted before it is filled, because a container may hold itself.
        copy = copies[id(value)] = {}
        for key, item in value.items():
            copy[key] = _clone(item, copies)
    elif kind is list:
        copy = copies[id(value)] = []
        copy.extend([_clone(item, copies) for item in value])
    elif RECORDS.get(kind.__name__) is kind:
        copy = object.__new__(kind)
        for name in kind.__slots__:
            setattr(copy, name, _clone(getattr(value, name), copies))
    elif kind is Effects:
        copy = value
    else:
        copy = deepcopy(value, copies)
    copies[id(value)] = copy
    return copy
