"""Finds who handed in what: nbgrader's layout, one folder a student, or flat files.

`{student}/{assignment}/{notebook}.ipynb`, `{student}/{anything}.ipynb`,
`{student}.ipynb`, and the names that Moodle gives. The order is that of the
names, never that of the disk. A student whose files make no sense is still found.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# Moodle: "Ada Lovelace_4711_assignsubmission_file_" as a folder, or before each file's name.
_MOODLE = re.compile(r"^(?P<student>.+?_\d+)_assignsubmission_\w+?_(?P<rest>.*)$")
_COPY = re.compile(r"([ _-]*\(\d+\)|[ _-]+copy\d*|-Copy\d+)$", re.IGNORECASE)
_JUNK = ("__MACOSX", "Thumbs.db", "desktop.ini", "timestamp.txt")


@dataclass(frozen=True)
class File:
    """A file of a student's; `assignment` is the folder it lay in, "" if there was none."""

    path: Path
    assignment: str = ""

    @property
    def notebook(self) -> str:
        """The notebook's name, without what a second download adds.

        >>> File(Path("02_voting (1).ipynb")).notebook
        '02_voting'
        """
        return _COPY.sub("", self.path.stem)


@dataclass
class Student:
    """Everything that one student handed in."""

    name: str
    notebooks: list[File] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, file: File) -> None:
        """Take a file, a notebook or another."""
        if file.path.suffix.lower() == ".ipynb":
            self.notebooks.append(file)
        else:
            self.others.append(file.path)


def find_submissions(
    folder: Path, known: frozenset[str] = frozenset(), results: Path | None = None
) -> list[Student]:
    """The students in `folder` by name. Raises OSError if it cannot be read.

    `known` are names of the course's own notebooks: a flat file called so names no student.
    `results` is where an earlier run may have written its own files, maybe in this very folder.
    """
    students: dict[str, Student] = {}
    for entry in _entries(folder):
        if results is not None and entry.resolve() == results.resolve():
            continue
        moodle = _MOODLE.match(entry.name if entry.is_dir() else entry.stem)
        if entry.is_dir():
            name = moodle["student"] if moodle else entry.name
            _take_folder(students.setdefault(name, Student(name)), entry)
        elif moodle or entry.suffix.lower() == ".ipynb":
            name = moodle["student"] if moodle else _flat_name(entry, known)
            students.setdefault(name, Student(name)).add(File(entry))
    return [students[name] for name in sorted(students)]


def _take_folder(student: Student, folder: Path) -> None:
    """Give `student` the files in `folder`. One that cannot be read must not end the whole run."""
    try:
        for file in _files_below(folder):
            student.add(file)
    except OSError as error:
        student.problems.append(f"{error.filename}: {error.strerror}")


def _flat_name(entry: Path, known: frozenset[str]) -> str:
    """The student in a flat file's name.

    >>> known = frozenset({"02_voting"})
    >>> [_flat_name(Path(name), known) for name in ("ada.ipynb", "ada_02_voting (1).ipynb")]
    ['ada', 'ada']
    """
    stem = _COPY.sub("", entry.stem)
    for notebook in sorted(known, key=len, reverse=True):
        parts = [part.strip(" _-") for part in stem.split(notebook)]
        if len(parts) == 2 and any(parts):
            return " ".join(part for part in parts if part)
    return stem


def _files_below(folder: Path) -> Iterator[File]:
    """The files in a student's folder; those in a folder of it belong to an assignment."""
    for entry in _entries(folder):
        if not entry.is_dir():
            yield File(entry)
            continue
        for path in _walk(entry):
            yield File(path, assignment=entry.name)


def _walk(folder: Path) -> Iterator[Path]:
    """Every file below a folder, in the order of names."""
    for entry in _entries(folder):
        if entry.is_dir():
            yield from _walk(entry)
        else:
            yield entry


def _entries(folder: Path) -> list[Path]:
    """What lies in `folder` and is a student's, by name."""
    found = [
        entry
        for entry in folder.iterdir()
        if not entry.name.startswith(".")
        and entry.name not in _JUNK
        # A link may lead out of the folder, or round in a circle.
        and not entry.is_symlink()
    ]
    return sorted(found, key=lambda entry: entry.name)
