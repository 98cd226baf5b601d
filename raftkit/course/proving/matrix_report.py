"""A kill matrix for people and programs: a picture, a summary in words, and JSON.

This module counts and words what a `Matrix` holds, and draws it by raftkit.views. How the
matrix was measured is not known here.
"""

from statistics import median
from typing import Any

from raftkit.course.proving.kill_matrix import Matrix, Row, exercise_id, intended_columns
from raftkit.course.wrong_answers import WRONG_BY_CHAPTER, OddAnswer, WrongAnswer
from raftkit.views.draw_matrix import draw_matrix
from raftkit.views.matrix_table import Mark, MatrixColumn, MatrixGroup, MatrixRow
from raftkit.views.picture import Picture

RIGHT = "Right answers in odd styles"


def picture_of(matrix: Matrix) -> Picture:
    """The matrix drawn, a group for each chapter; its text is a table for a terminal."""
    columns = [
        MatrixColumn(column.name, column.letters, column.family) for column in matrix.columns
    ]
    return draw_matrix(columns, _groups(matrix))


def _groups(matrix: Matrix) -> list[MatrixGroup]:
    """The wrong answers chapter by chapter, then the right ones."""
    groups = []
    for title, answers in WRONG_BY_CHAPTER.items():
        ids = {wrong.id for wrong in answers}
        rows = tuple(_row(matrix, row) for row in matrix.wrong if row.id in ids)
        if rows:
            groups.append(MatrixGroup(title, rows))
    right = tuple(_row(matrix, row) for row in matrix.odd)
    return [*groups, MatrixGroup(RIGHT, right, right=True)] if right else groups


def _row(matrix: Matrix, row: Row) -> MatrixRow:
    answer = row.answer
    words = answer.thinking if isinstance(answer, WrongAnswer) else ""
    if isinstance(answer, OddAnswer):
        words = answer.style
    return MatrixRow(row.id, words, tuple(mark_of(row, name) for name in matrix.names))


def mark_of(row: Row, column: str) -> Mark:
    """The mark of an answer in a column of the picture."""
    cell, answer = row.cell(column), row.answer
    if not isinstance(answer, WrongAnswer):
        return "escaped" if cell.caught else "missed" if cell.tried else "untried"
    # One of an exercise's rungs must catch the answer; the others may miss it.
    if row.intended is None and column == intended_columns(answer)[0]:
        return "escaped"
    if not cell.tried:
        return "untried"
    return "meant" if row.intended is cell else "caught" if cell.caught else "missed"


# In words ----------------------------------------------------------------------------------


def summary(matrix: Matrix) -> list[str]:
    """Lines: how many wrong answers are caught as intended, how fast, and how many right ones."""
    lines = []
    found = [row.intended for row in matrix.wrong]
    caught = [cell for cell in found if cell is not None]
    if caught:
        lines.append(
            f"{len(caught)} of {len(matrix.wrong)} wrong answers caught as intended, "
            "by the case meant for each"
        )
        lines.append(f"seconds to the first counterexample: {_spread(caught, 'seconds', '.3f')}")
        lines.append(f"events to the first counterexample: {_spread(caught, 'events', ',.0f')}")
    if matrix.odd:
        lines.append(f"{_touched(matrix, public=False)} of {len(matrix.odd)} right answers touched")
        refused = _touched(matrix, public=True)
        if refused:
            lines.append(f"{refused} of them refused by public suites")
    return lines


def _touched(matrix: Matrix, public: bool) -> int:
    """How many right answers are caught by some check: a public suite's, or any other."""
    return sum(
        any(cell.caught and (cell.column in matrix.public) is public for cell in row.cells)
        for row in matrix.odd
    )


def _spread(cells: list[Any], name: str, form: str) -> str:
    values = [getattr(cell, name) for cell in cells]
    return f"median {median(values):{form}}, at most {max(values):{form}}"


# For programs ------------------------------------------------------------------------------


def matrix_json(matrix: Matrix) -> dict[str, Any]:
    """The matrix as plain JSON data: lists of wrong and of correct answers, with their columns."""
    return {
        "wrong": [_wrong_json(row) for row in matrix.wrong],
        "correct": [_correct_json(matrix, row) for row in matrix.odd],
        "misses": matrix.misses(),
        "refusals": matrix.refusals(),
    }


def _wrong_json(row: Row) -> dict[str, Any]:
    """A wrong answer; "caught_by" is the intended case if it caught it, or else the first."""
    answer, cell = row.answer, row.intended
    assert isinstance(answer, WrongAnswer)
    caught = cell or next(
        (found for name in intended_columns(answer) if (found := row.cell(name)).caught), None
    )
    first = caught.failed[0] if caught else None
    return {
        "id": row.id,
        "exercise": exercise_id(answer),
        "intended": answer.case,
        "caught_by": answer.case if cell else first,
        "seconds": round(caught.seconds, 6) if caught else None,
        "events": caught.events if caught else None,
        "said": caught.said if caught else None,
        "columns": _columns_json(row),
    }


def _correct_json(matrix: Matrix, row: Row) -> dict[str, Any]:
    """A right answer; it has a point for each case of ours that was tried and passed."""
    names = {column.name for column in matrix.columns if column.ours}
    ours = [cell for cell in row.cells if cell.column in names]
    tried, failed = sum(cell.tried for cell in ours), sum(len(cell.failed) for cell in ours)
    return {
        "id": row.id,
        "exercise": exercise_id(row.answer),
        "points": tried - failed,
        "max_points": tried,
        "columns": _columns_json(row),
    }


def _columns_json(row: Row) -> dict[str, Any]:
    """For each column that was tried, the first case that caught the answer, or null."""
    return {cell.column: next(iter(cell.failed), None) for cell in row.cells if cell.tried}
