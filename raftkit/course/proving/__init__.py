"""The proof of the graders: wrong answers that every check is put to, and right ones.

It owns the kill matrix (answers x checks). What it finds is for maintainers and for
anyone who wants to know which mistakes a suite of tests would miss; no grade depends
on it.
"""

from raftkit.course.proving.cell import Cell, try_column
from raftkit.course.proving.columns import COLUMNS, Column
from raftkit.course.proving.kill_matrix import Matrix, Plan, Row, run_matrix, try_answer
from raftkit.course.proving.subject import Subject, answer, exercise_of

__all__ = [
    "COLUMNS",
    "Cell",
    "Column",
    "Matrix",
    "Plan",
    "Row",
    "Subject",
    "answer",
    "exercise_of",
    "run_matrix",
    "try_answer",
    "try_column",
]
