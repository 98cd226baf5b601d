"""Finds clocks and random sources in code: what a function could read besides its arguments.

A test may run twice before a clock has advanced, so the code itself is read. A function is found if
its code names one of the standard library's modules for time and chance; nothing is called.
"""

import dataclasses
import dis
import reprlib
import sys
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

_MODULES = ("time", "random", "secrets")
# Of these modules, only the functions that read a clock or draw a number are looked for.
_NAMES = ("now", "today", "utcnow", "uuid1", "uuid4", "urandom", "getrandbits")
_MODULES_WITH_BOTH = ("datetime", "uuid", "os", "posix", "nt")
# Their results differ between two starts of Python, or depend on an object's address.
_BUILTINS = ("hash", "id")
_GENERATED = (dataclasses.__file__, reprlib.__file__)
# With a given seed these repeat their numbers.
_REPEATABLE = ("random.Random",)


def clock_or_random_source(function: FunctionType) -> str | None:
    """Return the first clock or source of chance that the code of `function` names, or None.

    >>> import time
    >>> clock_or_random_source(lambda: time.monotonic())
    'time.monotonic'
    >>> clock_or_random_source(lambda time: time.monotonic()) is None
    True
    """
    if function.__code__.co_filename in _GENERATED:
        return None  # Its author is the standard library: a dataclass's `__repr__` uses `id`.
    for code in codes_of(function.__code__):
        for found in _paths(code, function.__globals__):
            module, _, rest = found.partition(".")
            if found in _REPEATABLE:
                continue
            if module in _MODULES or found in _BUILTINS:
                return found
            if module in _MODULES_WITH_BOTH and rest.rpartition(".")[2] in _NAMES:
                return found
    return None


def codes_of(code: CodeType) -> Iterator[CodeType]:
    """The code of a function, and of every function written inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes_of(constant)


def _paths(code: CodeType, names: dict[str, Any]) -> Iterator[str]:
    """What the code takes from modules, as dotted names: "time.monotonic"."""
    instructions = list(dis.get_instructions(code))
    for position, instruction in enumerate(instructions):
        if instruction.opname == "IMPORT_NAME" and instruction.argval in _MODULES:
            yield _imported(str(instruction.argval), instructions[position + 1 :])
        if instruction.opname not in ("LOAD_GLOBAL", "LOAD_NAME"):
            continue
        name = str(instruction.argval)
        if name in _BUILTINS and name not in names:
            yield name
        home = _home_of(names.get(name))
        if home:
            yield ".".join([home, *_attributes(instructions[position + 1 :])])


def _imported(module: str, following: list[dis.Instruction]) -> str:
    """Return what an import inside a function takes; of a whole module, its first attribute."""
    if following[0].opname == "IMPORT_FROM":
        return f"{module}.{following[0].argval}"
    local = following[0].argval
    for position, instruction in enumerate(following[1:], start=1):
        if instruction.opname.startswith("LOAD_FAST") and instruction.argval == local:
            return ".".join([module, *_attributes(following[position + 1 :])])
    return module


def _attributes(following: list[dis.Instruction]) -> Iterator[str]:
    """The attributes that are taken one after the other: those of `a.b.c()` after `a`."""
    for instruction in following:
        if instruction.opname not in ("LOAD_ATTR", "LOAD_METHOD"):
            return
        yield str(instruction.argval)


def _home_of(value: Any) -> str | None:
    """Return the dotted name of a module, or of an object that comes from a module of interest."""
    if isinstance(value, ModuleType):
        return value.__name__
    watched = (*_MODULES, *_MODULES_WITH_BOTH)
    # random.random is a method of an object in the module `random`.
    module = getattr(value, "__module__", None) or type(getattr(value, "__self__", None)).__module__
    if module in watched and hasattr(sys.modules.get(module), getattr(value, "__name__", "")):
        return f"{module}.{value.__name__}"
    return None
