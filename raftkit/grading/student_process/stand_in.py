"""The stand-in for `raftkit` that a student's code imports while it is graded.

It has the kit's value types, from source text that the judge sends without the reference rules
(strip_reference.py). Names that show or run something (`check`, `Cluster`, pictures, widgets)
are inert: they accept any use and do nothing.
"""

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator, Sequence
from types import CodeType, FunctionType, ModuleType, UnionType
from typing import Any, Literal, get_origin

PROTOCOL = "raftkit.protocol"

# Packages that only show something and are slow to import; they are inert too.
_SHOWING = ("IPython", "ipywidgets", "anywidget", "matplotlib")
# What every notebook has without an import.
_OF_NOTEBOOKS = ("display", "get_ipython")


class Inert:
    """Accepts every use and does nothing; it is false and empty, and equals only itself.

    >>> cluster = Inert(servers=3)
    >>> cluster.run(ms=100) is cluster, bool(cluster.leader), list(cluster.history.records)
    (True, False, [])
    """

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __getattr__(self, name: str) -> "Inert":
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *given: object, **named: object) -> Any:
        # Decorators that only show something leave a function as it is, as ipywidgets.interact.
        if len(given) == 1 and not named and isinstance(given[0], FunctionType | type):
            return given[0]
        return self

    def __getitem__(self, _: object) -> "Inert":
        return self

    def __setitem__(self, _: object, value: object) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0  # so that it is false, too

    def __int__(self) -> int:
        return 0

    def __lt__(self, _: object) -> bool:
        return False

    __gt__ = __le__ = __ge__ = __lt__
    # So that it may stand in an annotation and in arithmetic.
    __or__ = __ror__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __getitem__
    __truediv__ = __rtruediv__ = __floordiv__ = __mod__ = __getitem__

    def __enter__(self) -> "Inert":
        return self

    def __exit__(self, *_: object) -> None:
        pass


class Withheld:
    """Stands in for a reference rule: it may be imported, but a call raises an error.

    An import of it may be in one line with others that an answer needs.

    >>> Withheld("has_majority")(3, 0, 5)
    Traceback (most recent call last):
    RuntimeError: raftkit's own has_majority is not there when your notebook is graded: \
call a function that you wrote
    """

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(self, *_: object, **__: object) -> None:
        raise RuntimeError(
            f"raftkit's own {self.__name__} is not there when your notebook is graded: "
            "call a function that you wrote"
        )


class InertModule(ModuleType):
    """A module in which every name is inert."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert()


class Kit(InertModule):
    """`raftkit` or one of its modules: value types, withheld rules; every other name is inert."""

    def __getattr__(self, name: str) -> Any:
        if name in value_types:
            return value_types[name]
        if name in withheld_names:
            return Withheld(name)
        return super().__getattr__(name)


withheld_names: set[str] = set()
value_types: dict[str, Any] = {}


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports `raftkit`, every module below it, and the packages that only show something."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in ("raftkit", *_SHOWING):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        if spec.name.startswith("raftkit"):
            return Kit(spec.name)
        return InertModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        parent, _, name = module.__name__.rpartition(".")
        if parent == PROTOCOL and name in _codes:
            exec(_codes[name], vars(module))


_codes: dict[str, CodeType] = {}
# What only this process uses.
_NO_VALUES = {"keys_and_copies", "living", "value_size", "forbidden_calls"}


def install(stripped: dict[str, Any]) -> dict[str, Any]:
    """Put the stand-in, made from the result of `stripped_sources`, in place of `raftkit`.

    Returns what a notebook has by name: the value types, and what shows something.
    """
    for name, source in stripped["sources"].items():
        _codes[name] = compile(source, f"<raftkit.protocol.{name}>", "exec")
    withheld_names.update(stripped["withheld"])
    sys.meta_path.insert(0, _Finder())
    for name in [name for name in sys.modules if name.partition(".")[0] == "raftkit"]:
        del sys.modules[name]
    values = _value_types()
    value_types.update(values)
    for name in ("raftkit", PROTOCOL):
        module = importlib.import_module(name)
        vars(module).update(values)
        vars(module)["__all__"] = [*dict.fromkeys([*values, *stripped["names"]])]
    return values | {name: Inert() for name in _OF_NOTEBOOKS}


def _value_types() -> dict[str, Any]:
    """Every public class and constant of the protocol's value modules."""
    values: dict[str, Any] = {}
    for name in (name for name in _codes if name not in _NO_VALUES):
        module = importlib.import_module(f"{PROTOCOL}.{name}")
        for word, value in list(vars(module).items()):
            own = isinstance(value, type) and value.__module__ == module.__name__
            union = get_origin(value) in (UnionType, Literal)  # Message, Role and the like
            if not word.startswith("_") and (own or union or _constant(word)):
                values[word] = value
    return values


def _constant(word: str) -> bool:
    """Whether a name is that of a constant such as FOLLOWER; RECORDS is an internal table."""
    return word.isupper() and word != "RECORDS"
