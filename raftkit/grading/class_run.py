"""Grades a whole class: every submission, on one process or several.

Every student that is found has a row, even if the files are damaged or the kit fails. The rows
are in the order of the names. It does not know how reports are written (report.py,
feedback.py).
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
    """All rows in order, the limits that were not enforced, and whether the run was interrupted."""

    rows: list[Row] = field(default_factory=list)
    not_enforced: tuple[str, ...] = ()
    interrupted: bool = False

    def summary(self) -> str:
        """The summary for the terminal.

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
class GradedStudent:
    """One student's rows, the limits that the system did not enforce, and whether to grade again.

    Whoever fell into the wide net may only have been on a busy machine.
    """

    student: str
    rows: list[Row]
    not_enforced: tuple[str, ...] = ()
    fell_into_net: bool = False


Progress = Callable[[Iterable[GradedStudent], int], Iterable[GradedStudent]]


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

    `progress(iterable, total)` shows how far the run is; `results` is the folder of an earlier
    run's results, which is not a submission.
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
) -> Generator[GradedStudent, None, None]:
    """Each student's rows, as soon as they are ready."""
    if jobs > 1:
        yield from _finished_in_workers(students, seed, jobs, limits, place)
        return
    again: list[Student] = []
    with Sandbox(limits, place=place) as sandbox:
        for student in students:
            graded = _graded(student, sandbox, seed)
            if graded.fell_into_net:
                again.append(student)
            else:
                yield graded
        for student in again:
            yield _graded(student, sandbox, seed)


def _finished_in_workers(
    students: list[Student], seed: int, jobs: int, limits: Limits, place: str
) -> Iterator[GradedStudent]:
    """The same on `jobs` processes; a student whose worker died is graded again, alone."""
    again: list[Student] = []
    with workers(jobs, _start_worker, limits, place) as pool:
        waiting = submit_all(pool, _grade_in_worker, students, seed)
        for future in as_completed(waiting):
            try:
                graded = future.result()
            except BrokenProcessPool:
                again.append(waiting[future])
                continue
            if graded.fell_into_net:
                again.append(waiting[future])
            else:
                yield graded
    for student in sorted(again, key=lambda one: one.name):
        with workers(1, _start_worker, limits, place) as pool:
            (future,) = submit_all(pool, _grade_in_worker, [student], seed)
            yield _second_try(future, student)


def _second_try(future: "Future[GradedStudent]", student: Student) -> GradedStudent:
    """The rows of a student who is graded again; a kit error if the worker dies."""
    try:
        return future.result()
    except BrokenProcessPool:
        note = "the grading process ended while this was graded"
        return GradedStudent(student.name, [Row(student.name, "", KIT_ERROR, notes=(note,))])


_sandbox: Sandbox | None = None


def _start_worker(limits: Limits, place: str) -> None:
    """Make the sandbox of a new worker."""
    global _sandbox
    _sandbox = Sandbox(limits, place=place)


def _grade_in_worker(student: Student, seed: int) -> GradedStudent:
    """Grade one student in a worker."""
    assert _sandbox is not None
    return _graded(student, _sandbox, seed)


def _graded(student: Student, sandbox: Sandbox, seed: int) -> GradedStudent:
    """Grade one student."""
    before = sandbox.timeouts
    rows = grade_student(student, sandbox, seed)
    return GradedStudent(student.name, rows, sandbox.not_enforced, sandbox.timeouts > before)


# Completing the rows -----------------------------------------------------------------------


def _completed(rows: list[Row]) -> list[Row]:
    """`rows` with the assignment filled in if there is only one, else with rows for missing work.

    Missing is a notebook that more than a quarter of the class has handed in.

    >>> rows = [Row("ada", "02_voting", "graded"), Row("bob", "", "unreadable")]
    >>> [(row.student, row.assignment) for row in _completed(rows)]
    [('ada', '02_voting'), ('bob', '02_voting')]
    >>> rows = [Row(name, "02_voting", "graded") for name in ("ada", "bob", "cem", "dee")]
    >>> len(_completed([*rows, Row("ada", "01_timers", "graded")]))
    5
    """
    assignments = sorted({row.assignment for row in rows if row.assignment})
    if len(assignments) == 1:
        only, points = assignments[0], max_points(assignments[0])
        return [
            row if row.assignment else replace(row, assignment=only, max_points=points)
            for row in rows
        ]
    students = list(dict.fromkeys(row.student for row in rows))
    have = {(row.student, row.assignment) for row in rows}
    for name in assignments:
        # What hardly anybody has handed in was not asked for, or is not due yet.
        handed_in = sum((student, name) in have for student in students)
        if 4 * handed_in <= len(students):
            continue
        rows = rows + [
            Row(student, name, MISSING, 0, max_points(name), ("nothing was handed in",))
            for student in students
            if (student, name) not in have
        ]
    return sorted(rows, key=lambda row: (row.student, row.assignment))
