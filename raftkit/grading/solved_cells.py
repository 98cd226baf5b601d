"""`solutions_in`: the solution of every exercise, read from the solved masters.

A solution is the source of its cell and the notebook's imports, so that it can be changed and run
by itself. What it is for is not known here.
"""

import ast
from pathlib import Path

from raftkit.course.chapters import EXERCISES
from raftkit.course.proving.mutants import Solution
from raftkit.grading.notebook import Notebook, read_notebook


def solutions_in(folder: Path) -> list[Solution]:
    """The solutions in a folder of masters, in the catalogue's order. Raises `Unreadable`."""
    found: dict[str, tuple[Notebook, str]] = {}
    for path in sorted(folder.glob("*.ipynb")):
        notebook = read_notebook(path)
        found |= {
            cell.grade_id: (notebook, cell.source) for cell in notebook.cells if cell.solution
        }
    return [
        Solution(exercise.id, source, _imports(notebook))
        for exercise in EXERCISES
        if exercise.grade_id in found
        for notebook, source in [found[exercise.grade_id]]
    ]


def _imports(notebook: Notebook) -> str:
    """The notebook's imports, in order."""
    lines = []
    for cell in notebook.cells:
        try:
            parts = ast.parse(cell.source).body
        except SyntaxError:  # a magic command
            continue
        lines += [
            ast.unparse(each) for each in parts if isinstance(each, ast.Import | ast.ImportFrom)
        ]
    return "\n".join(lines)
