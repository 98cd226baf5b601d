"""Reads a student's notebook: its cells with code, and nbgrader's marks of them (schema 3).

Every part of the file may be damaged, and it may be of any size. Which cells run is decided in
chosen_cells.py.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from raftkit.grading.python_source import definitions, is_stub

# Far more than any notebook of the course has, outputs and all.
SIZE_LIMIT = 20 << 20
CODE_LIMIT, CELL_LIMIT = 300_000, 100_000  # characters
CELLS_LIMIT = 2_000
# Of a file, cells and outputs alike: each takes many times the memory that it takes in the file.
_PARTS_LIMIT = 500_000
_NOTES_AT_MOST = 20


class Unreadable(Exception):
    """The file cannot be graded; the message is one sentence that says why."""


@dataclass(frozen=True)
class Cell:
    """A code cell: its place in the notebook (from 1), nbgrader's marks, and its source.

    `rules` are those of which the definition in this cell counts, and `number` is the one that
    Jupyter gave it when it ran, as in `Out[number]`; its place if it has not run.
    """

    place: int
    grade_id: str
    solution: bool
    source: str
    rules: tuple[str, ...] = ()
    number: int = 0

    @property
    def name(self) -> str:
        """The name by which a student can find the cell."""
        return f"cell {self.place}"


@dataclass
class Notebook:
    """The code cells of one notebook, and notes on what was left out or ambiguous.

    `texts` are the cells without code, which may hold an answer all the same.
    """

    cells: list[Cell]
    notes: list[str] = field(default_factory=list)
    texts: list[Cell] = field(default_factory=list)

    def defines(self, name: str) -> list[Cell]:
        """The cells that define `name` at their top level, in order."""
        return [cell for cell in self.cells if any(True for _ in definitions(cell.source, name))]

    def leaves_unwritten(self, name: str) -> bool:
        """Whether every definition of `name` is still the stub."""
        found = [part for cell in self.cells for part in definitions(cell.source, name)]
        return all(is_stub(part) for part in found)

    @property
    def told(self) -> tuple[str, ...]:
        """The notes; of very many the first ones, and how many there are besides."""
        return first_notes(self.notes, _NOTES_AT_MOST)

    def marks(self) -> set[str]:
        """Every grade_id in it."""
        return {cell.grade_id for cell in self.cells if cell.grade_id}


def first_notes(notes: Sequence[str], at_most: int) -> tuple[str, ...]:
    """The notes; of more than `at_most` the first ones, and how many there are besides.

    >>> first_notes(["one", "two", "three"], 2)
    ('one', 'two', 'and 1 more like this')
    """
    if len(notes) <= at_most:
        return tuple(notes)
    return (*notes[:at_most], f"and {len(notes) - at_most} more like this")


# Reading ---------------------------------------------------------------------------------


def read_notebook(path: Path) -> Notebook:
    """The notebook in a file. Raises `Unreadable`."""
    try:
        if path.stat().st_size > SIZE_LIMIT:
            said = f"{path.name} is larger than {SIZE_LIMIT >> 20} MB: clear its outputs"
            raise Unreadable(f"{said} (Kernel menu), save it, and hand it in again")
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror or error}") from None
    if not raw.strip():
        raise Unreadable(f"{path.name} is empty")
    try:
        data = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_counted(path.name))
    except (ValueError, RecursionError):
        raise Unreadable(f"{path.name} is damaged: it is not JSON, as a notebook is") from None
    return parse_notebook(data, path.name)


def _counted(name: str) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    """A function that makes the objects of a file; it raises `Unreadable` if there are too many."""
    numbers = count(1)

    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if next(numbers) > _PARTS_LIMIT:
            raise Unreadable(f"{name} has more than {_PARTS_LIMIT:,} parts, and no notebook does")
        return dict(pairs)

    return made


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
    numbered = [(place, cell) for place, cell in enumerate(cells, start=1) if _has_source(cell)]
    code = [_cell(place, cell) for place, cell in numbered if _is_code(cell)]
    texts = [_cell(place, cell) for place, cell in numbered if not _is_code(cell)]
    # Nobody is told of long texts: they may be pictures.
    return Notebook(*_bounded(code), texts=_bounded(texts)[0])


def _bounded(cells: list[Cell]) -> tuple[list[Cell], list[str]]:
    """The cells, without the source of what is too long to be anybody's own, and notes on it."""
    bounded, notes, left = [], [], CODE_LIMIT
    for cell in cells[:CELLS_LIMIT]:
        length = len(cell.source)
        if length > CELL_LIMIT:
            notes.append(
                f"{cell.name} is too long and was not run: it has {length:,} characters, and "
                f"{CELL_LIMIT:,} are allowed"
            )
        elif length > left:
            notes.append(
                f"{cell.name} was not run: the cells above it have nearly all {CODE_LIMIT:,} "
                "characters that a notebook may have"
            )
        bounded.append(cell if length <= min(left, CELL_LIMIT) else replace(cell, source=""))
        left -= len(bounded[-1].source)
    if len(cells) > CELLS_LIMIT:
        notes.append(f"of {len(cells):,} cells only the first {CELLS_LIMIT:,} were run")
    return bounded, notes


def _has_source(cell: Any) -> bool:
    """Whether an entry of a notebook is a cell; a damaged entry is none."""
    return isinstance(cell, dict) and isinstance(cell.get("source", ""), str | list)


def _is_code(cell: dict[str, Any]) -> bool:
    """Whether a cell holds code."""
    return cell.get("cell_type") == "code"


def _cell(place: int, cell: dict[str, Any]) -> Cell:
    """A code cell from JSON, which may be damaged."""
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    marks = marks if isinstance(marks, dict) else {}
    number = cell.get("execution_count")
    return Cell(
        place=place,
        grade_id=str(marks.get("grade_id", "")),
        solution=marks.get("solution") is True,
        source=_source(cell.get("source", "")),
        number=number if type(number) is int else place,
    )


def _source(source: Any) -> str:
    """Source text from a text or a list of lines, without characters that Python refuses."""
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str))
    # Python counts a lone "\r" as the end of a line, as editors of old did.
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text.encode("utf-8", "replace").decode()
