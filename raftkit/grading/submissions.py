"""Finds the files of each student: nbgrader's layout, one folder a student, or flat files.

`{student}/{assignment}/{notebook}.ipynb`, `{student}/{anything}.ipynb`,
`{student}.ipynb`, and the names that Moodle gives. The order is that of the names, never that
of the disk. A student whose files cannot be graded is still found. It does not read notebooks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# Moodle writes "Ada Lovelace_4711_assignsubmission_file_" as a folder, or before a file's name.
_MOODLE = re.compile(r"^(?P<student>.+?_\d+)_assignsubmission_\w+?_(?P<rest>.*)$")
_COPY = re.compile(r"([ _-]*\(\d+\)|[ _-]+copy\d*|-Copy\d+)$", re.IGNORECASE)
_FOLDER = "exercises"
_JUNK = ("__MACOSX", "Thumbs.db", "desktop.ini", "timestamp.txt")
_REPORTS = ("grades.csv", "grades.json", "grades.csv.new", "grades.json.new")
_FORMAT_MARK = b'"format": "raftkit-grades"'


@dataclass(frozen=True)
class File:
    """A student's file; `assignment` is the name of the folder that it is in, "" if in none."""

    path: Path
    assignment: str = ""

    @property
    def label(self) -> str:
        """The file's name, after that of its folder if it has one."""
        return f"{self.assignment}/{self.path.name}" if self.assignment else self.path.name

    @property
    def notebook(self) -> str:
        """The notebook's name, without the ending that a second download adds.

        >>> File(Path("02_voting (1).ipynb")).notebook
        '02_voting'
        """
        return _COPY.sub("", self.path.stem)


@dataclass
class Student:
    """All files of one student."""

    name: str
    notebooks: list[File] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def has_nothing(self) -> bool:
        """Whether no file was found."""
        return not (self.notebooks or self.others or self.problems)

    def add(self, file: File) -> None:
        """Add a file, a notebook or another."""
        if file.path.is_symlink():
            # A link may lead out of the folder, or in a circle.
            said = "is a link, and links are not followed: put the file or folder itself there"
            self.problems.append(f"{file.path.name} {said}")
        elif file.path.suffix.lower() == ".ipynb":
            self.notebooks.append(file)
        else:
            self.others.append(file.path)


def find_submissions(
    folder: Path, known: frozenset[str] = frozenset(), results: Path | None = None
) -> list[Student]:
    """The students in `folder` by name. Raises OSError if it cannot be read.

    `known` are the names of the course's notebooks: a flat file with such a name names no student.
    `results` is the folder that this run writes into, which may be `folder` itself. Every other
    file or folder belongs to a student, also a file that is no notebook.
    """
    students: dict[str, Student] = {}
    written = [results.resolve(), results.resolve() / "feedback"] if results else []
    for entry in _entries(folder):
        moodle = _MOODLE.match(entry.name if _is_folder(entry) else entry.stem)
        if _is_folder(entry):
            found = Student(moodle["student"] if moodle else entry.name)
            _take_folder(found, entry)
            if found.has_nothing and (entry.resolve() in written or _holds_results(entry)):
                continue
        elif entry.stem.casefold() == "readme":
            continue
        else:
            found = Student(moodle["student"] if moodle else _flat_name(entry, known))
            found.add(File(entry))
        _join(students.setdefault(found.name, Student(found.name)), found)
    return [students[name] for name in sorted(students)]


def _join(student: Student, found: Student) -> None:
    """Give `student` the files that were found under the same name."""
    student.notebooks += found.notebooks
    student.others += found.others
    student.problems += found.problems


def _take_folder(student: Student, folder: Path) -> None:
    """Give `student` the files in `folder`; a folder that cannot be read becomes a problem."""
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

    Without a student's name, only the number distinguishes two students' files.

    >>> [_flat_name(Path(name), known) for name in ("02_voting (1).ipynb", "zoe.ipynb.txt")]
    ['02_voting (1)', 'zoe']

    A download from the course's site begins with the name of the course's folder.

    >>> names = ("exercises_02_voting (1).ipynb", "ada_exercises_02_voting.ipynb")
    >>> [_flat_name(Path(name), known) for name in names]
    ['02_voting (1)', 'ada']
    """
    whole = re.sub(r"\.(ipynb|tar)$", "", entry.stem, flags=re.IGNORECASE)
    for notebook in known:
        # A download from the course's site has its folder's name before its own.
        whole = whole.replace(f"{_FOLDER}_{notebook}", notebook)
    stem = _COPY.sub("", whole)
    if stem in known:
        return whole
    for notebook in sorted(known, key=len, reverse=True):
        parts = [part.strip(" _-") for part in stem.split(notebook)]
        if len(parts) == 2 and any(parts):
            return " ".join(part for part in parts if part)
    return stem


def _files_below(folder: Path) -> Iterator[File]:
    """The files in a student's folder; a subfolder's name is that of their assignment."""
    for entry in _entries(folder):
        if not _is_folder(entry):
            yield File(entry)
            continue
        for path in _walk(entry):
            yield File(path, assignment=entry.name)


def _walk(folder: Path) -> Iterator[Path]:
    """Every file below a folder, in the order of names."""
    for entry in _entries(folder):
        if _is_folder(entry):
            yield from _walk(entry)
        else:
            yield entry


def _entries(folder: Path) -> list[Path]:
    """The files and folders in `folder` that may be a student's, by name."""
    found = [
        entry
        for entry in folder.iterdir()
        if not entry.name.startswith(".") and entry.name not in _JUNK and not _is_report(entry)
    ]
    return sorted(found, key=lambda entry: entry.name)


def _is_folder(entry: Path) -> bool:
    """Whether an entry is a folder, and no link to one."""
    return entry.is_dir() and not entry.is_symlink()


# Results of earlier runs -----------------------------------------------------------------


def _is_report(entry: Path) -> bool:
    """Whether an entry is a file that an earlier run wrote."""
    if entry.name in _REPORTS:
        return _is_results_folder(entry.parent)
    is_page = entry.suffix == ".html" and entry.parent.name == "feedback"
    return is_page and _is_results_folder(entry.parent.parent)


def _is_results_folder(folder: Path) -> bool:
    """Whether a run wrote its grades into `folder`; their file begins with our format's name."""
    grades = folder / "grades.json"
    try:
        if not grades.is_file():
            return False
        with grades.open("rb") as file:
            return _FORMAT_MARK in file.read(100)
    except OSError:
        return False


def _holds_results(folder: Path) -> bool:
    """Whether `folder` is a run's folder of results, or its folder of feedback pages."""
    return _is_results_folder(folder) or any(_is_report(page) for page in folder.iterdir())
