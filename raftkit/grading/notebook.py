"""Reads a student's notebook, and chooses the cells to run.

Rules are found by their names, so that a renamed, moved, split or unmarked cell costs nothing;
nbgrader's metadata (schema 3) only says which cells are checks and which are answers. A note
says what was left out. It does not know points.
"""

import ast
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from raftkit.grading.python_source import awaits, blanked, definitions, is_stub, parsed

SIZE_LIMIT = 50 << 20
_DEFINITION = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
# Names that only show something in the notebook. They do nothing in the sandbox, and a loop that
# waits for one of them would never end.
_SHOWS = {"Cluster", "check", "hint", "play", "progress", "replay", "reveal", "interact", "display"}


class Unreadable(Exception):
    """The file cannot be graded; the message is one sentence that says why."""


@dataclass(frozen=True)
class Cell:
    """A code cell: its place in the notebook (from 1), nbgrader's marks, and its source.

    `rules` are those of which the definition in this cell counts.
    """

    place: int
    grade_id: str
    solution: bool
    source: str
    rules: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name by which a student can find the cell."""
        return f"cell {self.place}"

    @property
    def is_check(self) -> bool:
        """Whether its mark is that of a check cell."""
        return self.grade_id.startswith("check-")


@dataclass
class Notebook:
    """The code cells of one notebook, and notes on what was left out or ambiguous."""

    cells: list[Cell]
    notes: list[str] = field(default_factory=list)

    def defines(self, name: str) -> list[Cell]:
        """The cells that define `name` at their top level, in order."""
        return [cell for cell in self.cells if any(True for _ in definitions(cell.source, name))]

    def leaves_unwritten(self, name: str) -> bool:
        """Whether every definition of `name` is still the stub."""
        found = [part for cell in self.cells for part in definitions(cell.source, name)]
        return all(is_stub(part) for part in found)

    def marks(self) -> set[str]:
        """Every grade_id in it."""
        return {cell.grade_id for cell in self.cells if cell.grade_id}


# Reading ---------------------------------------------------------------------------------


def read_notebook(path: Path) -> Notebook:
    """The notebook in a file. Raises `Unreadable`."""
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise Unreadable(f"{path.name} is larger than {SIZE_LIMIT >> 20} MB")
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror or error}") from None
    if not raw.strip():
        raise Unreadable(f"{path.name} is empty")
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Unreadable(f"{path.name} is damaged: it is not JSON, as a notebook is") from None
    return parse_notebook(data, path.name)


def parse_notebook(data: Any, name: str) -> Notebook:
    """The notebook in parsed JSON. Raises `Unreadable`.

    >>> code = {"cell_type": "code", "source": ["x = 1\\n", "y = 2"], "metadata": {}}
    >>> parse_notebook({"cells": [code]}, "a.ipynb").cells[0].source
    'x = 1\\ny = 2'
    >>> parse_notebook([], "a.ipynb")
    Traceback (most recent call last):
    raftkit.grading.notebook.Unreadable: a.ipynb is not a notebook: it has no cells
    """
    cells = data.get("cells") if isinstance(data, dict) else None
    if cells is None and isinstance(data, dict) and isinstance(data.get("worksheets"), list):
        raise Unreadable(f"{name} is a notebook of format 3: open and save it in JupyterLab")
    if not isinstance(cells, list):
        raise Unreadable(f"{name} is not a notebook: it has no cells")
    numbered = enumerate(cells, start=1)
    return Notebook([_cell(place, cell) for place, cell in numbered if _is_code(cell)])


def _is_code(cell: Any) -> bool:
    """Whether an entry of a notebook is a code cell; a damaged entry is none."""
    return isinstance(cell, dict) and cell.get("cell_type") == "code"


def _cell(place: int, cell: dict[str, Any]) -> Cell:
    """A code cell from JSON, which may be damaged."""
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    marks = marks if isinstance(marks, dict) else {}
    return Cell(
        place=place,
        grade_id=str(marks.get("grade_id", "")),
        solution=marks.get("solution") is True,
        source=_source(cell.get("source", "")),
    )


def _source(source: Any) -> str:
    """Source text from a text or a list of lines, without characters that Python refuses."""
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str))
    return text.replace("\r\n", "\n").replace("\x00", "").encode("utf-8", "replace").decode()


# Choosing cells --------------------------------------------------------------------------


def cells_to_run(notebook: Notebook, rules: Mapping[str, str]) -> list[Cell]:
    """The cells to run so that the student's functions exist; adds notes to the notebook.

    Answers run whole. Of other cells only imports, definitions and assignments run, because code
    that plays with a cluster would do nothing here, and might wait for ever. `rules` maps the
    names of the functions to the grade_ids of their cells.

    >>> notebook = Notebook([Cell(1, "", False, "import math\\nprint(math.pi)")])
    >>> [cell.source for cell in cells_to_run(notebook, {"has_majority": "ex-2-1"})]
    ['import math\\n']
    """
    plain = [_plain(cell, notebook.notes) for cell in notebook.cells if not cell.is_check]
    chosen = _with_rules(plain, rules, notebook.notes)
    reduced = [cell if cell.solution else _reduced(cell) for cell in chosen]
    return [cell for cell in reduced if cell.source.strip()]


def _plain(cell: Cell, notes: list[str]) -> Cell:
    """`cell` without IPython's commands and without `await` outside of a function."""
    lines = cell.source.split("\n")
    if lines[0].startswith("%%"):
        notes.append(f"{cell.name} starts with {lines[0].split()[0]} and was not run")
        return _with_source(cell, "")
    if parsed(cell.source) is None:
        magic = [line for line in lines if _is_magic(line)]
        lines = ["" if _is_magic(line) else line for line in lines]
        if magic:
            notes.append(f"{cell.name}: left out {_listed(line.strip() for line in magic)}")
    source = "\n".join(lines)
    tree = parsed(source)
    waiting = [part for part in tree.body if awaits(part)] if tree else []
    if waiting:
        notes.append(f"{cell.name}: left out 'await' outside of a function")
    return _with_source(cell, blanked(source, waiting))


