"""Lists, dictionaries and sets that report when they are written to, even with what they hold.

A watched copy takes the place of a collection and otherwise behaves like it.
"""

from collections.abc import Callable
from typing import Any, Final

_LIST = (
    *("append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse"),
    *("__setitem__", "__delitem__", "__iadd__", "__imul__"),
)
_DICT = (
    *("pop", "popitem", "clear", "update", "setdefault"),
    *("__setitem__", "__delitem__", "__ior__"),
)
_SET = (
    *("add", "remove", "discard", "pop", "clear", "update", "intersection_update"),
    *("difference_update", "symmetric_difference_update", "__ior__", "__iand__"),
    *("__isub__", "__ixor__"),
)

# The methods that write, for each type that can be watched.
WRITING: Final[dict[type, tuple[str, ...]]] = {list: _LIST, dict: _DICT, set: _SET}


def watched(value: Any, report: Callable[[], None]) -> Any:
    """Return a copy of a list, dictionary or set that calls `report` before each write.

    >>> votes = watched({"S1"}, lambda: print("written to"))
    >>> "S1" in votes, votes == {"S1"}
    (True, True)
    >>> votes.add("S1")
    written to
    """
    kind = type(value)
    methods = {name: _reporting(getattr(kind, name), report) for name in WRITING[kind]}
    return type(kind.__name__, (kind,), methods)(value)


def _reporting(method: Callable[..., Any], report: Callable[[], None]) -> Callable[..., Any]:
    def write(*arguments: Any, **keywords: Any) -> Any:
        report()
        return method(*arguments, **keywords)

    return write
