"""Finds the files of each student: nbgrader's layout, one folder a student, or flat files.

`{student}/{assignment}/{notebook}.ipynb`, `{student}/{anything}.ipynb`,
`{student}.ipynb`, and the names that Moodle gives; any of them in one more folder for each section
of the course. The order is that of the names, never that of the disk. A student whose files
cannot be graded is still found. It does not read notebooks.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# Moodle writes "Ada Lovelace_4711_assignsubmission_file_" as a folder, or before a file's name.
_MOODLE = re.compile(r"^(?P<student>.+?_\d+)_assignsubmission_\w+?_(?P<rest>.*)$")
_COPY = re.compile(r"([ _-]*\(\d+\)|[ _-]+copy\d*|-Copy\d+)$", re.IGNORECASE)
_FOLDER = "exercises"
_CHECKPOINTS = ".ipynb_checkpoints"
# What programs leave behind: nobody has written it, and it says nothing about a student.
_JUNK = ("__MACOSX", "Thumbs.db", "desktop.ini", "timestamp.txt")
_JUNK_FOLDERS = (_CHECKPOINTS, ".git", ".venv", ".vscode", ".idea", ".virtual_documents", ".Trash")
_IN_THE_CLOUD = re.compile(r"^\.?(?P<name>.+)\.(icloud|gdoc|gsheet|cloud|cloudf)$")
_REPORTS = ("grades.csv", "grades.json", "grades.csv.new", "grades.json.new")
_FORMAT_MARK = b'"format": "raftkit-grades"'


@dataclass(frozen=True)
class File:
    """A student's file, and the names of the folders that it is in, inside of the student's own."""

    path: Path
    folders: tuple[str, ...] = ()

    @property
    def assignment(self) -> str:
        """The name of the folder that would be nbgrader's for the assignment; "" if in none."""
        return self.folders[0] if self.folders else ""

    @property
    def is_the_courses(self) -> bool:
        """Whether it is a solved master, in a copy of the whole course: beside its exercises."""
        depth = len(self.folders)
        return any(
            name.lower() == "solutions" and (self.path.parents[depth - place] / _FOLDER).is_dir()
            for place, name in enumerate(self.folders)
        )

    @property
    def rank(self) -> tuple[int, bool, str]:
        """The order in which files for one notebook are taken."""
        return len(self.folders), self.notebook != self.path.stem, self.label

    @property
    def label(self) -> str:
        """The file's name after those of its folders."""
        return "/".join((*self.folders, self.path.name))

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
        in_the_cloud = _IN_THE_CLOUD.match(file.path.name)
        if file.path.is_symlink():
            # A link may lead out of the folder, or in a circle.
            said = "is a link, and links are not followed: put the file or folder itself there"
            self.problems.append(f"{file.path.name} {said}")
        elif in_the_cloud:
            said = "is still in the cloud, and this is only its placeholder: download it first"
            self.problems.append(f"{in_the_cloud['name']} {said}")
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
    sections = _sections(folder)
    for place in sections or [folder]:
        for found in _students_in(place, known, written):
            if sections:
                found.name = f"{_composed(place.name)}/{found.name}"
            _join(students.setdefault(found.name, Student(found.name)), found)
    return [students[name] for name in sorted(students)]


def _sections(folder: Path) -> list[Path]:
    """The sections of a course, if every entry of `folder` is one: a folder of students' folders.

    They hold no files, and no name of a folder in them comes twice, as an assignment's name would;
    and in at least one of them two folders hold a notebook of the same name.
    """
    entries = _entries(folder)
    if not entries or not all(_is_folder(entry) for entry in entries):
        return []
    try:
        inside = {entry: _entries(entry) for entry in entries if not _holds_results(entry)}
    except OSError:
        return []  # What cannot be read is told of the student whose it is.
    below = [part for parts in inside.values() for part in parts]
    names = [part.name for part in below]
    if not all(_is_folder(part) for part in below) or len(names) > len(set(names)):
        return []
    return list(inside) if any(map(_share_a_notebook, inside.values())) else []


def _share_a_notebook(folders: list[Path]) -> bool:
    """Whether two of these folders hold a notebook of the same name."""
    names = [name for folder in folders for name in {path.name for path in folder.glob("*.ipynb")}]
    return len(names) > len(set(names))


def _students_in(folder: Path, known: frozenset[str], written: list[Path]) -> Iterator[Student]:
    """A student for each entry of a folder; several may be parts of the same one."""
    for entry in _entries(folder):
        moodle = _MOODLE.match(_composed(entry.name if _is_folder(entry) else entry.stem))
        if _is_folder(entry):
            found = Student(moodle["student"] if moodle else _composed(entry.name))
            _take_folder(found, entry)
            if found.has_nothing and (entry.resolve() in written or _holds_results(entry)):
                continue
        elif entry.stem.casefold() == "readme" and entry.suffix.lower() != ".ipynb":
            continue
        else:
            found = Student(moodle["student"] if moodle else _flat_name(entry, known))
            found.add(File(entry))
        yield found


def _composed(name: str) -> str:
    """A name with each letter and its accents as one character, and no blanks around it.

    Not every system writes the first, and nobody sees the second.
    """
    return unicodedata.normalize("NFC", name).strip()


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
        if student.has_nothing and any(folder.rglob(_CHECKPOINTS)):
            student.problems.append(f"only {_CHECKPOINTS} are there: hand in the notebook itself")
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
    whole = re.sub(r"\.(ipynb|tar)$", "", _composed(entry.stem), flags=re.IGNORECASE)
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


def _files_below(folder: Path, folders: tuple[str, ...] = ()) -> Iterator[File]:
    """Every file below a student's folder, in the order of names."""
    for entry in _entries(folder):
        if _is_folder(entry):
            yield from _files_below(entry, (*folders, entry.name))
        else:
            yield File(entry, folders)


def _entries(folder: Path) -> list[Path]:
    """The files and folders in `folder` that may be a student's, by name."""
    found = [each for each in folder.iterdir() if not (_is_junk(each) or _is_report(each))]
    return sorted(found, key=lambda entry: entry.name)


def _is_junk(entry: Path) -> bool:
    """Whether a program made a file or folder for itself; a hidden notebook is a notebook."""
    name = entry.name
    if not name.startswith("."):
        return name in _JUNK
    if _is_folder(entry):
        return name in _JUNK_FOLDERS
    return name.startswith("._") or not (
        name.lower().endswith(".ipynb") or _IN_THE_CLOUD.match(name)
    )


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
