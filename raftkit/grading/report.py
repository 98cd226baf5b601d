"""Writes a class's grades: grades.csv for the gradebook, grades.json with every case.

Teachers import the columns into other programs, so their names and order stay the same. A file
is either complete or not there, and equal grades give equal bytes. It does not know how grades
come about.
"""

import contextlib
import csv
import errno
import io
import json
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any

from raftkit.grading.class_run import ClassGrades
from raftkit.grading.feedback import feedback_pages
from raftkit.grading.one_student import Row
from raftkit.harmless_text import harmless

FORMAT = "raftkit-grades"
COLUMNS = ("student", "assignment", "points", "max_points", "status", "note")


def write_reports(grades: ClassGrades, folder: Path, seed: int) -> list[Path]:
    """Write all reports into `folder`; returns the files. Raises OSError."""
    files = {
        folder / "grades.csv": grades_csv(grades.rows),
        folder / "grades.json": grades_json(grades, seed),
    }
    for name, page in feedback_pages(grades.rows).items():
        files[folder / "feedback" / name] = page
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Excel reads a file as UTF-8 only if it begins with a byte order mark.
        _write_whole(path, text, "utf-8-sig" if path.suffix == ".csv" else "utf-8")
    return list(files)


def must_be_writable(folder: Path) -> None:
    """Make `folder` and test that it can be written to, before grading. Raises OSError."""
    for place in (folder, folder / "feedback"):
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            pass
    for path in (folder / "grades.csv", folder / "grades.json"):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))


def chosen_seed(folder: Path) -> int:
    """The seed of the run whose results are in `folder`; a new one, that nobody can know, if none.

    So grading again into the same folder gives the same points.
    """
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        known = json.loads((folder / "grades.json").read_text(encoding="utf-8"))
        if known["format"] == FORMAT and type(known["seed"]) is int:
            return int(known["seed"])
    return secrets.randbelow(1 << 31)


def grades_csv(rows: list[Row]) -> str:
    """The content of grades.csv: a line of column names, and a line for each row.

    >>> print(grades_csv([Row("ada", "02_voting", "graded", 6, 47, ("odd",))]), end="")
    student,assignment,points,max_points,status,note
    ada,02_voting,6,47,graded,odd
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        cells = (row.student, row.assignment, f"{row.points:g}", f"{row.max_points:g}")
        writer.writerow([_harmless(cell) for cell in (*cells, row.status, "; ".join(row.notes))])
    return text.getvalue()


def _harmless(cell: str) -> str:
    """`cell`, changed if a spreadsheet would read it as a formula, or a terminal as a command.

    Students choose the names of their files, and no program must execute them.

    >>> _harmless("=HYPERLINK(1)"), _harmless("Ada\\nLovelace"), _harmless("\\x9b2J")
    ("'=HYPERLINK(1)", 'Ada Lovelace', '\\\\x9b2J')
    """
    plain = harmless(" ".join(cell.split()))
    return f"'{plain}" if plain.startswith(("=", "+", "-", "@")) else plain


def grades_json(grades: ClassGrades, seed: int) -> str:
    """The content of grades.json: every row with all its verdicts."""
    content = {
        "format": FORMAT,
        "version": 1,
        "seed": seed,
        "not_enforced": list(grades.not_enforced),
        "rows": [_row(row) for row in grades.rows],
    }
    return json.dumps(content, indent=1, sort_keys=True, default=str) + "\n"


def _row(row: Row) -> dict[str, Any]:
    """A row as plain data."""
    return {
        "student": row.student,
        "assignment": row.assignment,
        "points": row.points,
        "max_points": row.max_points,
        "status": row.status,
        "notes": list(row.notes),
        "exercises": [verdict.to_json() for verdict in row.verdicts],
    }


def _write_whole(path: Path, text: str, encoding: str) -> None:
    """Write another file and rename it, so that nobody ever reads half a file."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, encoding=encoding, errors="replace", newline="\n")
    os.replace(beside, path)
