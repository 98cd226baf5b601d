"""Which folder `raftkit lab` opens: one that is named, around us, the kit's own, or the last one.

The place of a student's copy is kept among the user's settings, so that it is found again
from anywhere. It does not know what is in a folder, nor how it gets there.
"""

import contextlib
import os
from pathlib import Path

from raftkit import course_files
from raftkit.cli.commands import BadInput
from raftkit.cli.home_folder import home_folder

NAME = "raftkit-course"


def course_folder(named: Path | None) -> Path:
    """The course's folder, which need not exist yet.

    `named` by the user comes first, then a course around the current folder, then the repository
    of this kit, if it runs from one, then the copy that was opened last, and in the end the usual
    place. Raises BadInput if the copy of last time is gone, or the current folder.
    """
    if named is not None:
        # Not every shell expands "~".
        return Path(os.path.expanduser(named)).absolute()
    here = _current_folder()
    around = [folder for folder in (here, *here.parents) if course_files.holds_lessons(folder)]
    if around:
        return around[0]
    repository = course_files.checkout()
    if repository is not None:
        return repository
    last = remembered_folder()
    if last is not None and not os.path.isdir(last):
        raise BadInput(
            f"your course folder {last} is gone: raftkit lab --folder FOLDER, "
            "with its new place or one for a new copy"
        )
    return last or usual_folder()


def _current_folder() -> Path:
    """The current folder. Raises BadInput if it was deleted."""
    try:
        return Path.cwd()
    except OSError:
        raise BadInput("the current folder is gone: change to another one first") from None


def usual_folder() -> Path:
    """The default place of a copy: in the home folder, or here if there is none."""
    return (home_folder() or _current_folder()) / NAME


def remembered_folder() -> Path | None:
    """The copy that was opened last, which may have been deleted; None if there is none."""
    settings = _settings_file()
    try:
        place = os.fsdecode(settings.read_bytes()) if settings else ""
    except OSError:
        return None
    return Path(place) if place else None


def remember(folder: Path) -> None:
    """Store the place of a copy among the user's settings, if they can be written."""
    settings = _settings_file()
    if settings is None or remembered_folder() == folder:
        return
    with contextlib.suppress(OSError):
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_bytes(os.fsencode(folder))


def _settings_file() -> Path | None:
    """The settings file with the place of the copy; None if there can be none."""
    try:
        from platformdirs import user_config_path
    except ImportError:
        return None  # It is installed with JupyterLab, and without that there is no copy.
    # Without a home folder platformdirs would return a path in a folder called "~".
    return user_config_path("raftkit", appauthor=False) / "course_folder" if home_folder() else None
