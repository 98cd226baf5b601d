"""State outside a function: every place where it could keep something between two calls.

These are default arguments, attributes of functions, variables of an enclosing function, of the
module and of the class, and the same of the functions that it calls in its own module. The places
can be watched and restored. What a function answers is not looked at here.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from functools import partial
from types import FunctionType, ModuleType
from typing import Any

from raftkit.checkers.lint.clocks import codes_of
from raftkit.checkers.lint.value_copies import Frozen, frozen, shown
from raftkit.checkers.lint.watched_collections import WRITING, watched

# A place in words, what it holds, and a function that puts something else there.
Place = tuple[str, Any, Callable[[Any], None]]

SHORT_TEXT = 80


class OutsideState:
    """The state outside some functions, and what it was when this object was made."""

    def __init__(self, functions: list[FunctionType], classes: list[type] | None = None) -> None:
        self._functions = functions
        self._classes = classes or []
        self._to_restore = [(*place, _copy(place[1])) for place in self._places()]
        self._names = [(owner, set(vars(owner))) for owner in (*self._functions, *self._classes)]
        self._before: dict[str, Frozen] = {}
        self._written: list[str] = []  # the places that were written to, in order

    def watch(self) -> None:
        """Begin to watch: `change` reports what is changed or written to from now on."""
        self._written.clear()
        for where, value, put in list(self._places()):
            if type(value) in WRITING:
                put(watched(value, partial(self._written.append, where)))
        self._before = {where: frozen(value) for where, value, _ in self._places()}

    def change(self) -> str | None:
        """Return the first place that has changed, in words; None if none has."""
        for where, value, _ in self._places():
            if where not in self._before:
                return f"{where} is new and holds {_in_short(value)}"
            if frozen(value) != self._before[where]:
                return f"{where} became {_in_short(value)}"
        # A write may leave a container as it was, if an earlier run has filled it already.
        return f"{self._written[0]} was written to" if self._written else None

    def restore(self) -> None:
        """Put back what was there when this was made, in the same objects where possible."""
        now = {where: value for where, value, _ in self._places()}
        for where, value, put, copy in self._to_restore:
            is_unchanged = frozen(value) == frozen(copy)
            # What was not touched stays the very object: others may ask whether it is.
            if is_unchanged and now.get(where) is value:
                continue
            # A place may be read-only, or hold something that cannot be copied.
            with suppress(AttributeError, TypeError):
                # A copy of the copy, because what is put back may be changed again.
                put(value if is_unchanged else _refilled(value, _copy(copy)))
        for owner, names in self._names:
            for name in set(vars(owner)) - names:
                delattr(owner, name)

    def _places(self) -> Iterator[Place]:
        """Every place once, however many functions reach it."""
        visited: set[int] = set()
        reached = (place for function in self._functions for place in _around(function, visited))
        of_classes = (place for kind in self._classes for place in _in_class(kind))
        places = {place[0]: place for place in (*reached, *of_classes)}
        yield from places.values()


def function_of(rule: Any) -> FunctionType | None:
    """Return the function written in Python behind a callable; None if there is none."""
    if isinstance(rule, partial):
        return function_of(rule.func)
    if isinstance(rule, FunctionType):
        return rule
    method = getattr(rule, "__func__", None) or vars(type(rule)).get("__call__")
    return method if isinstance(method, FunctionType) else None


def _around(function: FunctionType, visited: set[int]) -> Iterator[Place]:
    """The places outside one function, and outside those it calls in its own module."""
    if id(function) in visited:
        return
    visited.add(id(function))
    yield from _defaults(function)
    for name in list(function.__dict__):
        put = partial(function.__dict__.__setitem__, name)
        yield f"the attribute `{name}` of {function.__name__}", function.__dict__[name], put
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        with suppress(ValueError):  # A cell may still be empty.
            where = f"the variable `{name}` of the function around {function.__name__}"
            yield from _kept(where, cell.cell_contents, partial(setattr, cell, "cell_contents"),
                             function, visited)  # fmt: skip
    for name in _names_in(function):
        if name in function.__globals__:
            where = f"the module's variable `{name}`"
            put = partial(function.__globals__.__setitem__, name)
            yield from _kept(where, function.__globals__[name], put, function, visited)


def _defaults(function: FunctionType) -> Iterator[Place]:
    """The default arguments: they are made once, with the function, and shared by all its calls."""
    code, values = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[: code.co_argcount][code.co_argcount - len(values) :]
    for place, (name, value) in enumerate(zip(names, values, strict=True)):
        yield _default(function, name), value, partial(_put_default, function, place)
    keywords = function.__kwdefaults__ or {}
    for name, value in keywords.items():
        yield _default(function, name), value, partial(keywords.__setitem__, name)


def _default(function: FunctionType, name: str) -> str:
    return f"the default of the argument `{name}` of {function.__name__}"


def _put_default(function: FunctionType, place: int, value: Any) -> None:
    values = list(function.__defaults__ or ())
    values[place] = value
    function.__defaults__ = tuple(values)


def _kept(
    where: str, value: Any, put: Callable[[Any], None], function: FunctionType, visited: set[int]
) -> Iterator[Place]:
    """A variable; if it is a function or class of the same module, the places of that instead."""
    if isinstance(value, FunctionType):
        if value.__globals__ is function.__globals__:
            yield from _around(value, visited)
    elif isinstance(value, type):
        if value.__module__ == function.__module__:
            yield from _in_class(value)
    elif not isinstance(value, ModuleType) and not callable(value):
        yield where, value, put


def _in_class(kind: type) -> Iterator[Place]:
    """The attributes of a class, which all its objects share."""
    for name, value in list(vars(kind).items()):
        descriptor = hasattr(type(value), "__get__")
        if not name.startswith(("__", "_abc_")) and not descriptor and not callable(value):
            where = f"the attribute `{name}` of the class {kind.__name__}"
            yield where, value, partial(setattr, kind, name)


def _names_in(function: FunctionType) -> list[str]:
    """Return every name in a function's code, also in the functions inside it."""
    names = (name for code in codes_of(function.__code__) for name in code.co_names)
    return list(dict.fromkeys(names))


def _in_short(value: Any) -> str:
    text = shown(value)
    return text if len(text) <= SHORT_TEXT else f"{text[:SHORT_TEXT]} ..."


def _copy(value: Any) -> Any:
    """Return a copy to restore from, or the object itself if it cannot be copied."""
    try:
        return deepcopy(value)
    except Exception:  # Classes may refuse to be copied by any error.
        return value


def _refilled(value: Any, copy: Any) -> Any:
    """Return `value` filled again as `copy` is if it is a container, and otherwise the copy."""
    if type(value) not in WRITING or type(value) is not type(copy):
        return copy
    value.clear()
    value.extend(copy) if isinstance(value, list) else value.update(copy)
    return value
