"""Whether a value is of the type that its field declares: the one judge of types.

Files, other processes and students' code may put anything anywhere. It knows the types that
fields of records use; what is said of a value that does not fit, others decide.
"""

from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from raftkit.protocol.record import RECORDS

Fits = Callable[[Any], bool]

# Most values, and no record is in any of them.
_HOLD_NOTHING = frozenset({NoneType, bool, int, str})


class Misfit(NamedTuple):
    """A field `name` of a `record` whose value `part` is not of the type that is `declared`."""

    record: Any
    name: str
    part: Any
    declared: Any


@cache
def declared_fields(kind: type) -> Mapping[str, Any]:
    """The fields of a record and their types, in order."""
    return MappingProxyType(get_type_hints(kind))


def fits(value: Any, declared: Any, loosely: bool = False) -> bool:
    """Whether `value` is of a declared type; of a record in it only the class is looked at.

    `loosely` also takes what Python people take for the same: whatever counts like an int, also
    for a float, and a list for a tuple.

    >>> fits(("S1",), tuple[str, ...]), fits(5, tuple[str, ...]), fits(None, str | None)
    (True, False, True)
    >>> fits(True, int), fits(1, float), fits("king", Literal["leader", "follower"])
    (False, True, False)
    """
    return judge_of(declared, loosely)(value)


def first_misfit(value: Any, loosely: bool = False) -> Misfit | None:
    """The first field that does not fit, of a record, or of those inside of it or of a tuple.

    A log is not entered: entries are looked at when they are appended.

    >>> from raftkit.protocol import Entry
    >>> first_misfit(Entry(1, "x=1")), first_misfit((Entry("one"),)).name
    (None, 'term')
    """
    kind: Any = type(value)
    if isinstance(value, tuple | list):
        for item in value:
            if type(item) not in _HOLD_NOTHING and not _fits_at_once(item):
                inner = first_misfit(item, loosely)
                if inner is not None:
                    return inner
        return None
    if not is_record(kind):
        return None
    for name, at_once, judge, is_entered in _judges(kind, loosely):
        part = getattr(value, name)
        if type(part) not in at_once and not judge(part):
            return Misfit(value, name, part, declared_fields(kind)[name])
        if is_entered and type(part) not in _HOLD_NOTHING:
            inner = first_misfit(part, loosely)
            if inner is not None:
                return inner
    return None


def _fits_at_once(value: Any) -> bool:
    """Whether it is a record such as an entry, and the classes of its parts tell that it fits."""
    kind: Any = type(value)
    plain = _plain_parts(kind)
    return plain is not None and tuple(map(type, plain[0](value))) == plain[1]


@cache
def _plain_parts(kind: Any) -> tuple[Callable[[Any], Any], tuple[type, ...]] | None:
    """What gives the parts of a record of numbers and texts, and their classes.

    None for other classes. Most of all values that are looked at are entries.
    """
    declared = declared_fields(kind) if is_record(kind) else {}
    if len(declared) < 2 or not _HOLD_NOTHING.issuperset(declared.values()):
        return None
    return attrgetter(*declared), tuple(declared.values())


def is_record(kind: Any) -> bool:
    """Whether a class is that of a record."""
    return RECORDS.get(getattr(kind, "__name__", "")) is kind


# Judges, worked out once for each type -------------------------------------------------------


@cache
def _judges(kind: type, loosely: bool) -> tuple[tuple[str, frozenset[type], Fits, bool], ...]:
    """For each field of a record: name, classes that fit at once, judge, may records be in it."""
    return tuple(
        (name, _at_once(declared), judge_of(declared, loosely), _may_hold_records(declared))
        for name, declared in declared_fields(kind).items()
    )


def _at_once(declared: Any) -> frozenset[type]:
    """The classes whose own values fit; a set of them is the fastest judge of most values."""
    if get_origin(declared) in (Union, UnionType):
        return frozenset().union(*map(_at_once, get_args(declared)))
    return frozenset({declared} if isinstance(declared, type) else ())


def _may_hold_records(declared: Any) -> bool:
    """Whether a value of a declared type can be a record, or a tuple that holds some."""
    return declared is Any or is_record(declared) or any(map(_may_hold_records, get_args(declared)))


@cache
def judge_of(declared: Any, loosely: bool = False) -> Fits:
    """A function that says whether a value is of a declared type; see `fits`."""
    origin, parts = get_origin(declared), get_args(declared)
    if declared is Any:
        return lambda value: True
    if origin is Literal:
        return lambda value: isinstance(value, str) and value in parts
    if origin is tuple:
        return _judge_of_tuples(parts, loosely)
    if parts:
        at_once, judges = _at_once(declared), [judge_of(part, loosely) for part in parts]
        return lambda value: type(value) in at_once or any(judge(value) for judge in judges)
    return _judge_of_class(declared, loosely)


def _judge_of_tuples(parts: tuple[Any, ...], loosely: bool) -> Fits:
    """Of tuples with items of one type, `tuple[str, ...]`, or with a type for each place."""
    judges = [judge_of(part, loosely) for part in parts if part is not Ellipsis]
    if Ellipsis not in parts:
        return lambda value: (
            isinstance(value, tuple)
            and len(value) == len(judges)
            and all(judge(item) for judge, item in zip(judges, value, strict=True))
        )
    (judge,) = judges
    kinds = tuple | list if loosely else tuple
    at_once = _at_once(parts[0])
    return lambda value: (
        isinstance(value, kinds)
        and (at_once.issuperset(map(type, value)) or all(judge(item) for item in value))
    )


def _judge_of_class(declared: Any, loosely: bool) -> Fits:
    """Of plain classes. `True` is an int to Python, but counts nothing."""
    if is_record(declared):
        # An heir fits if it is a record, too: otherwise it has no JSON form.
        return lambda value: isinstance(value, declared) and is_record(type(value))
    if declared is bool:
        return lambda value: isinstance(value, bool)
    if declared is int and loosely:
        return lambda value: hasattr(value, "__index__") and not isinstance(value, bool)
    if declared is float and loosely:
        counts = judge_of(int, loosely)
        return lambda value: isinstance(value, float) or counts(value)
    kinds = int | float if declared is float else declared
    return lambda value: isinstance(value, kinds) and not isinstance(value, bool)
