"""The solution's whole server (7.1), with a few places of its source changed."""

from pathlib import Path
from typing import Any

from raftkit.course.proving.mutants.mutation import Mutant
from raftkit.grading.solved_cells import solutions_in

Changes = tuple[tuple[str, str], ...]

(SOLUTION,) = (
    each for each in solutions_in(Path(__file__).parents[1] / "solutions") if each.id == "7.1"
)


def changed(*changes: tuple[str, str]) -> Any:
    """The solution's class with some of its source changed."""
    source = SOLUTION.source
    for old, new in changes:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return SOLUTION.answer(Mutant(source, (), ()))
