"""Finds the course's files: lessons and exercises, in a checkout or in the installed package.

In a checkout they are in the folders of the repository; a wheel has copies of them inside the
package (`pyproject.toml` says so). No wheel has solutions, because students install it. It does
not know what the files are used for.
"""

import os
from pathlib import Path

FIRST_LESSON = "notebooks/00_start_here.ipynb"
FOLDERS = ("notebooks", "exercises")

_PACKAGE = Path(__file__).resolve().parent


def checkout() -> Path | None:
    """The repository that this kit runs from; None if it runs from an installed wheel."""
    return _PACKAGE.parent if holds_lessons(_PACKAGE.parent) else None


def holds_lessons(folder: Path) -> bool:
    """Whether a folder holds the course: a checkout, or a student's copy."""
    # Not Path.is_file(), which raises for a folder that may not be read.
    return os.path.isfile(folder / FIRST_LESSON)


def course_files() -> dict[str, Path]:
    """Every file of the course by its path, such as "exercises/02_voting.ipynb".

    Raises FileNotFoundError if the kit was installed without them.

    >>> course_files()["notebooks/00_start_here.ipynb"].name
    '00_start_here.ipynb'
    """
    root = checkout() or _PACKAGE / "material"
    if not holds_lessons(root):
        raise FileNotFoundError(2, "no lessons were installed: install raftkit-course anew", root)
    return {
        path.relative_to(root).as_posix(): path
        for folder in FOLDERS
        for path in sorted((root / folder).rglob("*"))
        if path.is_file() and not _is_hidden(path.relative_to(root))
    }


def _is_hidden(path: Path) -> bool:
    """Whether Jupyter or the system made this file, whose path has a part with a dot first."""
    return any(part.startswith(".") for part in path.parts)
