"""Puts the solved masters into a course of nbgrader, whose own commands do the rest.

nbgrader makes the students' notebooks, collects them and runs their checks; in its runs a check
gives nbgrader the points (`Result`). How masters are made is not known here.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from raftkit.grading.notebook_form import as_committed, read_committed, write_committed
from raftkit.grading.prompt_pictures import with_pictures
from raftkit.grading.release import STUB, masters_in

CONFIGURATION = f"""\
c = get_config()
c.ClearSolutions.code_stub = {{"python": "{STUB}"}}
# The check of a whole server may take longer than nbgrader waits without this.
c.Execute.timeout = 600
"""


def fill_course(
    solutions: Path,
    course: Path,
    progress: Callable[[list[Path]], Iterable[Path]] = iter,
) -> list[Path]:
    """Write the masters into `course`, as source/ASSIGNMENT/ASSIGNMENT.ipynb; returns the files.

    A configuration of nbgrader that is there already stays as it is. Raises `ReleaseError`, and
    OSError if a file cannot be written.
    """
    written = []
    for master in progress(masters_in(solutions)):
        target = course / "source" / master.stem / master.name
        write_committed(target, _whole(master))
        written.append(target)
    configuration = course / "nbgrader_config.py"
    if not configuration.exists():
        write_committed(configuration, CONFIGURATION)
        written.append(configuration)
    return written


def _whole(master: Path) -> str:
    """A master with its pictures in it, because nbgrader takes no other file along."""
    content = read_committed(master)
    for cell in content["cells"]:
        cell["source"] = with_pictures(cell["source"], master.parent)
    return as_committed(content)
