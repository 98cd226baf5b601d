"""Chooses what counts in a student's notebook: the cells that run, and the definition of each rule.

Rules are found by their names, so that a renamed, moved, split or unmarked cell costs nothing. A
note says what was left out. It does not know points.
"""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from raftkit.grading.check_calls import own_check, with_answers_named
from raftkit.grading.ipython_source import Commands, without_prompts
from raftkit.grading.notebook import Cell, Notebook
from raftkit.grading.python_source import blanked, definitions, is_stub, names_in, parsed

# Commands of IPython that run the rest of their cell as it is.
_AROUND_A_CELL = {"%%time", "%%capture", "%%prun"}
_LISTED = 3  # lines in one note


def cells_to_run(notebook: Notebook, rules: Mapping[str, str]) -> list[Cell]:
    """The cells to run, in which each student's function has its name; adds notes to the notebook.

    All of every cell runs, as in the notebook: anything may make what an answer needs. `rules`
    maps the names of the functions to the grade_ids of their cells.

    >>> table = Cell(1, "", False, "SEEN = []\\nSEEN.append(2)")
    >>> answer = Cell(2, "ex-2-1", True, "def mine(*numbers): return SEEN[0]")
    >>> check = Cell(3, "check-2-1", False, "check('2.1', mine)")
    >>> cells = cells_to_run(Notebook([table, answer, check]), {"has_majority": "ex-2-1"})
    >>> cells[2].source
    "has_majority = mine; check('2.1', mine)"
    """
    commands = Commands()
    plain = [_plain(cell, commands, notebook.notes) for cell in notebook.cells]
    named = [with_answers_named(cell, rules) for cell in plain]
    chosen = _with_rules(named, rules, notebook.notes)
    notebook.notes += _answers_in_texts(notebook, rules)
    return [cell for cell in chosen if cell.source.strip()]


def _plain(cell: Cell, commands: Commands, notes: list[str]) -> Cell:
    """`cell` as IPython hands it to Python, without what does nothing here."""
    if parsed(cell.source) is None:
        cell = _without_cell_command(_with_source(cell, without_prompts(cell.source)), notes)
    if parsed(cell.source) is None:
        source, left_out = commands.as_calls(cell.source)
        cell = _with_source(cell, source)
        if left_out:
            notes.append(f"{cell.name}: left out {_listed(left_out)}")
    return cell


def _without_cell_command(cell: Cell, notes: list[str]) -> Cell:
    """`cell` without a command of IPython above its code; empty if that does not run the code."""
    above, command, rest = cell.source.partition("%%")
    if above.strip() or not command:
        return cell
    first, _, code = rest.partition("\n")
    name = command + "".join(first[:40].split()[:1])
    if name in _AROUND_A_CELL:
        return _with_source(cell, f"{above}\n{code}")
    notes.append(f"{cell.name} starts with {name} and was not run")
    return _with_source(cell, "")


def _with_rules(cells: list[Cell], rules: Mapping[str, str], notes: list[str]) -> list[Cell]:
    """`cells`, with each rule that is written listed in the cell whose definition counts.

    That is the last above a check that the student has written, whose result the notebook shows
    last; else the cell with the rule's mark. If it holds only the stub, it is an answer's cell, and
    if there is none, any other cell; of several, the last. All cells run, because one may need
    another.
    """
    for rule, grade_id in rules.items():
        found = [(cell, part) for cell in cells for part in definitions(cell.source, rule)]
        written = [pair for pair in found if not is_stub(pair[1])]
        if not written:
            continue
        again = own_check(cells, rule, grade_id)
        checked = [pair for pair in written if again and pair[0].place <= again.place]
        # max takes the first of equals.
        chosen, last = max(
            reversed(checked or written),
            key=lambda pair: (
                _continues(pair[1], rule),
                not checked and pair[0].grade_id == grade_id,
                not checked and pair[0].solution,
            ),
        )
        if len({cell.place for cell, _ in found}) > 1:
            notes.append(f"{rule} is defined {len(found)} times: the one in {chosen.name} counts")
        # After the last written definition there are only stubs.
        below = [part for cell, part in found if cell is chosen and part.lineno > last.lineno]
        source = blanked(chosen.source, below)
        counting = replace(chosen, source=source, rules=(*chosen.rules, rule))
        cells = [counting if cell is chosen else cell for cell in cells]
    return cells


def _continues(part: ast.stmt, name: str) -> bool:
    """Whether a statement is a class that builds on the one before it of the same name."""
    return isinstance(part, ast.ClassDef) and any(name in names_in(base) for base in part.bases)


def _answers_in_texts(notebook: Notebook, rules: Iterable[str]) -> list[str]:
    """A note on each rule that is defined in a cell without code, and nowhere else."""
    return [
        f"{rule} is in {cell.name}, which is no code cell: make it one (Code in the toolbar)"
        for rule in rules
        if notebook.leaves_unwritten(rule)
        for cell in notebook.texts
        if any(not is_stub(part) for part in definitions(cell.source, rule))
    ]


def _with_source(cell: Cell, source: str) -> Cell:
    """`cell` with another source."""
    return replace(cell, source=source)


def _listed(lines: Sequence[str]) -> str:
    """Lines for a note, shortened; of many the first ones."""
    first, more = lines[:_LISTED], len(lines) - _LISTED
    listed = ", ".join(repr(line[:40]) for line in first)
    return f"{listed} and {more} more lines" if more > 0 else listed
