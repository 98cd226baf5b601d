"""A whole class: every submission in turn, on as many processes as wanted.

Nobody is lost: each student found has a row, whatever is wrong with the files
or with us. The rows' order is that of the names, whichever process was faster.
Reports are written elsewhere (report.py, feedback.py).
"""

import multiprocessing
import signal
import tempfile
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from raftkit.course.catalogue import EXERCISES, exercises_of
from raftkit.course.examine import BUT
from raftkit.grading.judge import (
    Verdict,
    assignment_of,
    grade_notebook,
    max_points,
    named_assignment,
    open_notebook,
    short,
)
from raftkit.grading.notebook import Unreadable
from raftkit.grading.sandbox import Limits, Sandbox
from raftkit.grading.submissions import File, Student, find_submissions

GRADED = "graded"
UNREADABLE = "unreadable"
WRONG_NOTEBOOK = "wrong notebook"
NO_NOTEBOOK = "no notebook"
MISSING = "missing"
KIT_ERROR = "kit error"
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz")
_NOTE_LENGTH = 160  # characters; a cell of a table shows no more
NOT_GRADED = "not graded"


@dataclass(frozen=True)
class Row:
    """One student's points for one notebook, and how they came about."""

    student: str
    assignment: str
    status: str
    points: float = 0
    max_points: float = 0
    notes: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


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


# One student -----------------------------------------------------------------------------


def grade_student(student: Student, sandbox: Sandbox, seed: int) -> list[Row]:
    """The rows of one student, one for each notebook of the course that was handed in."""
    try:
        return _rows_of(student, sandbox, seed)
    except Exception as error:
        said = f"grading failed: {type(error).__name__}: {error}"
        return [Row(student.name, "", KIT_ERROR, notes=(said,))]


def _rows_of(student: Student, sandbox: Sandbox, seed: int) -> list[Row]:
    """One row for each notebook; what is none of the course's becomes a note."""
    pairs = [(file, _row_of(student.name, file, sandbox, seed)) for file in student.notebooks]
    rows = [row for _, row in pairs]
    assignments = sorted({row.assignment for row in rows if row.assignment})
    extra = tuple(note for row in rows if not row.assignment for note in row.notes)
    extra += tuple(_other(path, alone=not rows) for path in student.others)
    extra += tuple(student.problems)
    if assignments:
        best = [_best([pair for pair in pairs if pair[1].assignment == a]) for a in assignments]
        return [replace(row, notes=row.notes + extra) for row in best]
    if rows:
        return [replace(rows[0], notes=extra)]
    return [Row(student.name, "", NO_NOTEBOOK, notes=extra or ("the folder is empty",))]


def _other(path: Path, alone: bool) -> str:
    """A note on a file that is no notebook; what to do about it, if there is no notebook at all.

    >>> _other(Path("zoe.zip"), alone=True)
    'zoe.zip is an archive: hand in the .ipynb inside it'
    """
    if not alone:
        return f"not a notebook: {path.name}"
    if path.suffix.lower() in _ARCHIVES:
        return f"{path.name} is an archive: hand in the .ipynb inside it"
    if path.stem.lower().endswith(".ipynb"):
        return f"{path.name} may be a notebook under another name: rename it to {path.stem}"
    return f"{path.name} is no notebook: hand in the .ipynb file"


def _row_of(student: str, file: File, sandbox: Sandbox, seed: int) -> Row:
    """The row that one file would give."""
    try:
        notebook = open_notebook(file.path)
    except Unreadable as problem:
        assignment = named_assignment(file.notebook) or named_assignment(file.assignment)
        points = max_points(assignment)
        return Row(student, assignment, UNREADABLE, 0, points, (str(problem),))
    assignment = assignment_of(notebook, file.notebook)
    if not assignment:
        said = f"{file.path.name} has no exercise of this course in it"
        return Row(student, "", WRONG_NOTEBOOK, notes=(said,))
    verdicts = grade_notebook(notebook, exercises_of(assignment), sandbox, seed)
    marks = notebook.marks()
    notes = [*_disasters(verdicts), *_our_errors(verdicts), *notebook.notes]
    notes += [*_unmarked(marks), *_unchecked(marks, assignment)]
    return Row(
        student=student,
        assignment=assignment,
        status=KIT_ERROR if any(v.status == KIT_ERROR for v in verdicts) else GRADED,
        points=sum(verdict.points for verdict in verdicts),
        max_points=max_points(assignment),
        notes=tuple(notes),
        verdicts=tuple(verdicts),
    )


