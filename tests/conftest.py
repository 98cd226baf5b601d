"""What every test may lean on: the repository, and tools from outside Python.

A browser and Node are not Python packages, so a contributor may lack them and
still run the rest. Where RAFTKIT_REQUIRE_ALL is set, as in continuous
integration, a missing tool fails the test that needs it.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

# Notebooks below tests/ are submissions and other material, not tests themselves.
collect_ignore_glob = ["*.ipynb"]


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top folder of the repository."""
    return Path(__file__).parent.parent


@pytest.fixture(scope="session")
def missing() -> Callable[[str], None]:
    """Give up on a test for want of something: a failure where everything is required."""

    def give_up(reason: str) -> None:
        if os.environ.get("RAFTKIT_REQUIRE_ALL"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)

    return give_up


@pytest.fixture(scope="session")
def tool(missing: Callable[[str], None]) -> Callable[[str, str], str]:
    """The path of a program, or no test: `tool("node", "install Node 20 or newer")`."""

    def find(program: str, advice: str) -> str:
        found = shutil.which(program)
        if found is None:
            missing(f"{program} is not installed: {advice}")
        return str(found)

    return find


# Fixtures that start processes.
_START_PROCESSES = {"program", "at_each_import", "interrupted", "sandbox", "grade"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts processes, so that a browser's Python leaves it out."""
    for item in items:
        if _START_PROCESSES & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.system)
