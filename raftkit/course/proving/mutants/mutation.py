"""`first_order` and `second_order`: the mutants of a function or class, as source code.

A mutant differs from the original in one place: an expression has become another one, or a
statement is missing, repeated elsewhere, or in another order. Which changes there are is in
expressions.py and statements.py. Libraries for mutation testing change a file that a test runner
then imports; none gives mutants as source, or knows the words and records of this course.
"""

import ast
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

from raftkit.course.proving.mutants.expressions import Change, Scope, expression_changes
from raftkit.course.proving.mutants.statements import statement_changes


@dataclass(frozen=True)
class Mutant:
    """Source code that differs from a solution: in which lines of it, and how."""

    source: str
    lines: tuple[int, ...]
    changes: tuple[str, ...]

    def __str__(self) -> str:
        """The changes in words.

        >>> print(next(first_order("def double(x: int) -> int:\\n    return x + x")))
        line 1: without return x + x
        """
        parts = zip(self.lines, self.changes, strict=True)
        return "; ".join(f"line {line}: {change}" for line, change in parts)


def first_order(source: str) -> Iterator[Mutant]:
    """Every mutant of `source` with one change; no two of them, nor the original, are the same.

    Raises SyntaxError if the source is no Python.
    """
    tree = without_docstrings(ast.parse(source))
    scope = Scope.of(tree)
    tree = _without_annotations(tree)
    yield from _mutants(tree, scope)


def _mutants(tree: ast.Module, scope: Scope) -> Iterator[Mutant]:
    """Every mutant of a tree with one change."""
    seen = {ast.unparse(tree)}
    types = set(_nodes_of_types(tree))
    for place, node in enumerate(ast.walk(tree)):
        if node in types:
            continue
        for change in (*expression_changes(node, scope), *statement_changes(node)):
            mutated = ast.unparse(_changed(tree, place, change))
            if mutated not in seen:
                seen.add(mutated)
                yield Mutant(mutated, (getattr(node, "lineno", 0),), (change.words,))


def second_order(source: str) -> Iterator[Mutant]:
    """Every mutant of a mutant, once."""
    tree = without_docstrings(ast.parse(source))
    scope = Scope.of(tree)
    tree = _without_annotations(tree)
    originals = list(_mutants(tree, scope))
    seen = {ast.unparse(tree), *(each.source for each in originals)}
    for once in originals:
        for twice in _mutants(ast.parse(once.source), scope):
            if twice.source not in seen:
                seen.add(twice.source)
                yield Mutant(
                    twice.source, (*once.lines, *twice.lines), (*once.changes, *twice.changes)
                )


def _nodes_of_types(tree: ast.Module) -> Iterator[ast.AST]:
    """The nodes that only say a type: of a field, or in an alias such as `Role = Literal[...]`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign):
            yield from ast.walk(node.annotation)
    for statement in tree.body:
        value = getattr(statement, "value", None)
        if isinstance(statement, ast.Assign) and isinstance(value, ast.Subscript | ast.BinOp):
            yield from ast.walk(statement)


def _changed(tree: ast.Module, place: int, change: Change) -> ast.Module:
    """A copy of the tree in which the node at this place of a walk is changed."""
    copy = deepcopy(tree)
    target = next(node for number, node in enumerate(ast.walk(copy)) if number == place)
    new = change.make(target)
    if new is not target:
        for parent in ast.walk(copy):
            if _put(parent, target, new):
                break
    return ast.fix_missing_locations(copy)


def _put(parent: ast.AST, old: ast.AST, new: ast.AST) -> bool:
    """Put `new` into the place of `old` among the children; returns whether it was there."""
    for name, value in ast.iter_fields(parent):
        if value is old:
            setattr(parent, name, new)
            return True
        if isinstance(value, list) and any(each is old for each in value):
            value[[each is old for each in value].index(True)] = new
            return True
    return False


def _without_annotations(tree: ast.Module) -> ast.Module:
    """The tree without types, which do nothing when the code runs."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    return tree


def without_docstrings(tree: ast.Module) -> ast.Module:
    """The tree without docstrings, which no change of should count as a mutant."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return tree
