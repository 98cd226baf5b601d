"""The kill matrix: every check tried on every answer of the catalogue.

The goal: the case meant for a wrong answer catches it, and no check catches an odd but
right answer. `run_matrix` tries them all, on several processes if asked to, and
`Matrix.misses` says which answers fall short of the goal.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import as_completed
from contextlib import closing
from dataclasses import dataclass
from typing import ClassVar

from raftkit.course.proving.answer_under_test import AnswerUnderTest, answer, exercise_of
from raftkit.course.proving.matrix_cells import Cell, try_column
from raftkit.course.proving.matrix_columns import COLUMNS, Column
from raftkit.course.wrong_answers import ODD_ANSWERS, WRONG_ANSWERS, Answer, WrongAnswer
from raftkit.workers import submit_all, workers

CASES = "cases"


@dataclass(frozen=True)
class Row:
    """The outcome of one answer of the catalogue under every check."""

    id: str
    cells: tuple[Cell, ...]

    @property
    def answer(self) -> Answer:
        """The answer itself."""
        return answer(self.id)

    def cell(self, column: str) -> Cell:
        """The cell of a column; an empty one if that check was not tried."""
        return next((cell for cell in self.cells if cell.column == column), Cell(column))

    @property
    def intended(self) -> Cell | None:
        """The cell in which the case meant for a wrong answer caught it, or None."""
        wrong = self.answer
        if not isinstance(wrong, WrongAnswer):
            return None
        return next(
            (
                cell
                for cell in self.cells
                if cell.column in intended_columns(wrong) and wrong.case in cell.failed
            ),
            None,
        )


@dataclass(frozen=True)
class Matrix:
    """The columns, and the rows in the order of the catalogue, wrong answers first."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def public(self) -> frozenset[str]:
        """The names of the columns that are suites of other courses."""
        return frozenset(column.name for column in self.columns if column.family == "public")

    @property
    def wrong(self) -> tuple[Row, ...]:
        """The rows of wrong answers."""
        return tuple(row for row in self.rows if isinstance(row.answer, WrongAnswer))

    @property
    def odd(self) -> tuple[Row, ...]:
        """The rows of right answers in an odd style."""
        return tuple(row for row in self.rows if not isinstance(row.answer, WrongAnswer))

    def misses(self) -> list[str]:
        """A sentence for each answer that falls short of the goal; [] if the goal is met.

        Right answers that a public suite rejects are listed by `refusals` instead.
        """
        wrong = [
            _not_caught(row)
            for row in self.wrong
            # A run that leaves out the answer's check cannot say that the check misses it.
            if row.intended is None and {*intended_columns(row.answer)} <= {*self.names}
        ]
        spared = [_spared(row) for row in self.wrong if _is_spared(row)]
        return wrong + spared + self._touched(public=False)

    def refusals(self) -> list[str]:
        """A sentence for each right answer that a public suite rejects."""
        return self._touched(public=True)

    def _touched(self, public: bool) -> list[str]:
        """A sentence for each check that catches a right answer: public suites, or all others."""
        return [
            f"{row.id} is right, yet “{cell.failed[0]}” of {cell.column} says: {cell.said}"
            for row in self.odd
            for cell in row.cells
            if cell.caught and (cell.column in self.public) is public
        ]


def intended_columns(answer: Answer) -> tuple[str, ...]:
    """The names of the columns that together are the check meant for an answer.

    >>> intended_columns(answer("V1"))
    ('cases', 'cluster', 'search')
    """
    suites = {column.name for column in COLUMNS}
    if answer.check in suites:
        return (answer.check,)
    return (CASES, "cluster", "search") if answer.is_for_servers else (CASES,)


def _is_spared(row: Row) -> bool:
    """Whether the capstone was tried on a wrong server and none of its cases caught it."""
    capstone, lint = row.cell("cases"), row.cell("lint")  # the last stage includes the lint
    caught = capstone.caught or lint.caught
    return row.answer.server is not None and capstone.tried > 0 and not caught


def _spared(row: Row) -> str:
    return f"{row.id} is a wrong server, yet it falls to no case of {exercise_id(row.answer)}."


