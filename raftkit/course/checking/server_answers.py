"""Whether what a student's server returned can be effects, a state, or a duration at all.

The counterpart of answers.py for whole servers: a slip of Python is told as what it is,
before any rule of Raft is held against it. It judges form only, never rightness.
"""

from collections.abc import Callable
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from raftkit.course.errors import StudentError
from raftkit.protocol import (
    ClientResponse,
    Effects,
    Entry,
    Log,
    Message,
    Persistent,
    Progress,
    Reply,
    ServerState,
    Tally,
)
from raftkit.protocol.effects import TimerChange

_SHOWN = 80
_MOST = 10_000  # of anything in one step
_LONGEST = 10**12  # microseconds; some days
_CHANGES = get_args(TimerChange)


def read_effects(result: Any, method: str) -> Effects:
    """`result` of `method` if it is `Effects` through and through. Raises `StudentError`.

    >>> read_effects(None, "handle")
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: handle returned None, and Effects were expected: \
does every path end in a return?
    >>> read_effects(Effects(replies=(Reply("C1", "1", 3),)), "handle")
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: handle returned Reply(client='C1', serial='1', index=3) \
among its replies: its serial is '1'.
    >>> read_effects(Effects(timers=("election", "restart")), "start")
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: start returned 'election' among its timers: write \
(("election", "restart"),), a tuple of pairs.
    """
    if type(result) is not Effects:
        raise _wrong_kind(method, result, "Effects were")
    for name, takes, advice in _PARTS:
        part = getattr(result, name)
        if not part:
            continue
        if type(part) in (tuple, list) and len(part) > _MOST:
            raise _error(
                f"{method} returned {len(part):,} {name} at once: no server needs so many."
            )
        if type(part) not in (tuple, list):
            raise _error(f"{method} returned {name}={_short(part)}: {advice}.")
        for item in part:
            if not takes(item):
                raise _error(
                    f"{method} returned {_short(item)} among its {name}: "
                    f"{_slip_inside(item) or advice}."
                )
    return result


def read_state(result: Any) -> ServerState:
    """`result` of `observe` if it is a `ServerState` through and through. Raises `StudentError`."""
    if type(result) is not ServerState:
        raise _wrong_kind("observe", result, "a ServerState was")
    for kind, value in ((ServerState, result), (type(result.standing), result.standing)):
        complaint = _complaint(kind, value)
        if complaint:
            raise _error(f"observe returned a state in which {complaint}.")
    if not all(_fits(Progress, each) for each in result.progress):
        raise _error("observe returned a state in which progress is no tuple of Progress(...).")
    if result.tally is not None and not _fits(Tally, result.tally):
        raise _error(f"observe returned a state in which tally is {_short(result.tally)}.")
    return result


def read_duration(result: Any) -> int:
    """`result` of `timer_duration` in whole microseconds. Raises `StudentError`."""
    known = isinstance(result, int | float) and 0 <= result < _LONGEST
    if not known or isinstance(result, bool):
        text = (
            f"timer_duration returned {_short(result)}, and a number of microseconds was expected"
        )
        raise _error(f"{text}: does every path end in a return?" if result is None else f"{text}.")
    return int(result)


# Parts -----------------------------------------------------------------------------------


def _takes_records(*kinds: type) -> Callable[[Any], bool]:
    """Whether something is a record of one of these kinds, with parts that it can have."""
    return lambda item: type(item) in kinds and _fits(type(item), item)


def _is_timer_change(item: Any) -> bool:
    pair = type(item) in (tuple, list) and len(item) == 2
    return pair and isinstance(item[0], str) and item[1] in _CHANGES


def _is_applied(item: Any) -> bool:
    pair = type(item) in (tuple, list) and len(item) == 2
    return pair and type(item[0]) is int and _fits(Entry, item[1])


def _slip_inside(item: Any) -> str | None:
    """What is wrong in a message or a record of the right kind; None if its kind is the trouble."""
    complaint = _complaint(type(item), item) if isinstance(item, _RECORDS) else None
    return complaint and f"its {complaint}"


_RECORDS = (*get_args(Message), Persistent, Reply, ClientResponse)
_TIMERS = 'write (("election", "restart"),), a tuple of pairs'
_PARTS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("messages", _takes_records(*get_args(Message)), "it is a tuple of messages, (message,)"),
    ("early_messages", _takes_records(*get_args(Message)), "it is a tuple of messages, (message,)"),
    ("timers", _is_timer_change, _TIMERS),
    ("writes", _takes_records(Persistent), "it is a tuple of what to write, (Persistent(...),)"),
    ("applied", _is_applied, "it is a tuple of pairs of an index and its entry, ((3, entry),)"),
    (
        "replies",
        _takes_records(Reply, ClientResponse),
        "it is a tuple of Reply(...) and ClientResponse(...)",
    ),
)


def _fits(kind: type, value: Any) -> bool:
    return type(value) is kind and _complaint(kind, value) is None


def _complaint(kind: type, value: Any) -> str | None:
    """The first part of a record that is not of its declared type, in words; None if all are."""
    for name, types, words in _declared(kind):
        part = getattr(value, name)
        if type(part) not in types or (words and part not in words):
            listed = type(part) is list and tuple in types
            return f"{name} is {_short(part)}" + (", a list, not a tuple" if listed else "")
        if name == "entries" and not all(_fits(Entry, entry) for entry in part):
            return f"entries is {_short(part)}"
    return None


@cache
def _declared(kind: type) -> tuple[tuple[str, tuple[type, ...], tuple[str, ...]], ...]:
    """A record's fields, the types that each may have, and its words if it is one of some."""
    hints = get_type_hints(kind)
    return tuple((name, _types(hint), _words(hint)) for name, hint in hints.items())


def _types(hint: Any) -> tuple[type, ...]:
    origin = get_origin(hint)
    if origin is Literal:
        return (str,)
    if origin in (Union, UnionType):
        return tuple(kind for part in get_args(hint) for kind in _types(part))
    return (origin or hint,)


def _words(hint: Any) -> tuple[str, ...]:
    return get_args(hint) if get_origin(hint) is Literal else ()


# Words -----------------------------------------------------------------------------------


def _wrong_kind(method: str, result: Any, wanted: str) -> StudentError:
    ending = ": does every path end in a return?" if result is None else "."
    return _error(f"{method} returned {_short(result)}, and {wanted} expected{ending}")


def _error(text: str) -> StudentError:
    return StudentError("wrong type", text)


def _short(value: Any) -> str:
    shown = repr(value) if not isinstance(value, Log) else "a Log"
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 3] + "..."
