"""Where the course's own files are: lessons and exercises, in a checkout or in the wheel.

In a checkout they are the folders of the repository; a wheel carries copies of them inside the
package (`pyproject.toml` says so). Solutions are in no wheel: a student installs those. It does not
know what becomes of the files.
"""

import os
from pathlib import Path

FIRST_LESSON = "notebooks/00_start_here.ipynb"
FOLDERS = ("notebooks", "exercises")

_PACKAGE = Path(__file__).resolve().parent


def checkout() -> Path | None:
    """The repository that this kit runs from; None for an installed wheel."""
    return _PACKAGE.parent if holds_lessons(_PACKAGE.parent) else None


def holds_lessons(folder: Path) -> bool:
    """Whether a course lies in this folder: a checkout, or somebody's copy."""
    # Not is_file(), which complains of a folder that nobody may look into.
    return os.path.isfile(folder / FIRST_LESSON)


def course_files() -> dict[str, Path]:
    """Every file of the course, by its path within it, such as "exercises/02_voting.ipynb".

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
    """Whether it is something that Jupyter or the system has left there."""
    return any(part.startswith(".") for part in path.parts)
