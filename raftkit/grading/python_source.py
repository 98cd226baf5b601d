"""Analyses Python source of students: its definitions, its stubs, and statements to leave out.

It runs nothing; text that is not Python defines nothing. It does not know notebooks or
exercises.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

_DEFINES = ast.Assign | ast.AnnAssign | ast.If | ast.Try | ast.With


@lru_cache(maxsize=128)
def parsed(source: str) -> ast.Module | None:
    """The syntax tree; None for text that is not Python, or is nested too deeply to parse."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def definitions(source: str, name: str) -> Iterator[ast.stmt]:
    """The statements at the top of a source that define `name`."""
    # Most cells need not be parsed; beyond ASCII, a name may be written in several ways.
    tree = parsed(source) if name in source or not source.isascii() else None
    for part in tree.body if tree else ():
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if part.name == name:
                yield part
        elif isinstance(part, _DEFINES) and name in assigned_names(part):
            yield part


def assigned_names(part: ast.stmt) -> set[str]:
    """The names that a statement defines or assigns to, other than those within a function.

    >>> sorted(assigned_names(ast.parse("a, b[0] = c, d").body[0]))
    ['a']
    >>> sorted(assigned_names(ast.parse("for a in b:\\n  def f(): c = 1").body[0]))
    ['a', 'f']
    """
    names: set[str] = set()
    inside: list[ast.AST] = [part]
    while inside:
        here = inside.pop()
        if isinstance(here, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(here.name)
            continue
        if isinstance(here, ast.Name) and isinstance(here.ctx, ast.Store):
            names.add(here.id)
        if not isinstance(here, ast.Lambda):
            inside += ast.iter_child_nodes(here)
    return names


def is_stub(part: ast.stmt) -> bool:
    """Whether a definition only raises NotImplementedError.

    >>> is_stub(ast.parse("def f():\\n    'Text.'\\n    raise NotImplementedError").body[0])
    True

    A class is a stub if each of its methods except `__init__` is one.
    """
    if isinstance(part, ast.ClassDef):
        methods = [each for each in part.body if isinstance(each, ast.FunctionDef)]
        contract = [each for each in methods if each.name != "__init__"]
        return bool(contract) and all(map(is_stub, contract))
    body = [line for line in getattr(part, "body", []) if not _is_text(line)]
    if len(body) != 1 or not isinstance(body[0], ast.Raise):
        return False
    return any(
        isinstance(word, ast.Name) and word.id == "NotImplementedError"
        for word in ast.walk(body[0])
    )


def _is_text(part: ast.stmt) -> bool:
    """Whether a statement is a docstring or another constant."""
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)


def blanked(source: str, parts: list[ast.stmt]) -> str:
    """`source` without `parts`; every other line keeps its number.

    >>> source = "x = 1\\nfor y in z:\\n    pass\\nw = 2; print(w)"
    >>> tree = ast.parse(source)
    >>> blanked(source, [tree.body[1], tree.body[3]])
    'x = 1\\n\\n\\nw = 2; pass'
    """
    lines = source.split("\n")
    # From the end, so that the places of those before stay as they are.
    for part in sorted(parts, key=lambda part: (part.lineno, part.col_offset), reverse=True):
        last = (part.end_lineno or part.lineno) - 1
        first = min([part.lineno, *(d.lineno for d in getattr(part, "decorator_list", ()))]) - 1
        above = lines[first].encode()[: part.col_offset if first == part.lineno - 1 else 0]
        below = lines[last].encode()[part.end_col_offset :]
        rest = below.strip().startswith(b";") or above.strip()
        lines[first : last + 1] = [""] * (last + 1 - first)
        if rest:
            lines[first] = f"{above.decode()}pass{below.decode()}"
    return "\n".join(lines)


def close(names: set[str], pairs: list[tuple[set[str], set[str]]]) -> None:
    """Add to `names` the second set of each pair whose first has one of them, until none is new."""
    led_to: dict[str, list[set[str]]] = defaultdict(list)
    for found, others in pairs:
        for name in found:
            led_to[name].append(others)
    waiting = [*names]
    while waiting:
        # Each name is taken once, because a notebook may have very many.
        for others in led_to.pop(waiting.pop(), ()):
            waiting += others - names
            names |= others


def given_names(part: ast.stmt) -> set[str]:
    """The names that a statement defines, assigns to or imports.

    >>> sorted(given_names(ast.parse("from math import ceil, floor as down").body[0]))
    ['ceil', 'down']
    """
    imports = [each for each in ast.walk(part) if isinstance(each, ast.Import | ast.ImportFrom)]
    aliases = [alias for each in imports for alias in each.names]
    return assigned_names(part) | {
        (alias.asname or alias.name).partition(".")[0] for alias in aliases
    }


def changed_names(part: ast.stmt) -> set[str]:
    """The names whose values a statement may change: by deleting, by their parts, by a method.

    >>> sorted(changed_names(ast.parse("a[0] = b.pop(c)").body[0]))
    ['a', 'b']
    """
    names: set[str] = set()
    for node in ast.walk(part):
        match node:
            case ast.Name(id, ast.Del()):
                names.add(id)
            case ast.Attribute(value, ctx=ast.Store() | ast.Del()) | ast.Subscript(
                value, ctx=ast.Store() | ast.Del()
            ):
                names |= names_in(value)
            case ast.Call(ast.Attribute(value)):
                names |= names_in(value)
    return names


def names_in(part: ast.AST) -> set[str]:
    """Every name in a part of a program."""
    return {node.id for node in ast.walk(part) if isinstance(node, ast.Name)}
