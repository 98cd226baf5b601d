"""The simulator runs wherever Python runs, a browser included."""

import ast
import sys

import pytest

import raftkit.simulator

ALLOWED = {
    "array",
    "bisect",
    "collections",
    "contextlib",
    "copy",
    "dataclasses",
    "functools",
    "gc",
    "heapq",
    "itertools",
    "json",
    "math",
    "networkx",
    "operator",
    "pathlib",
    "raftkit",
    "random",
    "re",
    "typing",
}


@pytest.fixture(scope="module")
def sources(repository):
    files = sorted((repository / "raftkit" / "simulator").glob("*.py"))
    assert len(files) > 10
    return {path.name: ast.parse(path.read_text(encoding="utf-8")) for path in files}


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def test_it_imports_nothing_that_knows_a_system_a_thread_or_a_clock(sources):
    for file, tree in sources.items():
        tops = {name.split(".")[0] for name in imported(tree)}

        assert tops <= ALLOWED, file
        assert tops - {"raftkit", "networkx"} <= sys.stdlib_module_names, file


def test_it_knows_only_itself_and_the_protocol(sources):
    for file, tree in sources.items():
        own = {name for name in imported(tree) if name.startswith("raftkit")}

        assert all(name.startswith(("raftkit.simulator", "raftkit.protocol")) for name in own), file


def test_everything_it_exports_is_there():
    assert sorted(raftkit.simulator.__all__) == raftkit.simulator.__all__
    assert all(hasattr(raftkit.simulator, name) for name in raftkit.simulator.__all__)


def test_it_draws_only_numbers_that_are_the_same_in_every_python(sources):
    for file, tree in sources.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "random":
                assert node.attr == "random", file
