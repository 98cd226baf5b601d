"""The masters' solutions and the reference's rules hold each other to the whole small world."""

from pathlib import Path

import pytest

from raftkit.course.checking.checks import checks_of
from raftkit.course.checking.small_world import WorldCase
from raftkit.course.proving.mutants import Mutant, Solution
from raftkit.grading.solved_cells import solutions_in

SOLUTIONS = {each.id: each for each in solutions_in(Path(__file__).parents[2] / "solutions")}


def _world_calls(solution: Solution):
    cases = checks_of(solution.exercise).cases
    return [
        (case, call) for case in cases if isinstance(case, WorldCase) for call in case.small_calls
    ]


@pytest.mark.parametrize("id", [id for id, each in SOLUTIONS.items() if _world_calls(each)])
def test_a_solution_and_the_reference_agree_on_every_small_call(id: str) -> None:
    """Two implementations, so that a slip in either one shows."""
    solution = SOLUTIONS[id]
    answer = solution.answer(Mutant(solution.source, (), ()))

    for case, call in _world_calls(solution):
        flaw = call.flaw_in(answer(*call.values))
        assert flaw is None, (case.name, call.arguments, flaw.lines)
