"""The stand-in for `raftkit` that a student's code imports while it is graded.

It has the kit's value types, from source text that the judge sends without the reference rules
(strip_reference.py). Names that show or run something (`check`, `Cluster`, pictures, widgets)
are inert: they accept any use and do nothing.
"""

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType, UnionType
from typing import Any, ClassVar, Literal, get_origin

PROTOCOL = "raftkit.protocol"
KIT = Path(__file__).resolve().parents[2]

# Packages that only show something and are slow to import; they are inert too.
_SHOWING = ("IPython", "ipywidgets", "anywidget", "matplotlib")
# Modules that show with widgets what others show as text.
_AS_TEXT = {"tqdm.notebook": "tqdm.std"}
_MOST_USES = 100_000  # in one statement, far above what shows something


class WaitsForCluster(BaseException):
    """Raised in what uses the inert for ever, as a loop does that waits for a leader."""


class _Uses:
    """How often the statement that runs has used what is inert or withheld here."""

    number = 0

    def restart(self) -> None:
        """Begin another statement."""
        self.number = 0

    def add(self) -> None:
        """Count a use. Raises `WaitsForCluster`, and again in each use after that."""
        self.number += 1
        if self.number > _MOST_USES:
            raise WaitsForCluster


USES = _Uses()


class Inert:
    """Accepts every use and does nothing; it is false and empty, and equals only itself.

    >>> cluster = Inert(servers=3)
    >>> cluster.run(ms=100) is cluster, bool(cluster.leader), list(cluster.history.records)
    (True, False, [])
    """

    def __init__(self, *_: object, **__: object) -> None:
        USES.add()

    def __getattr__(self, name: str) -> "Inert":
        USES.add()
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *given: object, **named: object) -> Any:
        USES.add()
        # Decorators that only show something leave a function as it is, as ipywidgets.interact.
        if len(given) == 1 and not named and isinstance(given[0], FunctionType | type):
            return given[0]
        return self

    def __getitem__(self, _: object) -> "Inert":
        USES.add()
        return self

    def __setitem__(self, _: object, value: object) -> None:
        USES.add()

    def __iter__(self) -> Iterator[Any]:
        USES.add()
        return iter(())

    def __len__(self) -> int:
        USES.add()
        return 0  # so that it is false, too

    __int__ = __len__

    def __lt__(self, _: object) -> bool:
        USES.add()
        return False

    __gt__ = __le__ = __ge__ = __lt__
    # So that it may stand in an annotation and in arithmetic.
    __or__ = __ror__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __getitem__
    __truediv__ = __rtruediv__ = __floordiv__ = __mod__ = __getitem__

    def __instancecheck__(self, value: object) -> bool:
        USES.add()
        return isinstance(value, Inert)

    def __enter__(self) -> "Inert":
        return self

    def __exit__(self, *_: object) -> None:
        USES.add()


class ZMQInteractiveShell(Inert):
    """Stands in for the shell in which a notebook's cells run; it has their names."""

    user_ns: ClassVar[dict[str, Any]] = {}

    def __bool__(self) -> bool:
        return True

    def push(self, variables: dict[str, Any], interactive: bool = True) -> None:
        """Give names values, as IPython does."""
        self.user_ns.update(variables)

    def run_cell(self, raw_cell: str, *_: object, **__: object) -> None:
        """Run a text as a cell."""
        exec(raw_cell, self.user_ns)

    def ev(self, expr: str) -> Any:
        """The value of an expression, with the names of cells."""
        return eval(expr, self.user_ns)

    ex = run_cell


_SHELL = ZMQInteractiveShell()


def get_ipython() -> ZMQInteractiveShell:
    """The shell, as IPython has it; every notebook has this function."""
    return _SHELL


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
        USES.add()
        raise RuntimeError(
            f"raftkit's own {self.__name__} is not there when your notebook is graded: "
            "call a function that you wrote"
        )


class InertModule(ModuleType):
    """A module in which every name is inert, but for the shell and the version."""

    def __getattr__(self, name: str) -> Any:
        USES.add()
        if name == "__version__":
            from importlib.metadata import version  # Not above, because that is slow.

            return version(self.__name__.partition(".")[0])
        if name.startswith("__"):
            raise AttributeError(name)
        return get_ipython if name == "get_ipython" else Inert()


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
        if fullname.partition(".")[0] in ("raftkit", *_SHOWING) or fullname in _AS_TEXT:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        if spec.name in _AS_TEXT:
            return importlib.import_module(_AS_TEXT[spec.name])
        if spec.name.startswith("raftkit"):
            return Kit(spec.name)
        return InertModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        code = _codes.get(module.__name__)
        if code is not None:
            vars(module)["__file__"] = code.co_filename
            exec(code, vars(module))


_codes: dict[str, CodeType] = {}
_NO_VALUES = {"keys_and_copies", "living", "value_size"}  # what only this process uses


def install(stripped: dict[str, Any]) -> dict[str, Any]:
    """Put the stand-in, made from the result of `stripped_sources`, in place of `raftkit`.

    Returns what a notebook has by name: the value types, and what shows something.
    """
    for name, source in stripped["sources"].items():
        _keep(f"protocol/{name}.py", source)
    for path, source in stripped["guard"].items():
        _keep(path, source)
    withheld_names.update(stripped["withheld"])
    sys.meta_path.insert(0, _Finder())
    for name in [name for name in sys.modules if name.partition(".")[0] == "raftkit"]:
        del sys.modules[name]
    values = _value_types(stripped["sources"])
    value_types.update(values)
    for name in ("raftkit", PROTOCOL):
        module = importlib.import_module(name)
        vars(module).update(values)
        vars(module)["__all__"] = [*dict.fromkeys([*values, *stripped["names"]])]
    importlib.import_module("raftkit.course.checking.guard.counted_call")
    return values | {"display": Inert(), "get_ipython": get_ipython}


def _keep(path: str, source: str) -> None:
    """Keep the code of a module, which has the kit's own path, by which the guard knows it."""
    name = path.removesuffix(".py").replace("/", ".")
    _codes[f"raftkit.{name}"] = compile(source, str(KIT / path), "exec")


def _value_types(names: Iterable[str]) -> dict[str, Any]:
    """Every public class and constant of the protocol's value modules."""
    values: dict[str, Any] = {}
    for name in (name for name in names if name not in _NO_VALUES):
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
