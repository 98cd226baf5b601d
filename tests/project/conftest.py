"""The repository as its tests see it: tracked files and parsed modules."""

import ast
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Module:
    """A Python file of the package: `name` such as "raftkit.protocol.log"."""

    name: str
    path: Path

    @property
    def layer(self) -> str:
        """The part of the house it is in: "protocol", "cli", ...; "" for raftkit itself."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else ""

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))


@pytest.fixture(scope="session")
def modules(repository) -> list[Module]:
    """Every module of raftkit."""
    package = repository / "raftkit"
    paths = sorted(package.rglob("*.py"))
    return [Module(_dotted(path, repository), path) for path in paths]


def _dotted(path: Path, repository: Path) -> str:
    parts = path.relative_to(repository).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.fixture(scope="session")
def files(repository, missing) -> list[Path]:
    """Every file that is in git or about to be, relative to the repository."""
    # A checkout that belongs to another user is still worth testing.
    git = ["git", "-c", "safe.directory=*", "-C", repository]
    listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run([*git, *listing], capture_output=True, text=True)
    if done.returncode:
        missing(f"this is not a git checkout: {done.stderr.strip()}")
    names = [Path(name) for name in done.stdout.split("\0") if name]
    return [name for name in names if (repository / name).exists()]
