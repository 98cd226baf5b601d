"""The notebooks as they lie in the repository: their cells, and a way to run them."""

import ast
import json

import pytest

from raftkit.course import NOTEBOOKS


def source(cell):
    """The text of a cell."""
    return "".join(cell["source"])


class Cells:
    """The cells of one notebook file."""

    def __init__(self, path):
        self.path = path
        self.content = json.loads(path.read_text(encoding="utf-8"))
        self.all = self.content["cells"]
        self.code = [cell for cell in self.all if cell["cell_type"] == "code"]

    def of(self, exercise):
        """The prompt of an exercise and the four cells that follow it."""
        heading = f"## {exercise.id} ·"
        starts = [n for n, cell in enumerate(self.all) if source(cell).startswith(heading)]
        assert len(starts) == 1, f"{self.path.name} has {len(starts)} prompts for {exercise.id}"
        return self.all[starts[0] : starts[0] + 5]

    def namespace(self):
        """What the first code cell, which imports everything, defines."""
        return run(self.code[0], {})[0]


def run(cell, namespace):
    """Run a code cell as a kernel does: the names it leaves, and its last value."""
    tree = ast.parse(source(cell))
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), namespace)
    value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), namespace) if last else None
    return namespace, value


@pytest.fixture(scope="session")
def run_cell():
    """Run one cell: `run_cell(cell, namespace)` gives the names and the last value."""
    return run


@pytest.fixture(scope="session")
def source_of():
    """The text of a cell."""
    return source


@pytest.fixture(scope="session")
def masters(repository):
    """The solved notebooks by name."""
    return {each.name: Cells(repository / "solutions" / f"{each.name}.ipynb") for each in NOTEBOOKS}


@pytest.fixture(scope="session")
def handouts(repository):
    """What students get, by name."""
    return {each.name: Cells(repository / "exercises" / f"{each.name}.ipynb") for each in NOTEBOOKS}


@pytest.fixture(scope="session")
def lessons(repository):
    """The notebooks without points."""
    return [Cells(path) for path in sorted((repository / "notebooks").glob("*.ipynb"))]
