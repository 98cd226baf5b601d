"""Grades one student: a row for each notebook that was handed in, even a damaged one.

A row has the points, and notes on everything unusual. It does not know how a notebook earns
points (judge.py), nor other students (class_run.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from raftkit.course.chapters import EXERCISES, exercises_of
from raftkit.course.checking.result import BUT
from raftkit.grading.judge import (
    Verdict,
    assignment_of,
    grade_notebook,
    max_points,
    named_assignment,
    open_notebook,
    short,
)
from raftkit.grading.notebook import Unreadable, first_notes
from raftkit.grading.sandbox import Sandbox
from raftkit.grading.submissions import File, Student

GRADED = "graded"
UNREADABLE = "unreadable"
WRONG_NOTEBOOK = "wrong notebook"
NO_NOTEBOOK = "no notebook"
KIT_ERROR = "kit error"
ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz")
_NOTE_LENGTH = 160  # characters that fit into the cell of a table
_NOTES_AT_MOST = 4  # of one kind, as when somebody hands in a whole repository


@dataclass(frozen=True)
class Row:
    """One student's points for one notebook, with its status, notes and verdicts."""

    student: str
    assignment: str
    status: str
    points: float = 0
    max_points: float = 0
    notes: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


def grade_student(student: Student, sandbox: Sandbox, seed: int) -> list[Row]:
    """The rows of one student, one for each of the course's notebooks that was handed in."""
    try:
        return _rows_of(student, sandbox, seed)
    except Exception as error:
        said = f"grading failed: {type(error).__name__}: {error}"
        return [Row(student.name, "", KIT_ERROR, notes=(said,))]


def _rows_of(student: Student, sandbox: Sandbox, seed: int) -> list[Row]:
    """The same, or an exception of the kit; every other file becomes a note."""
    ours = [file for file in student.notebooks if file.is_the_courses]
    own = [file for file in student.notebooks if not file.is_the_courses]
    pairs = [(file, _row_of(student.name, file, sandbox, seed)) for file in own]
    rows = [row for _, row in pairs]
    assignments = sorted({row.assignment for row in rows if row.assignment})
    extra = tuple(note for row in rows if not row.assignment for note in row.notes)
    extra += _few(_other(path, alone=not rows) for path in student.others)
    extra += _few(f"{file.label} is the course's own, and was not graded" for file in ours)
    extra += _few(student.problems)
    if assignments:
        chosen = [
            _counting([pair for pair in pairs if pair[1].assignment == a]) for a in assignments
        ]
        return [replace(row, notes=row.notes + extra) for row in chosen]
    if rows:
        return [replace(rows[0], notes=extra)]
    return [Row(student.name, "", NO_NOTEBOOK, notes=extra or ("the folder is empty",))]


def _other(path: Path, alone: bool) -> str:
    """A note on a file that is no notebook; with `alone` it says what to hand in instead.

    >>> _other(Path("zoe.zip"), alone=True)
    'zoe.zip is an archive: hand in the .ipynb inside it'
    """
    if not alone:
        return f"not a notebook: {path.name}"
    if path.suffix.lower() in ARCHIVES:
        return f"{path.name} is an archive: hand in the .ipynb inside it"
    if path.stem.lower().endswith(".ipynb"):
        return f"{path.name} may be a notebook under another name: rename it to {path.stem}"
    return f"{path.name} is no notebook: hand in the .ipynb file"


def _row_of(student: str, file: File, sandbox: Sandbox, seed: int) -> Row:
    """The row for one file."""
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
    notes = [*_error_notes(verdicts), *_our_errors(verdicts), *notebook.told]
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
    """A note, if no cell has a mark of the course."""
    if any(exercise.grade_id in marks for exercise in EXERCISES):
        return []
    return ["no cell has the course's marks: the functions were found by their names"]


def _unchecked(marks: set[str], assignment: str) -> list[str]:
    """A note, if check cells of marked exercises were deleted."""
    gone = [
        exercise.id
        for exercise in exercises_of(assignment)
        if exercise.grade_id in marks and exercise.grade_id.replace("ex-", "check-", 1) not in marks
    ]
    return [f"check cells deleted (graded all the same): {', '.join(gone)}"] if gone else []


def _error_notes(verdicts: list[Verdict]) -> list[str]:
    """A note if no exercise was started, and one for each that an error cost all its points."""
    if verdicts and all(verdict.status == "not started" for verdict in verdicts):
        return ["nothing started"]
    said = [(verdict.exercise, _error_in(verdict)) for verdict in verdicts]
    return [f"{id}: {short(text, _NOTE_LENGTH)}" for id, text in said if text]


def _error_in(verdict: Verdict) -> str:
    """The first line of the error that cost an exercise all its points; "" if there is none."""
    text = verdict.result.get("message", "") if verdict.status == "error" else ""
    if verdict.status == "partial" and verdict.points == 0:
        lines = [line for case in verdict.result["cases"] for line in case["lines"]]
        text = next((said for label, said in lines if label == BUT), "")
    return text.split("\n")[0]


def _our_errors(verdicts: list[Verdict]) -> list[str]:
    """A note for each exercise that an error of the kit kept from being graded."""
    return [verdict.result["message"] for verdict in verdicts if verdict.status == KIT_ERROR]


def _counting(pairs: list[tuple[File, Row]]) -> Row:
    """The row that counts of several files for one notebook, with a note about it.

    It is the first of those in which something was written that can be read: the file in the
    fewest folders, and of those the one whose name no program has made for a copy. Neither the
    best counts, which others may have written, nor the newest, since downloading changes times.
    """
    in_order = sorted(pairs, key=lambda pair: pair[0].rank)
    file, row = next((pair for pair in in_order if _has_answers(pair[1])), in_order[0])
    if len(pairs) == 1:
        return row
    others = ", ".join(each.label for each, _ in in_order if each is not file)
    note = f"{len(pairs)} files for this notebook: {file.label} counts, not {others}"
    return replace(row, notes=(*row.notes, note))


def _has_answers(row: Row) -> bool:
    """Whether something was written in a notebook that could be read."""
    return row.status == GRADED and any(each.status != "not started" for each in row.verdicts)


def _few(notes: Iterable[str]) -> tuple[str, ...]:
    """Some notes of one kind."""
    return first_notes(list(notes), _NOTES_AT_MOST)
