"""The proof of the checks: every check is tried on wrong answers, and on right ones.

This package owns the kill matrix (answers x checks). It tells maintainers, and anyone
who chooses a test suite, which mistakes a check would miss. No grade depends on it.
"""

from raftkit.course.proving.answer_under_test import AnswerUnderTest, answer, exercise_of
from raftkit.course.proving.kill_matrix import Matrix, Plan, Row, run_matrix, try_answer
from raftkit.course.proving.matrix_cells import Cell, try_column
from raftkit.course.proving.matrix_columns import COLUMNS, Column

__all__ = [
    "COLUMNS",
    "AnswerUnderTest",
    "Cell",
    "Column",
    "Matrix",
    "Plan",
    "Row",
    "answer",
    "exercise_of",
    "run_matrix",
    "try_answer",
    "try_column",
]
