"""The `raftkit` that a student's code meets while it is graded.

It has the value types, word for word the kit's own. The reference rules are cut
out of the sources before they are compiled, so that the answers are nowhere in
the process. Whatever shows or runs something (`check`, `Cluster`, pictures,
widgets) is inert: it takes any use and does nothing.
"""

import ast
import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any, Literal, get_origin

KIT = Path(__file__).resolve().parents[2]
PROTOCOL = "raftkit.protocol"

# These define values and their JSON form; their functions decide nothing.
_WHOLE = ("log", "record", "json_form")
# These define values beside the reference's rules, which are cut out of them. The other modules
# of the protocol hold nothing but the reference.
_VALUES = (
    *("effects", "election", "messages", "persistence", "replication", "roles", "terms"),
    *("timers", "commitment"),
)
# Slow to import, and only ever used to show something.
_SHOWING = ("IPython", "ipywidgets", "anywidget", "matplotlib")


class Inert:
    """Takes every use and does nothing; false, empty, and never equal to anything else.

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

    def __call__(self, *_: object, **__: object) -> "Inert":
        return self

    def __getitem__(self, _: object) -> "Inert":
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __bool__(self) -> bool:
        return False

    def __enter__(self) -> "Inert":
        return self

    def __exit__(self, *_: object) -> None:
        pass


class Withheld:
    """Stands where a reference rule would be: may be imported, must not be called.

    An import of it may stand in a line with others that an answer needs.

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
    """`raftkit` or `raftkit.protocol`: value types, withheld rules, and else inert names."""

    def __getattr__(self, name: str) -> Any:
        if name in withheld_names:
            return Withheld(name)
        return super().__getattr__(name)


withheld_names: set[str] = set()


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Makes every module below `raftkit`, and the modules that only show things."""

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
        if parent == PROTOCOL and name in _sources:
            exec(_compiled(name), vars(module))


_sources: dict[str, str] = {}


def _compiled(name: str) -> Any:
    """The source of a module of the protocol, without its functions unless it is whole."""
    tree = ast.parse(_sources[name])
    if name not in _WHOLE:
        tree.body = [part for part in tree.body if not isinstance(part, ast.FunctionDef)]
    return compile(tree, f"<raftkit.protocol.{name}>", "exec")


def _functions(source: str) -> list[str]:
    """The names of the functions at the top of a source."""
    return [part.name for part in ast.parse(source).body if isinstance(part, ast.FunctionDef)]


def install() -> dict[str, Any]:
    """Put the stand-in in place of `raftkit`; the value types by name."""
    for name in (*_WHOLE, *_VALUES):
        _sources[name] = (KIT / "protocol" / f"{name}.py").read_text(encoding="utf-8")
        if name not in _WHOLE:
            withheld_names.update(_functions(_sources[name]))
    sys.meta_path.insert(0, _Finder())
    for name in [name for name in sys.modules if name.partition(".")[0] == "raftkit"]:
        del sys.modules[name]
    values = _value_types()
    for name in ("raftkit", PROTOCOL):
        module = importlib.import_module(name)
        vars(module).update(values)
        vars(module)["__all__"] = [*values, "check", "hint", "play", "progress", "reveal"]
    return values


def _value_types() -> dict[str, Any]:
    """Every public class and constant of the protocol's value modules."""
    values: dict[str, Any] = {}
    for name in _sources:
        module = importlib.import_module(f"{PROTOCOL}.{name}")
        for word, value in list(vars(module).items()):
            own = isinstance(value, type) and value.__module__ == module.__name__
            union = get_origin(value) in (UnionType, Literal)  # Message, Role and the like
            if not word.startswith("_") and (own or union or _constant(word)):
                values[word] = value
    return values


def _constant(word: str) -> bool:
    """Whether a name is that of a constant such as FOLLOWER; RECORDS is machinery."""
    return word.isupper() and word != "RECORDS"
