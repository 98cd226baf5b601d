"""Chooses the cells of a student's notebook that run, and the statements in them.

Rules are found by their names, so that a renamed, moved, split or unmarked cell costs nothing. A
note says what was left out. It does not know points.
"""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from raftkit.grading.ipython_source import Commands, without_prompts
from raftkit.grading.notebook import Cell, Notebook
from raftkit.grading.python_source import (
    assigned_names,
    blanked,
    close,
    definitions,
    is_stub,
    names_in,
    parsed,
)

_DEFINITION = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_ASSIGNMENT = ast.Assign | ast.AnnAssign | ast.AugAssign | ast.If | ast.Try
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
# What runs in the notebook and does nothing in the sandbox: a loop that waits for it would never
# end.
_RUNS = frozenset({"Cluster", "check", "play", "replay", "try_out"})
# What may fill any value, whatever it names.
_FILLS_ANY = {"exec", "globals"}
# Commands of IPython that run the rest of their cell as it is.
_AROUND_A_CELL = {"%%time", "%%capture", "%%prun"}
# The names by which IPython keeps the values that cells have shown.
_SHOWN = frozenset({"Out", "_", "__", "___"})
_LISTED = 3  # lines in one note


def cells_to_run(notebook: Notebook, rules: Mapping[str, str]) -> list[Cell]:
    """The cells to run so that the student's functions exist; adds notes to the notebook.

    Answers' cells run whole, but for loops that wait for a cluster: there is none here. Of other
    cells run imports, definitions, assignments, and what fills values that answers need; the rest
    would do nothing here. `rules` maps the names of the functions to the grade_ids of their cells.

    >>> table = Cell(1, "", False, "SEEN = []\\nSEEN.append(2)\\nprint('made')")
    >>> answer = Cell(2, "ex-2-1", True, "def has_majority(*numbers): return SEEN[0]")
    >>> cells = cells_to_run(Notebook([table, answer]), {"has_majority": "ex-2-1"})
    >>> cells[0].source
    'SEEN = []\\nSEEN.append(2)\\n'
    """
    commands = Commands()
    plain = [_plain(cell, commands, notebook.notes) for cell in notebook.cells]
    chosen = _with_rules(plain, rules, notebook.notes)
    notebook.notes += _answers_in_texts(notebook, rules)
    needed = _needed_values(chosen, rules)
    if any(map(_reads_shown, chosen)):
        needed |= _SHOWN
    runs = _RUNS - _own_names(chosen)
    made = _made_by(runs, chosen)
    reduced = [
        _without_waits(cell, made) if cell.solution else _reduced(cell, needed, rules, runs)
        for cell in chosen
    ]
    return [cell for cell in reduced if cell.source.strip()]


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
            reversed(written),
            key=lambda pair: (
                _continues(pair[1], rule),
                pair[0].grade_id == grade_id,
                pair[0].solution,
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


def _own_names(cells: Iterable[Cell]) -> set[str]:
    """The names of functions and values that the student has made, whatever ours are called."""
    trees = [tree for cell in cells if (tree := parsed(cell.source)) is not None]
    return set().union(*(assigned_names(part) for tree in trees for part in tree.body))


def _made_by(runs: frozenset[str], cells: Iterable[Cell]) -> frozenset[str]:
    """The names of values that are only ever made by what is in `runs`, as a cluster is."""
    trees = [tree for cell in cells if (tree := parsed(cell.source)) is not None]
    parts = [part for tree in trees for part in tree.body if not isinstance(part, _DEFINITION)]
    pairs = [(names_in(part), assigned_names(part)) for part in parts]
    made = set(runs)
    close(made, pairs)
    return frozenset(made.difference(*(assigned for names, assigned in pairs if not names & made)))


def _without_waits(cell: Cell, made: frozenset[str]) -> Cell:
    """`cell` without loops that wait for something that is in `made`, or was made by it."""
    tree = parsed(cell.source)
    parts = [part for part in tree.body if not isinstance(part, _DEFINITION)] if tree else []
    loops = [part for part in parts if any(isinstance(each, ast.While) for each in ast.walk(part))]
    return _with_source(
        cell, blanked(cell.source, [loop for loop in loops if names_in(loop) & made])
    )


def _reduced(
    cell: Cell, needed: frozenset[str], rules: Iterable[str], runs: frozenset[str]
) -> Cell:
    """`cell` with only those statements that define a name, or fill a value that is needed.

    A statement that names one of `runs` does neither.
    """
    answers = frozenset(rules)
    tree = parsed(cell.source)
    if tree is None:
        return cell
    idle = [part for part in tree.body if not _is_needed(part, needed, answers, runs)]
    if needed >= _SHOWN and idle and idle[-1] is tree.body[-1] and not names_in(idle[-1]) & runs:
        idle.pop()  # what it shows is the value of Out
    return _with_source(cell, blanked(cell.source, idle))


def _is_needed(
    part: ast.stmt, needed: frozenset[str], answers: frozenset[str], runs: frozenset[str]
) -> bool:
    """Whether a statement defines a name that an answer may use, or fills its value."""
    if isinstance(part, _DEFINITION):
        return True
    if names_in(part) & runs:
        return False
    return isinstance(part, _ASSIGNMENT) or _fills(part, needed, answers)


def _reads_shown(cell: Cell) -> bool:
    """Whether a cell may read what cells have shown: by Out, _, __ or as _12."""
    tree = parsed(cell.source)
    names = names_in(tree) if tree else set()
    return any(name in _SHOWN or re.fullmatch(r"_\d+", name) for name in names)


def _fills(part: ast.stmt, needed: frozenset[str], answers: frozenset[str]) -> bool:
    """Whether a statement may put something into a value that is needed, or make an answer."""
    return bool(names_in(part) & (needed | _FILLS_ANY) or assigned_names(part) & answers)


def _needed_values(cells: list[Cell], rules: Iterable[str]) -> frozenset[str]:
    """The names of values that the answers use, and of functions that may fill these.

    Functions are no values, so a loop that only tries a helper is not needed.
    """
    trees = [(cell, tree) for cell in cells if (tree := parsed(cell.source)) is not None]
    parts = [part for _, tree in trees for part in tree.body]
    answers = set(rules)
    used = set(answers).union(*(names_in(tree) for cell, tree in trees if cell.solution))
    close(used, [(assigned_names(part), names_in(part)) for part in parts])
    functions = [part for part in parts if isinstance(part, _FUNCTION)]
    made = (assigned_names(part) for part in parts if not isinstance(part, _FUNCTION))
    values = (used & set().union(*made)) - answers
    filling = set(values)
    close(filling, [(names_in(part), {part.name}) for part in functions])
    return frozenset(values | (filling - used))


def _with_source(cell: Cell, source: str) -> Cell:
    """`cell` with another source."""
    return replace(cell, source=source)


def _listed(lines: Sequence[str]) -> str:
    """Lines for a note, shortened; of many the first ones."""
    first, more = lines[:_LISTED], len(lines) - _LISTED
    listed = ", ".join(repr(line[:40]) for line in first)
    return f"{listed} and {more} more lines" if more > 0 else listed
