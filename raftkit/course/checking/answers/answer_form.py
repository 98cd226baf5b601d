"""`read_answer`: reads what a student's function returned as a value of the right type.

A slip of Python (no return, a stray comma, a misspelt role) is reported as such, before any
case judges the answer. Only the form is judged here, never whether the answer is right.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import partial
from math import isfinite
from operator import index as whole_number
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from raftkit.course.checking.answers.record_fields import (
    field_complaint,
    listed,
    shortened,
    whole_times,
)
from raftkit.course.checking.printed_output import lines_printed_by, printed_by
from raftkit.course.errors import StudentError, excessive_answer
from raftkit.course.nemesis.schedule import Schedule, read_schedule
from raftkit.protocol import Log, Settings
from raftkit.protocol.declared_types import first_misfit, fits
from raftkit.protocol.json_form import from_json, is_truth, to_json
from raftkit.protocol.value_size import excess

# Returns the answer to a call, or raises `StudentError`.
Reply = Callable[[], Any]


def read_answer(result: Any, returns: Any) -> Any:
    """Return `result` as a value of the type `returns`, which may be a Literal of some words.

    Values that Python programmers use for one another are accepted: 0 or 1 for a bool, a list for
    a tuple, any number for a float. Raises `StudentError` for anything else.

    >>> read_answer(None, bool)
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: Your function returned None, and a bool was expected: \
does every path end in a return?
    >>> from raftkit.protocol import Standing
    >>> read_answer(Standing("Follower", 3, None), Standing)
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: 'Follower' is no role: write 'follower', 'candidate' or \
'leader'.
    """
    too_large = excess(result)
    if too_large:
        raise excessive_answer(too_large)
    if returns == Schedule:
        return read_schedule(result)
    if NoneType in get_args(returns):
        # A type such as `Log | None`: None, or a value of the one other type.
        if result is None:
            return None
        (returns,) = (kind for kind in get_args(returns) if kind is not NoneType)
    complaint = _complaint(result, returns)
    if complaint is not None:
        raise StudentError("wrong type", complaint)
    return _converted(result, returns)


@dataclass(eq=False)
class TypedAnswers:
    """A function whose results are read as values of the type `returns`, or a `StudentError`."""

    function: Callable[..., Any]
    returns: Any

    def __call__(self, *arguments: Any) -> Any:
        return read_answer(self.function(*arguments), self.returns)

    def to_all(self, calls: Sequence[tuple[Any, ...]]) -> Iterator[Reply]:
        """Like the function `to_all`."""
        return (partial(self._read, reply) for reply in to_all(self.function, calls))

    def printed(self) -> str:
        """What the function printed in its last call, if that is known."""
        return printed_by(self.function)

    def lines_printed(self) -> int:
        """How many lines the function printed, if that is known."""
        return lines_printed_by(self.function)

    def _read(self, reply: Reply) -> Any:
        return read_answer(reply(), self.returns)


def to_all(function: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> Iterator[Reply]:
    """A reply to each call, in order; the calls are made as the replies are asked for.

    A function of another process has a method `to_all`, which makes many calls at once.
    """
    together = getattr(function, "to_all", None)
    return together(calls) if together else (partial(function, *call) for call in calls)


def _converted(result: Any, returns: Any) -> Any:
    """An accepted value, converted to exactly the type `returns`."""
    if returns is bool:
        return bool(result) if is_truth(result) else bool(whole_number(result))
    if returns is int:
        return whole_number(result)
    if returns is float:
        return result if isinstance(result, float) else whole_number(result)
    if returns is Settings:
        return whole_times(result)
    return _plain(tuple(result) if get_origin(returns) is tuple else result)


def _plain(value: Any) -> Any:
    """The value with Python's own numbers and tuples in it, as it comes from another process."""
    # A log is not looked into as a part of a record is.
    parts = value if isinstance(value, Log) else (value,)
    if all(first_misfit(part) is None for part in parts):
        return value
    return from_json(to_json(value))


def _complaint(result: Any, returns: Any) -> str | None:
    """What is wrong with the form of an answer, in a sentence; None if nothing is."""
    if get_origin(returns) is Literal:
        words = get_args(returns)
        if not isinstance(result, str):
            return _not_a(result, listed(words))
        return None if result in words else f"{result!r} is none of {listed(words)}."
    if get_origin(returns) is tuple:
        return _tuple_complaint(result, get_args(returns)[0])
    if returns is bool:
        counts = is_truth(result) or fits(result, int, loosely=True)
        return None if counts else _not_a(result, "bool")
    if returns is int:
        return None if fits(result, int, loosely=True) else _not_a(result, "whole number")
    if returns is float:
        return _number_complaint(result)
    if not isinstance(result, returns):
        return _not_a(result, returns.__name__, _how_to_make(result, returns))
    return field_complaint(result)


def _number_complaint(result: Any) -> str | None:
    """What is wrong with an answer that should be a finite number; None if nothing is."""
    counts = fits(result, float, loosely=True) and isfinite(result)
    return None if counts else _not_a(result, "number")


def _tuple_complaint(result: Any, kind: type) -> str | None:
    """What is wrong with an answer that should be a tuple of values of one type; or None."""
    wanted = "tuple of names" if kind is str else f"tuple of {kind.__name__}"
    if isinstance(result, kind):
        return _not_a(result, wanted, f"a tuple of one has a comma, as in ({result!r},)")
    if not isinstance(result, tuple | list):
        is_set = isinstance(result, set | frozenset)
        return _not_a(result, wanted, "a set has no order, sorted(...) gives it one" * is_set)
    for item in result:
        if isinstance(item, kind):
            complaint = field_complaint(item)
        elif kind is str:
            complaint = f"{shortened(item)} is no server's name: write a string, such as 'S2'."
        else:
            complaint = f"{shortened(item)} stands in the tuple, where a {kind.__name__} belongs."
        if complaint is not None:
            return complaint
    return None


def _how_to_make(result: Any, returns: Any) -> str:
    """How to make a value of the type from the answer's parts; "" if that is unclear."""
    name = returns.__name__
    if type(result).__name__ == name:
        return f"a {name} of your own hides the notebook's, so take another name for it"
    if returns is Log and isinstance(result, list | tuple):
        return "Log(entries) makes one of them"
    if isinstance(result, tuple | list) and is_dataclass(returns) and _makes(result, returns):
        # As a plain tuple, because a named one would write its own name as well.
        return f"write {name}{tuple(result)!r}"
    return ""


def _makes(parts: Sequence[Any], record: Any) -> bool:
    """Whether these are the parts of such a record, two or more of them."""
    needed = sum(field.default is MISSING for field in fields(record))
    if not max(needed, 2) <= len(parts) <= len(fields(record)):
        return False
    with suppress(Exception):  # a part may be any object
        return field_complaint(record(*parts)) is None
    return False


def _not_a(result: Any, kind: str, advice: str = "") -> str:
    """The complaint about a value of another type, with `advice` if there is any."""
    ending = "."
    if advice:
        ending = f": {advice}."
    elif result is None:
        ending = ": does every path end in a return?"
    elif isinstance(result, tuple):
        ending = ": is there a comma too many?"
    elif hasattr(result, "send"):
        result.close()  # or Python warns later that it was never awaited
        ending = ": is there a yield or an async too many?"
    article = "" if kind.startswith("'") else "an " if kind[0] in "AEIO" else "a "
    return f"Your function returned {shortened(result)}, and {article}{kind} was expected{ending}"