def _unmarked(marks: set[str]) -> list[str]:
    """A note, if the course's marks are gone."""
    if any(exercise.grade_id in marks for exercise in EXERCISES):
        return []
    return ["no cell has the course's marks: the functions were found by their names"]


def _unchecked(marks: set[str], assignment: str) -> list[str]:
    """A note, if check cells are gone from among the course's marks."""
    gone = [
        exercise.id
        for exercise in exercises_of(assignment)
        if exercise.grade_id in marks and exercise.grade_id.replace("ex-", "check-", 1) not in marks
    ]
    return [f"check cells deleted (graded all the same): {', '.join(gone)}"] if gone else []


def _disasters(verdicts: list[Verdict]) -> list[str]:
    """A note, if nothing was started, and one for each exercise that earned nothing by an error."""
    if verdicts and all(verdict.status == "not started" for verdict in verdicts):
        return ["nothing started"]
    said = [(verdict.exercise, _error_in(verdict)) for verdict in verdicts]
    return [f"{id}: {short(text, _NOTE_LENGTH)}" for id, text in said if text]


def _error_in(verdict: Verdict) -> str:
    """The first line of the error to which an exercise lost all its points; "" without one."""
    text = verdict.result.get("message", "") if verdict.status == "error" else ""
    if verdict.status == "partial" and verdict.points == 0:
        lines = [line for case in verdict.result["cases"] for line in case["lines"]]
        text = next((said for label, said in lines if label == BUT), "")
    return text.split("\n")[0]


def _our_errors(verdicts: list[Verdict]) -> list[str]:
    """A note for each exercise that we could not grade."""
    return [verdict.result["message"] for verdict in verdicts if verdict.status == KIT_ERROR]


def _best(pairs: list[tuple[File, Row]]) -> Row:
    """Of several files for one notebook the one with the most points, and a note that says so.

    The newest would be fairer still, but the times of files do not survive a download.
    """
    chosen, best = max(pairs, key=lambda pair: (pair[1].status == GRADED, pair[1].points))
    if len(pairs) == 1:
        return best
    others = ", ".join(file.label for file, _ in pairs if file is not chosen)
    note = f"{len(pairs)} files for this notebook: {chosen.label} counts (the best), not {others}"
    return replace(best, notes=(*best.notes, note))


# The class -------------------------------------------------------------------------------


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
    with _workers(jobs, limits, place) as pool:
        waiting = {pool.submit(_grade_in_worker, one, seed): one for one in students}
        for future in as_completed(waiting):
            try:
                done = future.result()
            except BrokenProcessPool:
                broken.append(waiting[future])
            else:
                yield done
    for student in sorted(broken, key=lambda one: one.name):
        with _workers(1, limits, place) as pool:
            yield _second_try(pool.submit(_grade_in_worker, student, seed), student)


def _second_try(future: "Future[Finished]", student: Student) -> Finished:
    """The rows of a student whose worker has died before; ours to explain if it does again."""
    try:
        return future.result()
    except BrokenProcessPool:
        note = "the grading process ended while this was graded, twice"
        return Finished(student.name, [Row(student.name, "", KIT_ERROR, notes=(note,))])


@contextmanager
def _workers(jobs: int, limits: Limits, place: str) -> Iterator[ProcessPoolExecutor]:
    """Processes with a sandbox each. Leaving early ends them at once."""
    # Spawned: a forked copy of a process that shows a progress bar may hold its locks for ever.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, context, _start_worker, (limits, place))
    try:
        yield pool
    except BaseException:
        # Interrupted: what is under way may take long, and nobody waits for it any more.
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in multiprocessing.active_children():
            worker.terminate()
        raise
    finally:
        pool.shutdown()


_sandbox: Sandbox | None = None


def _start_worker(limits: Limits, place: str) -> None:
    """What a new worker does first."""
    global _sandbox
    # Ctrl-C reaches the whole group; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
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
