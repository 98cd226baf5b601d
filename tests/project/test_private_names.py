"""What protocol/ keeps to itself stays there: nothing else uses a name of its that begins with _.

Servers of one's own override and read public names only; the core may change the others.
"""

import ast
from pathlib import Path

import pytest

MINE = {"self", "cls"}


def is_private(name):
    return name.startswith("_") and name != "_" and not name.endswith("__")


def private_names(tree):
    """The private names that a file defines: functions, fields, slots and module variables."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield from [name] * is_private(name)
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield from [name] * is_private(name)
            case ast.Name(id=name, ctx=ast.Store()):
                yield from [name] * is_private(name)


def class_bases(trees):
    """By class: the names of those that it is derived from, without their modules."""
    return {
        node.name: {ast.unparse(base).rpartition(".")[2] for base in node.bases}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }


def derived(bases, roots):
    """The classes derived from one of `roots`, however far."""
    found = {name for name, parents in bases.items() if parents & roots}
    return found if found <= roots else derived(bases, roots | found)


def foreign_uses(tree, core, servers):
    """Where a file uses a private name of `core` that is not its own, as (line, name)."""
    borrowed = core - {*private_names(tree)}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in MINE:
                continue
            case ast.Attribute(attr=name) | ast.Constant(value=str(name)) if name in borrowed:
                yield node.lineno, name
            case ast.ImportFrom(module=str(module)) if module.startswith("raftkit.protocol"):
                yield from ((node.lineno, a.name) for a in node.names if is_private(a.name))
            case ast.ClassDef(name=name) if name in servers:
                yield from _uses_in_class(node, core)


def _uses_in_class(tree, core):
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) | ast.FunctionDef(name=name) | ast.Name(id=name) if (
                name in core
            ):
                yield node.lineno, name


def uses_outside(core_trees, other_trees):
    """Every use of a private name of the core elsewhere, as "file:line name"."""
    core = {name for tree in core_trees.values() for name in private_names(tree)}
    bases = class_bases([*core_trees.values(), *other_trees.values()])
    of_the_core = {*class_bases(core_trees.values())}
    servers = derived(bases, of_the_core) - of_the_core
    return sorted(
        f"{path}:{line} {name}"
        for path, tree in other_trees.items()
        for line, name in {*foreign_uses(tree, core, servers)}
    )


@pytest.fixture(scope="module")
def core_trees(modules):
    return {module.path: module.tree for module in modules if module.layer == "protocol"}


def test_nothing_outside_of_the_protocol_uses_its_private_names(modules, core_trees, repository):
    trees = {module.path: module.tree for module in modules if module.layer != "protocol"}
    for path in sorted((repository / "tests").rglob("*.py")):
        if path.parent.name != "protocol":  # They test how it works inside, too.
            trees[path] = ast.parse(path.read_text(encoding="utf-8"))

    assert uses_outside(core_trees, trees) == []


@pytest.mark.parametrize(
    "code",
    [
        "shared = log._entries",
        "names = {'_handlers'}",
        "from raftkit.protocol.record import _hash_of_parts",
        "class Mine(Server):\n    _handlers = {}\n",
        "class Mine(Log):\n    def _outside(self, index):\n        return index",
        "class A(Server): ...\nclass B(A):\n    def first(self):\n        self._handlers = {}",
    ],
)
def test_a_use_is_found(code, core_trees):
    found = uses_outside(core_trees, {Path("mine.py"): ast.parse(code)})

    assert found


@pytest.mark.parametrize(
    "code",
    [
        "class Other:\n    def first(self):\n        self._entries = []\nfirst = Other()._entries",
        "class Mine(Server):\n    def first(self):\n        self._votes = self.log.__len__()",
    ],
)
def test_names_of_ones_own_are_no_use(code, core_trees):
    assert uses_outside(core_trees, {Path("mine.py"): ast.parse(code)}) == []
