"""`as_checked`: the cells of a notebook, as the check of one answer finds them from the top.

A student may use a name twice, for a helper of one answer and then of the next. An answer is judged
with what its names stand for where its check is. It does not run anything.
"""

import ast
import builtins
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import raftkit.protocol
from raftkit.grading.notebook import Cell
from raftkit.grading.python_source import (
    assigned_names,
    blanked,
    changed_names,
    close,
    given_names,
    names_in,
    parsed,
)


def as_checked(cells: Sequence[Cell], answer: str, check: Cell | None) -> list[Cell]:
    """The cells, of which those below `check` only give names that are still missing there.

    Without a check cell, that of the answer stands for it.

    >>> first = Cell(1, "", True, "N = 2\\ndef f(): return N + M", rules=("f",))
    >>> second = Cell(2, "", True, "M = 3\\nN = 0\\ndef g(): return N", rules=("g",))
    >>> [cell.source for cell in as_checked([first, second], "f", None)]
    ['N = 2\\ndef f(): return N + M', 'M = 3\\n\\ndef g(): return N']
    """
    found = next((cell for cell in cells if answer in cell.rules), None)
    if found is None:
        return [*cells]
    last = max(filter(None, (found, check)), key=lambda cell: cell.place)
    before = [part for cell in cells if cell.place <= last.place for part in _parts(cell)]
    used = {answer}
    close(used, [(assigned_names(part), names_in(part)) for part in before])
    there = set(dir(builtins)) | _names_of_kit() | {answer}
    there = there.union(*map(given_names, before)) & used
    return [cell if cell.place <= last.place else _without(cell, there) for cell in cells]


def _without(cell: Cell, names: set[str]) -> Cell:
    """The cell without what gives these names another meaning, or changes their values."""
    parts = [part for part in _parts(cell) if _given(part) & names]
    return replace(cell, source=blanked(cell.source, parts)) if parts else cell


def _given(part: ast.stmt) -> set[str]:
    """The names that a statement gives another meaning or value; a star stands for the kit's."""
    if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {part.name}
    names = given_names(part) | changed_names(part)
    return names | _names_of_kit() if "*" in names else names


def _parts(cell: Cell) -> list[ast.stmt]:
    tree = parsed(cell.source)
    return tree.body if tree else []


@cache
def _names_of_kit() -> frozenset[str]:
    """What a notebook can import from the kit, and has without an import."""
    return frozenset(dir(raftkit.protocol))
