"""`as_checked`: the cells of a notebook, as the check of one answer has found them.

A student may use a name twice, for a helper of one answer and then of the next. An answer is judged
with what its names stood for when its check ran. It does not run anything.
"""

from collections.abc import Sequence
from dataclasses import replace

from raftkit.grading.notebook import Cell
from raftkit.grading.python_source import assigned_names, blanked, close, names_in, parsed


def as_checked(cells: Sequence[Cell], answer: str, check: Cell | None) -> list[Cell]:
    """The cells, of which those that ran after `check` give no name that is used a new meaning.

    Without a check cell, that of the answer stands for it.

    >>> first = Cell(1, "", True, "N = 2\\ndef f(): return N", rules=("f",), number=1)
    >>> second = Cell(2, "", True, "N = 0\\ndef g(): return N", rules=("g",), number=2)
    >>> [cell.source for cell in as_checked([first, second], "f", None)]
    ['N = 2\\ndef f(): return N', '\\ndef g(): return N']
    """
    found = next((cell for cell in cells if answer in cell.rules), None)
    if found is None:
        return [*cells]
    last = max(filter(None, (found, check)), key=lambda cell: cell.place)
    later = [cell for cell in cells if cell.place > last.place and cell.number > last.number]
    before = [cell for cell in cells if cell not in later]
    parts = [part for cell in before if (tree := parsed(cell.source)) for part in tree.body]
    used = {answer}
    close(used, [(assigned_names(part), names_in(part)) for part in parts])
    used &= set().union(*map(assigned_names, parts))
    return [_without(cell, used) if cell in later else cell for cell in cells]


def _without(cell: Cell, names: set[str]) -> Cell:
    """The cell without what defines or assigns to these names."""
    tree = parsed(cell.source)
    parts = [part for part in tree.body if assigned_names(part) & names] if tree else []
    return replace(cell, source=blanked(cell.source, parts)) if parts else cell
