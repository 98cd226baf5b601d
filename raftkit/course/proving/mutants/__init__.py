"""Mutants: answers that differ from a solution in one place, or in two.

No first-order mutant may earn full points, unless it is equal to the solution on the whole small
world of its exercise, or was reviewed and found right.
"""

from raftkit.course.proving.mutants.judging import Proof, Solution, judge_mutants
from raftkit.course.proving.mutants.mutation import Mutant, first_order, second_order

__all__ = ["Mutant", "Proof", "Solution", "first_order", "judge_mutants", "second_order"]
