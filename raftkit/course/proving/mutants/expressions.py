"""Changes of expressions: another operator, constant, name, field, argument, or a part less.

Names are exchanged for others of the same declared type, fields for others of the same record,
and words such as "follower" for others of the same kind.
"""

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, partial
from typing import Any, get_args

from raftkit import protocol
from raftkit.protocol.effects import TimerChange
from raftkit.protocol.record import RECORDS
from raftkit.protocol.roles import Occasion, Role
from raftkit.protocol.terms import Treatment
from raftkit.protocol.timers import HeartbeatOccasion, TimerOccasion

_WORDS: tuple[tuple[str, ...], ...] = tuple(
    get_args(kind)
    for kind in (Role, Occasion, Treatment, TimerChange, HeartbeatOccasion, TimerOccasion)
)
_OURS = protocol.__name__
_ORDERS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_OPERATORS: dict[type[ast.AST], tuple[Any, ...]] = {
    **{order: tuple(other for other in _ORDERS if other is not order) for order in _ORDERS},
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.FloorDiv, ast.Add),
    ast.FloorDiv: (ast.Mod, ast.Mult),
    ast.Div: (ast.FloorDiv, ast.Mult),
    ast.Mod: (ast.FloorDiv,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
_FUNCTIONS = {
    "min": ("max",), "max": ("min",), "any": ("all",), "all": ("any",), "tuple": ("list",),
    "set": ("list",), "sorted": ("list",), "first_index_of": ("last_index_of",),
    "last_index_of": ("first_index_of",),
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A change of a node: in words, and what makes the new node of a copy of the old one."""

    words: str
    make: Callable[[Any], ast.AST]


@dataclass(frozen=True)
class Scope:
    """The names in some code, and their types as far as they are declared."""

    types: dict[str, str]
    variables: frozenset[str]

    @classmethod
    def of(cls, tree: ast.AST) -> "Scope":
        """The parameters and variables of all functions in the tree."""
        arguments = [node for node in ast.walk(tree) if isinstance(node, ast.arg)]
        types = {each.arg: text_of(each.annotation) for each in arguments if each.annotation}
        stored = {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        return cls(types, frozenset(stored))

    def others(self, name: str) -> list[str]:
        """Names that could stand in the place of this one."""
        if name in self.types:
            same = [each for each, kind in self.types.items() if kind == self.types[name]]
        elif name in self.variables:
            numbers = {each for each, kind in self.types.items() if kind == "int"}
            same = sorted(self.variables | numbers)
        else:
            return []
        return [each for each in same if each != name]


def text_of(node: ast.AST) -> str:
    """The code of a node in one line."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 70 else f"{text[:67]}..."


def expression_changes(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """Every change of this expression, but not of the expressions in it."""
    for new in _variants(node, scope):
        yield Change(f"{text_of(node)} -> {text_of(new)}", partial(_instead, new=new))


def _instead(_: ast.AST, new: ast.AST) -> ast.AST:
    return new


def _variants(node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
    match node:
        case ast.Compare():
            yield from _compared(node)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(_OPERATORS[type(op)][0](), values)
            yield from (_joined(op, _without(values, place)) for place in range(len(values)))
        case ast.BinOp(left, op, right):
            operators = _OPERATORS.get(type(op), ())
            yield from (ast.BinOp(left, other(), right) for other in operators)
            yield from (left, right, ast.BinOp(right, op, left))
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.IfExp(test, body, orelse):
            yield from (body, orelse, ast.IfExp(test, orelse, body))
        case ast.Constant(value):
            yield from map(ast.Constant, _other_constants(value))
        case ast.Name(name, ast.Load()):
            yield from (ast.Name(other, ast.Load()) for other in scope.others(name))
            if scope.types.get(name) == "int":
                yield from _by_one(node)
        case ast.Attribute(value, name, ast.Load()):
            others = _other_fields(name, _declared(value, scope))
            yield from (ast.Attribute(value, other, ast.Load()) for other in others)
            if _is_number(name):
                yield from _by_one(node)
        case ast.Call():
            yield from _called(node)
        case ast.Slice(lower, upper, step):
            yield from (ast.Slice(None, upper, step), ast.Slice(lower, None, step))
        case ast.Tuple(elements, ast.Load()):
            changed = (_without(elements, place) for place in range(len(elements)))
            yield from (ast.Tuple(each, ast.Load()) for each in changed)
        case ast.Set(elements):
            yield ast.List(elements, ast.Load())
        case ast.Dict(keys, values):
            for place in range(len(keys)):
                yield ast.Dict(_without(keys, place), _without(values, place))
        case ast.Return(value) if value is not None:
            yield from (ast.Return(ast.Name(name, ast.Load())) for name in scope.types)
            yield ast.Return(None)
        case ast.comprehension(target, each, conditions) if conditions:
            yield ast.comprehension(target, each, [], is_async=0)
        case ast.AugAssign(target, op, value):
            yield from (ast.AugAssign(target, other(), value) for other in _OPERATORS[type(op)])


def _by_one(number: ast.expr) -> Iterator[ast.AST]:
    yield ast.BinOp(number, ast.Add(), ast.Constant(1))
    yield ast.BinOp(number, ast.Sub(), ast.Constant(1))


def _without(parts: Sequence[Any], place: int) -> list[Any]:
    return [*parts[:place], *parts[place + 1 :]]


def _joined(op: ast.boolop, values: list[ast.expr]) -> ast.expr:
    return ast.BoolOp(op, values) if len(values) > 1 else values[0]


def _compared(node: ast.Compare) -> Iterator[ast.AST]:
    """Each operator exchanged, and each comparison of a chain left out.

    Words have no order in the course, so they are compared for equality only.
    """
    words = any(_is_word(each) for each in (node.left, *node.comparators))
    for place, operator in enumerate(node.ops):
        for other in _OPERATORS[type(operator)]:
            if words and other in _ORDERS and other not in (ast.Eq, ast.NotEq):
                continue
            operators = [*node.ops[:place], other(), *node.ops[place + 1 :]]
            yield ast.Compare(node.left, operators, node.comparators)
    if len(node.ops) > 1:
        yield ast.Compare(node.left, node.ops[:-1], node.comparators[:-1])
        yield ast.Compare(node.comparators[0], node.ops[1:], node.comparators[1:])


def _is_word(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _called(node: ast.Call) -> Iterator[ast.AST]:
    """Another function, two arguments exchanged, an argument left out, or one instead of all."""
    function = node.func
    name = getattr(function, "id", getattr(function, "attr", ""))
    for other in _FUNCTIONS.get(name, ()):
        new = (
            ast.Name(other, ast.Load())
            if isinstance(function, ast.Name)
            else ast.Attribute(function.value, other, ast.Load())  # type: ignore[attr-defined]
        )
        yield ast.Call(new, node.args, node.keywords)
    for place in range(1, len(node.args)):
        args = list(node.args)
        args[place - 1], args[place] = args[place], args[place - 1]
        yield ast.Call(function, args, node.keywords)
    for place in range(1, len(node.keywords)):
        yield ast.Call(function, node.args, _exchanged(node.keywords, place))
    for place in range(len(node.args)):
        yield ast.Call(function, _without(node.args, place), node.keywords)
    for place in range(len(node.keywords)):
        yield ast.Call(function, node.args, _without(node.keywords, place))
    yield from node.args


def _exchanged(keywords: list[ast.keyword], place: int) -> list[ast.keyword]:
    """The keywords, two neighbours of which have each other's value."""
    first, second = keywords[place - 1 : place + 1]
    new = [ast.keyword(first.arg, second.value), ast.keyword(second.arg, first.value)]
    return [*keywords[: place - 1], *new, *keywords[place + 1 :]]


def _other_constants(value: object) -> Iterator[Any]:
    """A number by one more and less, another truth value, another word of its kind."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value - 1, value + 1)
    elif isinstance(value, str):
        for words in _WORDS:
            if value in words:
                yield from (word for word in words if word != value)
    elif value is None:
        yield 0


# Fields ------------------------------------------------------------------------------------


def _declared(value: ast.AST, scope: Scope) -> str:
    """The declared type of an expression; "" if it is not known."""
    return scope.types.get(value.id, "") if isinstance(value, ast.Name) else ""


def _other_fields(name: str, declared: str) -> list[str]:
    """The fields of the same type, in the declared records or, without any, in all that have it."""
    kinds = [kind for kind in _records() if kind in declared] or list(_records())
    found = {
        other
        for kind in kinds
        if name in _records()[kind]
        for other, type in _records()[kind].items()
        if type == _records()[kind][name]
    }
    return sorted(found - {name})


def _is_number(name: str) -> bool:
    """Whether every record that has a field of this name has a number in it."""
    kinds = {parts[name] for parts in _records().values() if name in parts}
    return kinds in ({"int"}, {"<class 'int'>"})


@cache
def _records() -> dict[str, dict[str, str]]:
    """The fields of the protocol's records with their types, and those of logs and settings."""
    ours = {name: kind for name, kind in RECORDS.items() if kind.__module__.startswith(_OURS)}
    kinds = {**ours, "Settings": protocol.Settings}
    found = {
        name: {each.name: str(each.type) for each in fields(kind)}
        for name, kind in kinds.items()
        if is_dataclass(kind)
    }
    return {**found, "Log": {"last_index": "int", "last_term": "int"}}
