"""What every test may lean on: the repository, and tools from outside Python.

A browser and Node are not Python packages, so a contributor may lack them and
still run the rest. Where RAFTKIT_REQUIRE_ALL is set, as in continuous
integration, a missing tool fails the test that needs it.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
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


@pytest.fixture(scope="session")
def with_few_stories() -> Callable[[], AbstractContextManager[None]]:
    """In its block a lone server lives through short stories only, where others are the subject."""

    @contextmanager
    def block() -> Iterator[None]:
        from raftkit.scenarios.small_world import all_stories, asking

        stories = all_stories()[:400]
        asking._asked_in_all.cache_clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(asking, "all_stories", lambda: stories)
            yield
        asking._asked_in_all.cache_clear()

    return block


@pytest.fixture
def few_stories(with_few_stories: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """The same for a test."""
    with with_few_stories():
        yield


# Files that take long by themselves. Begun last, they would keep one processor busy and leave the
# others idle; several processes work on files in the order in which they stand here.
_BEGIN_FIRST = (
    "test_suite_in_a_browsers_python.py",
    "test_same_bytes_everywhere.py",
    "test_site.py",
    "test_stubs_and_solutions.py",
    "test_wrong_servers.py",
    "test_capstone.py",
    "test_lone_servers.py",
    "test_nbgrader_course.py",
    "test_bench.py",
    "test_class.py",
    "test_player_in_lab.py",
    "test_notebooks_in_lab.py",
    "test_wrong_answers.py",
    "test_interrupts.py",
    "test_guard.py",
)

# Fixtures that start processes.
_START_PROCESSES = {"program", "at_each_import", "interrupted", "sandbox", "grade"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts processes, which a browser's Python leaves out; put the longest first."""
    for item in items:
        if _START_PROCESSES & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.system)
    items.sort(key=lambda item: item.path.name not in _BEGIN_FIRST)
