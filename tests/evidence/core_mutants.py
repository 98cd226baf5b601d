"""Mutants of the reference: does the suite notice that the core itself is wrong?

Each mutant of a module in raftkit/protocol is imported in a process of its own in place of
the module, and the tests of the core run until the first one fails.
"""

import importlib.abc
import importlib.machinery
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
PROTOCOL = ROOT / "raftkit" / "protocol"
# The tests that know what the core must do; the small worlds hold it against the solutions.
TESTS = ("tests/protocol", "tests/course/test_solutions_and_reference.py")
_RUN = "import sys; from tests.evidence.core_mutants import run_with; run_with(*sys.argv[1:])"
_SECONDS = 60  # of CPU time for the tests of one mutant


@dataclass(frozen=True)
class Survivor:
    """A mutant of a module that no test noticed."""

    module: str
    change: str


def modules() -> list[str]:
    """The names of the modules of the core."""
    return sorted(path.stem for path in PROTOCOL.glob("*.py") if path.stem != "__init__")


def survivors(
    names: Sequence[str],
    share: int,
    jobs: int,
    progress: Callable[[Iterable[Any], int], Iterable[Any]],
) -> tuple[int, list[Survivor]]:
    """How many mutants were tried, and those that no test noticed."""
    tasks = [
        (name, str(mutant), mutant.source) for name in names for mutant in _mutants(name)[::share]
    ]
    with ThreadPoolExecutor(jobs) as pool:
        noticed = list(
            progress(pool.map(lambda task: _is_noticed(task[0], task[2]), tasks), len(tasks))
        )
    lived = [
        Survivor(name, change)
        for (name, change, _), caught in zip(tasks, noticed, strict=True)
        if not caught
    ]
    return len(tasks), lived


def _mutants(name: str) -> list[Any]:
    from raftkit.course.proving.mutants import first_order

    return list(first_order((PROTOCOL / f"{name}.py").read_text(encoding="utf-8")))


def _is_noticed(name: str, source: str) -> bool:
    """Whether some test fails if the module has this source; an endless one counts as failed."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN, name, source],
        cwd=ROOT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=False,
    )
    return done.returncode != 0


def run_with(name: str, source: str) -> None:
    """Run the tests in this process with another source of a module; exits with their status."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    sys.meta_path.insert(0, _Mutated(f"raftkit.protocol.{name}", source))
    import pytest

    options = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "addopts=")
    os._exit(int(pytest.main([*options, *TESTS])))


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds one module, with another source."""

    def __init__(self, name: str, source: str) -> None:
        self._name, self._source = name, source

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> Any:
        if name != self._name:
            return None
        return importlib.machinery.ModuleSpec(name, self)

    def get_source(self, name: str) -> str:
        return self._source