def exercise_id(answer: Answer) -> str:
    """The number of the exercise that an answer is for, or the suite that judges it.

    >>> exercise_id(answer("V36")), exercise_id(answer("C18"))
    ('7.1', 'raftkit commits')
    """
    exercise = exercise_of(answer)
    return exercise.id if exercise is not None else answer.check


def _not_caught(row: Row) -> str:
    """A sentence about a wrong answer that its case missed."""
    wrong = row.answer
    assert isinstance(wrong, WrongAnswer)
    cells = [row.cell(name) for name in intended_columns(wrong)]
    others = [name for cell in cells for name in cell.failed]
    missed = f"{wrong.id} is not caught by its case “{wrong.case}” of {wrong.check}"
    return f"{missed}; it falls to “{others[0]}”." if others else f"{missed}, nor by another."


# Running it --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """What a run tries: columns by name, the seed, and whether only the intended check.

    A plan is sent to other processes, so it holds names; its class knows the columns.
    """

    known: ClassVar[tuple[Column, ...]] = COLUMNS

    names: tuple[str, ...]
    seed: int = 0
    intended_only: bool = False

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns with these names, the cheap ones first."""
        return tuple(column for column in self.known if column.name in self.names)

    def columns_for(self, answer: Answer) -> Iterator[Column]:
        """The columns to try on an answer."""
        for column in self.columns:
            wanted = not self.intended_only or self._is_intended(answer, column)
            if wanted and column.applies_to(answer):
                yield column

    def _is_intended(self, answer: Answer, column: Column) -> bool:
        """Whether the check is meant for the answer: for a right one, all of ours are."""
        if isinstance(answer, WrongAnswer):
            of_capstone = answer.server is not None and column.name == "cases"
            return of_capstone or column.name in intended_columns(answer)
        return column.ours


def run_matrix(
    plan: Plan,
    ids: Iterable[str] | None = None,
    jobs: int = 1,
    progress: Callable[[Iterable[Row], int], Iterable[Row]] = lambda rows, total: rows,
) -> Matrix:
    """Try the answers called `ids` (default: all) as `plan` says, on `jobs` processes.

    `progress(iterable, total)` shows how far the run is. Raises KeyError for an id that is not in
    the catalogue.
    """
    chosen = list(ids) if ids is not None else [each.id for each in _everybody()]
    for id in chosen:
        answer(id)
    order = {id: number for number, id in enumerate(chosen)}
    # Closed at once when interrupted, because it holds the workers.
    with closing(_rows(plan, chosen, jobs)) as finished:
        rows = list(progress(finished, len(chosen)))
    return Matrix(plan.columns, tuple(sorted(rows, key=lambda row: order[row.id])))


def try_answer(id: str, plan: Plan) -> Row:
    """Try the checks of `plan` on one answer."""
    tried = answer(id)
    cells = list[Cell]()
    for column in plan.columns_for(tried):
        case = None
        if isinstance(tried, WrongAnswer) and column.name in intended_columns(tried):
            case = tried.case
        # A right answer must earn all points, so all cases are tried.
        every = column.ours and not isinstance(tried, WrongAnswer)
        under_test = AnswerUnderTest(tried)
        surroundings = under_test.surroundings()
        cells.append(try_column(column, under_test, plan.seed, case, every))
        # What an answer has stored outside itself must not influence the next check.
        surroundings.restore()
        if plan.intended_only and case in cells[-1].failed:
            break
    return Row(id, tuple(cells))


def _everybody() -> tuple[Answer, ...]:
    return (*WRONG_ANSWERS, *ODD_ANSWERS)


def _rows(plan: Plan, ids: list[str], jobs: int) -> Generator[Row, None, None]:
    """The row of each answer, as soon as it is ready."""
    if jobs == 1 or len(ids) == 1:
        for id in ids:
            yield try_answer(id, plan)
        return
    # A child process finds the answer by its id, so that no function needs to be sent.
    with workers(min(jobs, len(ids))) as pool:
        for future in as_completed(submit_all(pool, try_answer, ids, plan)):
            yield future.result()
