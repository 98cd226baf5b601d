"""Changes of statements: one is missing, two are in the other order, a branch is always taken.

A write that is forgotten and effects in a wrong order are among them.
"""

import ast
from collections.abc import Iterator
from functools import partial

from raftkit.course.proving.mutants.expressions import Change, text_of

_BODIES = ("body", "orelse", "finalbody")


def statement_changes(node: ast.AST) -> Iterator[Change]:
    """Every change of the statements in `node`, and of how often its own are run."""
    for name in _BODIES:
        body = getattr(node, name, None)
        if isinstance(body, list) and not isinstance(node, ast.Module | ast.ClassDef):
            yield from _in_body(name, body)
    if isinstance(node, ast.If):
        yield Change(f"if {text_of(node.test)}: always", partial(_with_test, value=True))
        yield Change(f"if {text_of(node.test)}: never", partial(_with_test, value=False))
    if isinstance(node, ast.While | ast.For):
        yield Change("the loop ends after one round", _one_round)
    if isinstance(node, ast.Break | ast.Continue):
        other = ast.Continue() if isinstance(node, ast.Break) else ast.Break()
        yield Change(f"{text_of(node)} -> {text_of(other)}", lambda _: other)


def _in_body(name: str, body: list[ast.stmt]) -> Iterator[Change]:
    """Each statement left out, and each two neighbours in the other order."""
    for number, statement in enumerate(body):
        if not isinstance(statement, ast.Pass):
            words = f"without {text_of(statement)}"
            yield Change(words, partial(_left_out, name=name, number=number))
        if number and not isinstance(body[number - 1], ast.Return):
            words = f"{text_of(statement)} before {text_of(body[number - 1])}"
            yield Change(words, partial(_swapped, name=name, number=number))


def _left_out(node: ast.AST, name: str, number: int) -> ast.AST:
    body = getattr(node, name)
    del body[number]
    if name == "body" and not body:
        body.append(ast.Pass())
    return node


def _swapped(node: ast.AST, name: str, number: int) -> ast.AST:
    body = getattr(node, name)
    body[number - 1], body[number] = body[number], body[number - 1]
    return node


def _with_test(node: ast.If, value: bool) -> ast.AST:
    node.test = ast.Constant(value)
    return node


def _one_round(node: ast.For | ast.While) -> ast.AST:
    node.body.append(ast.Break())
    return node