def _is_magic(line: str) -> bool:
    """Whether a line is a command of IPython. It takes time in proportion to the line's length.

    >>> [_is_magic(line) for line in ("%time x", "files = !ls", "rule?", "x != 3", "x == y")]
    [True, True, True, False, False]
    """
    text = line.strip()
    if text.startswith(("%", "!", "?")):
        return True
    asked = text.removesuffix("?").removesuffix("?")
    if asked != text and _only_words(asked, "_."):
        return True
    left, _, right = text.partition("=")
    return _only_words(left, "_, ") and right.lstrip().startswith(("%", "!"))


def _only_words(text: str, others: str) -> bool:
    """Whether a text is made of letters, digits and `others`, and is not empty."""
    return bool(text) and all(sign.isalnum() or sign in others for sign in text)


def _with_rules(cells: list[Cell], rules: Mapping[str, str], notes: list[str]) -> list[Cell]:
    """`cells`, with each rule that is written listed in the cell whose definition counts.

    That is the cell with the rule's mark. If it holds only the stub, it is an answer's cell, and
    if there is none, any other cell; of several, the last. All cells run, because one may need
    another.
    """
    for rule, grade_id in rules.items():
        found = [(cell, part) for cell in cells for part in definitions(cell.source, rule)]
        written = [pair for pair in found if not is_stub(pair[1])]
        if not written:
            continue
        # max takes the first of equals.
        chosen, last = max(
            reversed(written), key=lambda pair: (pair[0].grade_id == grade_id, pair[0].solution)
        )
        if len({cell.place for cell, _ in found}) > 1:
            notes.append(f"{rule} is defined {len(found)} times: the one in {chosen.name} counts")
        # After the last written definition there are only stubs.
        below = [part for cell, part in found if cell is chosen and part.lineno > last.lineno]
        source = blanked(chosen.source, below)
        counting = replace(chosen, source=source, rules=(*chosen.rules, rule))
        cells = [counting if cell is chosen else cell for cell in cells]
    return cells


def _reduced(cell: Cell) -> Cell:
    """`cell` with only those statements that define a name."""
    tree = parsed(cell.source)
    if tree is None:
        return cell
    return _with_source(
        cell, blanked(cell.source, [part for part in tree.body if not _defines(part)])
    )


def _defines(part: ast.stmt) -> bool:
    """Whether a statement defines a name that an answer may use."""
    if isinstance(part, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.If | ast.Try):
        return not any(isinstance(n, ast.Name) and n.id in _SHOWS for n in ast.walk(part))
    return isinstance(part, _DEFINITION)


def _with_source(cell: Cell, source: str) -> Cell:
    """`cell` with another source."""
    return replace(cell, source=source)


def _listed(lines: Iterable[str]) -> str:
    """Lines for a note, shortened."""
    return ", ".join(repr(line[:40]) for line in lines)
