"""A master notebook out of the catalogue, and a class of students who each did something else."""

import inspect
import json
from pathlib import Path

import pytest

from raftkit.checkers import Trial
from raftkit.course import exercises_of
from raftkit.protocol import Rules

ASSIGNMENT = "02_voting"
IMPORTS = "from raftkit import check, hint, progress\nfrom raftkit.protocol import *"


def code(source, **marks):
    """A code cell as JupyterLab saves it."""
    metadata = {"nbgrader": {"schema_version": 3, "task": False, **marks}} if marks else {}
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata,
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }


def answer(exercise, source):
    return code(source, grade_id=exercise.grade_id, grade=False, solution=True, locked=False)


def check_cell(exercise):
    mark = exercise.grade_id.replace("ex-", "check-")
    source = f'check("{exercise.id}", {exercise.answer})'
    marks = {"grade": True, "solution": False, "locked": True, "points": exercise.points}
    return code(source, grade_id=mark, **marks)


class Course:
    """The exercises of one notebook, and ways to write answers to them."""

    exercises = exercises_of(ASSIGNMENT)
    points = sum(exercise.points for exercise in exercises)

    def rule(self, id):
        return next(exercise.answer for exercise in self.exercises if exercise.id == id)

    def solved(self):
        """The right answer to each exercise: source by its number."""
        rules = Rules()
        return {each.id: inspect.getsource(getattr(rules, each.answer)) for each in self.exercises}

    def stubs(self):
        """What students get."""
        return {each.id: stub(source) for each, source in self._pairs()}

    def _pairs(self):
        return [(each, self.solved()[each.id]) for each in self.exercises]

    def cells(self, **changed):
        """A solved notebook's cells, with other sources for some: `cells(ex_2_3="...")`."""
        solved = self.solved() | {name[3:].replace("_", "."): s for name, s in changed.items()}
        pairs = [(answer(each, solved[each.id]), check_cell(each)) for each in self.exercises]
        return [code(IMPORTS), *(cell for pair in pairs for cell in pair)]

    def body(self, id, *lines):
        """An answer to exercise `id` with another body."""
        head = f"def {self.rule(id)}(*given, **named):\n"
        return head + "".join(f"    {line}\n" for line in lines)


def stub(source):
    head = source[: source.index(":\n", source.index("->")) + 2]
    return head + "    raise NotImplementedError\n"


def notebook_text(cells):
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content)


@pytest.fixture(scope="session")
def course():
    """Exercises, and how to answer them."""
    return Course()


@pytest.fixture(scope="session")
def save():
    """Write a notebook of cells into a folder, where nbgrader would put it."""

    def write(folder: Path, student: str, cells, name=f"{ASSIGNMENT}.ipynb"):
        path = folder / student / "voting" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(cells if isinstance(cells, str) else notebook_text(cells))
        return path

    return write


@pytest.fixture(scope="module")
def short_search():
    """The judge with a short cluster trial and no search: only what surrounds them is tested."""
    with pytest.MonkeyPatch.context() as patch:
        checking = "raftkit.course.checking"
        patch.setattr(f"{checking}.cluster_trials.SHORT_TRIALS", 0)
        patch.setattr(f"{checking}.story_search._ACTIONS", 0)
        patch.setattr(
            f"{checking}.cluster_trials.cluster_trial",
            lambda seed: Trial(3, seed, (), end=500_000, heals=True),
        )
        yield
