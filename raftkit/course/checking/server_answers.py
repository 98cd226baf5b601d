"""Whether what a student's server returned has the form of effects, a state, or a duration.

The counterpart of answers/ for whole servers: a slip of Python is reported as such, before
any scenario judges the server. Only the form is judged here.
"""

from typing import Any, cast

from raftkit.course.checking.answers.record_fields import field_complaint, shortened
from raftkit.course.errors import StudentError
from raftkit.protocol import (
    ClientResponse,
    Effects,
    Entry,
    Log,
    Message,
    Persistent,
    Reply,
    ServerState,
)
from raftkit.protocol.declared_types import Fits, fits, judge_of
from raftkit.protocol.effects import TimerChange
from raftkit.protocol.json_form import from_json, to_json
from raftkit.protocol.value_size import excess_of_effects, excess_of_state

_LONGEST = 10**12  # microseconds; some days
# For each field of effects: what an item must be, and advice on how to write the field.
_PARTS: tuple[tuple[str, Fits, str], ...] = (
    ("messages", judge_of(Message), "it is a tuple of messages, (message,)"),
    ("early_messages", judge_of(Message), "it is a tuple of messages, (message,)"),
    (
        "timers",
        judge_of(tuple[str, TimerChange]),
        'write (("election", "restart"),), a tuple of pairs',
    ),
    ("writes", judge_of(Persistent), "it is a tuple of what to write, (Persistent(...),)"),
    (
        "applied",
        judge_of(tuple[int, Entry]),
        "it is a tuple of pairs of an index and its entry, ((3, entry),)",
    ),
    (
        "replies",
        judge_of(Reply | ClientResponse),
        "it is a tuple of Reply(...) and ClientResponse(...)",
    ),
)


def read_effects(result: Any, method: str) -> Effects:
    """Return `result` of `method` if it is well-formed `Effects`. Raises `StudentError`.

    >>> read_effects(None, "handle")
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: handle returned None, and Effects were expected: \
does every path end in a return?
    >>> read_effects(Effects(replies=(Reply("C1", "1", 3),)), "handle")
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: handle returned Reply(client='C1', serial='1', index=3) \
among its replies: serial is '1', and it is a whole number.
    >>> read_effects(Effects(timers=("election", "restart")), "start")
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: start returned 'election' among its timers: write \
(("election", "restart"),), a tuple of pairs.
    """
    if type(result) is not Effects:
        raise _wrong_kind(method, result, "Effects were")
    too_large = excess_of_effects(result)
    if too_large:
        raise excessive_part(method, too_large)
    try:
        return _well_formed(result, method)
    except StudentError:
        plain = _as_sent(result)
        if plain is None:
            raise
        return _well_formed(plain, method)


def _well_formed(result: Effects, method: str) -> Effects:
    """The effects, if every part is what it declares. Raises `StudentError`."""
    for name, fits_here, advice in _PARTS:
        part = getattr(result, name)
        if not part:
            continue
        if type(part) not in (tuple, list):
            raise _error(f"{method} returned {name}={_short(part)}: {advice}.")
        for item in part:
            slip = _slip(item, fits_here, advice)
            if slip is not None:
                raise _error(f"{method} returned {_short(item)} among its {name}: {slip}.")
    return result


def _slip(item: Any, fits_here: Fits, advice: str) -> str | None:
    """What is wrong with an item of effects; None if it fits."""
    value = tuple(item) if type(item) is list else item  # a pair may be a list
    return _complaint(value) if fits_here(value) else advice


def read_state(result: Any) -> ServerState:
    """Return `result` of `observe` if it is a well-formed `ServerState`. Raises `StudentError`."""
    if type(result) is not ServerState:
        raise _wrong_kind("observe", result, "a ServerState was")
    too_large = excess_of_state(result)
    if too_large:
        raise excessive_part("observe", too_large)
    complaint = _complaint(result)
    if complaint:
        plain = _as_sent(result)
        complaint = _complaint(plain) if plain is not None else complaint
        result = plain
    if complaint:
        raise _error(f"observe returned a state in which {complaint}.")
    return cast(ServerState, result)


def read_duration(result: Any) -> int:
    """Return `result` of `timer_duration` in whole microseconds. Raises `StudentError`."""
    if not fits(result, float, loosely=True) or not 0 <= result < _LONGEST:
        text = (
            f"timer_duration returned {_short(result)}, and a number of microseconds was expected"
        )
        raise _error(f"{text}: does every path end in a return?" if result is None else f"{text}.")
    return int(result)


def _as_sent(value: Any) -> Any:
    """A value with Python's own numbers and tuples in it, as it comes from another process.

    None if it cannot come from one. Lists and the numbers of numpy become plain in this way.
    """
    try:
        if isinstance(value, Effects):
            names = [name for name, _, _ in _PARTS]
            return Effects(**{name: from_json(to_json(getattr(value, name))) for name in names})
        return from_json(to_json(value))
    except (TypeError, ValueError, RecursionError):
        return None


def excessive_part(method: str, too_large: str) -> StudentError:
    """The error for effects or a state in which something is too large."""
    return _error(f"{method} returned {too_large}.")


# Words -----------------------------------------------------------------------------------


def _complaint(value: Any) -> str | None:
    """What is wrong in the fields of a record, for the middle of a sentence."""
    complaint = field_complaint(value, loosely=False)
    return complaint and complaint.removesuffix(".")


def _wrong_kind(method: str, result: Any, wanted: str) -> StudentError:
    ending = ": does every path end in a return?" if result is None else "."
    return _error(f"{method} returned {_short(result)}, and {wanted} expected{ending}")


def _error(text: str) -> StudentError:
    return StudentError("wrong type", text)


def _short(value: Any) -> str:
    return "a Log" if isinstance(value, Log) else shortened(value, 80)
