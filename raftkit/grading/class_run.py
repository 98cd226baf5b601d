"""A whole class: every submission in turn, on as many processes as wanted.

Nobody is lost: each student found has a row, whatever is wrong with the files
or with us. The rows' order is that of the names, whichever process was faster.
Reports are written elsewhere (report.py, feedback.py).
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from pathlib import Path

from raftkit.course.chapters import EXERCISES
from raftkit.grading.judge import max_points
from raftkit.grading.one_student import KIT_ERROR, Row, grade_student
from raftkit.grading.sandbox import Limits, Sandbox
from raftkit.grading.submissions import Student, find_submissions
from raftkit.workers import submit_all, workers

MISSING = "missing"
NOT_GRADED = "not graded"


@dataclass
class ClassGrades:
    """All rows in order, what the system could not enforce, and whether the run was cut short."""

    rows: list[Row] = field(default_factory=list)
    not_enforced: tuple[str, ...] = ()
    interrupted: bool = False

    def summary(self) -> str:
        """A few lines for the terminal.

        >>> print(ClassGrades([Row("ada", "", "graded")], ("no memory limit",)).summary())
        1 graded
        not enforced on this system: no memory limit
        """
        counts = Counter(row.status for row in self.rows)
        lines = [", ".join(f"{number} {status}" for status, number in sorted(counts.items()))]
        if self.not_enforced:
            lines.append(f"not enforced on this system: {', '.join(self.not_enforced)}")
        return "\n".join(lines)


@dataclass(frozen=True)
class Finished:
    """One student's rows, and what the system could not enforce while they were made."""

    student: str
    rows: list[Row]
    not_enforced: tuple[str, ...] = ()


Progress = Callable[[Iterable[Finished], int], Iterable[Finished]]


def grade_class(
    folder: Path,
    *,
    seed: int,
    jobs: int,
    limits: Limits,
    progress: Progress,
    results: Path | None = None,
) -> ClassGrades:
    """Grade every submission in `folder`. Raises OSError if it cannot be read.

    `progress(iterable, total)` is asked to show how far the run is; `results` is the folder of
    an earlier run's results, which is no student's.
    """
    known = frozenset(exercise.notebook for exercise in EXERCISES)
    students = find_submissions(folder, known, results)
    done: dict[str, list[Row]] = {}
    missing: set[str] = set()
    grades = ClassGrades()
    with tempfile.TemporaryDirectory(prefix="raftkit-", ignore_cleanup_errors=True) as place:
        finished = _finished(students, seed, min(jobs, len(students)), limits, place)
        try:
            for one in progress(finished, len(students)):
                done[one.student] = one.rows
                missing.update(one.not_enforced)
        except KeyboardInterrupt:
            grades.interrupted = True
        finally:
            finished.close()
    for student in students:
        undone = Row(student.name, "", NOT_GRADED, notes=("the run was interrupted",))
        grades.rows += done.get(student.name, [undone])
    grades.rows = _completed(grades.rows)
    grades.not_enforced = tuple(sorted(missing))
    return grades


def _finished(
    students: list[Student], seed: int, jobs: int, limits: Limits, place: str
) -> Generator[Finished, None, None]:
    """The rows of each student, as they are ready."""
    if jobs > 1:
        yield from _finished_in_workers(students, seed, jobs, limits, place)
        return
    with Sandbox(limits, place=place) as sandbox:
        for student in students:
            rows = grade_student(student, sandbox, seed)
            yield Finished(student.name, rows, sandbox.not_enforced)


def _finished_in_workers(
    students: list[Student], seed: int, jobs: int, limits: Limits, place: str
) -> Iterator[Finished]:
    """The same on `jobs` processes; students whose worker died have a second try, alone."""
    broken: list[Student] = []
    with workers(jobs, _start_worker, limits, place) as pool:
        waiting = submit_all(pool, _grade_in_worker, students, seed)
        for future in as_completed(waiting):
            try:
                done = future.result()
            except BrokenProcessPool:
                broken.append(waiting[future])
            else:
                yield done
    for student in sorted(broken, key=lambda one: one.name):
        with workers(1, _start_worker, limits, place) as pool:
            (future,) = submit_all(pool, _grade_in_worker, [student], seed)
            yield _second_try(future, student)


def _second_try(future: "Future[Finished]", student: Student) -> Finished:
    """The rows of a student whose worker has died before; ours to explain if it does again."""
    try:
        return future.result()
    except BrokenProcessPool:
        note = "the grading process ended while this was graded, twice"
        return Finished(student.name, [Row(student.name, "", KIT_ERROR, notes=(note,))])


_sandbox: Sandbox | None = None


def _start_worker(limits: Limits, place: str) -> None:
    """What a new worker does first."""
    global _sandbox
    _sandbox = Sandbox(limits, place=place)


def _grade_in_worker(student: Student, seed: int) -> Finished:
    """One student, graded in a worker."""
    assert _sandbox is not None
    rows = grade_student(student, _sandbox, seed)
    return Finished(student.name, rows, _sandbox.not_enforced)


# Afterwards ------------------------------------------------------------------------------


def _completed(rows: list[Row]) -> list[Row]:
    """`rows` with the assignment filled in where only one is possible, and the missing added.

    >>> rows = [Row("ada", "02_voting", "graded"), Row("bob", "", "unreadable")]
    >>> [(row.student, row.assignment) for row in _completed(rows)]
    [('ada', '02_voting'), ('bob', '02_voting')]
    """
    assignments = sorted({row.assignment for row in rows if row.assignment})
    if len(assignments) == 1:
        only, points = assignments[0], max_points(assignments[0])
        return [
            row if row.assignment else replace(row, assignment=only, max_points=points)
            for row in rows
        ]
    for student in dict.fromkeys(row.student for row in rows):
        have = {row.assignment for row in rows if row.student == student}
        rows = rows + [
            Row(student, name, MISSING, 0, max_points(name), ("nothing was handed in",))
            for name in assignments
            if name not in have
        ]
    return sorted(rows, key=lambda row: (row.student, row.assignment))
