"""Makes the students' notebooks from the solved masters: solutions/ to exercises/.

nbgrader's preprocessors do the work, in nbgrader's order, so that its tools accept the result;
those that need its database are left out. The same master gives the same bytes. nbgrader is an
extra of this kit, so it is imported late.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from raftkit.extras import how_to_install
from raftkit.grading.notebook_form import (
    ReleaseError,
    as_committed,
    is_committed,
    read_committed,
    write_committed,
)
from raftkit.grading.prompt_pictures import with_pictures

STUB = "raise NotImplementedError"
MEND = "raftkit release"


@dataclass(frozen=True)
class Released:
    """The exercises that were not up to date, and those that have no master."""

    stale: tuple[Path, ...] = ()
    stray: tuple[Path, ...] = ()


def release(
    solutions: Path,
    exercises: Path,
    check: bool = False,
    progress: Callable[[list[Path]], Iterable[Path]] = iter,
) -> Released:
    """Make `exercises` from the masters in `solutions`.

    With `check` nothing is written. Raises `ReleaseError`, and OSError if a file cannot be written.
    """
    masters = masters_in(solutions)
    make = _make_release()
    stale = []
    for master in progress(masters):
        target = exercises / master.name
        text = _released(master, make)
        if is_committed(target, text):
            continue
        stale.append(target)
        if not check:
            write_committed(target, text)
    return Released(tuple(stale), tuple(_strays(masters, exercises)))


def masters_in(solutions: Path) -> list[Path]:
    """The solved notebooks, by name. Raises `ReleaseError` if there are none."""
    if not solutions.is_dir():
        raise ReleaseError(f"there is no folder {solutions}: run this in the course's folder")
    masters = sorted(solutions.glob("*.ipynb"))
    if not masters:
        raise ReleaseError(f"there is no notebook in {solutions}")
    return masters


def _strays(masters: list[Path], exercises: Path) -> list[Path]:
    """Exercises that have no master. They are not deleted, because somebody may work there."""
    names = {master.name for master in masters}
    return [path for path in sorted(exercises.glob("*.ipynb")) if path.name not in names]


def _make_release() -> Callable[[Any], Any]:
    """A function that turns a solved notebook into an exercise."""
    try:
        from nbgrader import preprocessors as steps
    except ImportError:
        raise ReleaseError(f"nbgrader is not installed: {how_to_install('teach')}") from None
    quiet = logging.getLogger(__name__)
    quiet.addHandler(logging.NullHandler())
    quiet.propagate = False
    chain = [
        steps.LockCells(log=quiet),
        steps.ClearSolutions(code_stub={"python": STUB}, log=quiet),
        steps.ClearOutput(log=quiet),
        steps.CheckCellMetadata(log=quiet),
        steps.ComputeChecksums(log=quiet),
        steps.ClearHiddenTests(log=quiet),
        steps.ClearMarkScheme(log=quiet),
        steps.ComputeChecksums(log=quiet),
        steps.CheckCellMetadata(log=quiet),
    ]

    def make(notebook: Any) -> Any:
        resources: dict[str, Any] = {}
        for step in chain:
            notebook, resources = step.preprocess(notebook, resources)
        return notebook

    return make


def _released(master: Path, make: Callable[[Any], Any]) -> str:
    """The content of the exercise's file that is made from a master."""
    import nbformat

    content = read_committed(master)
    for cell in content["cells"]:
        cell["source"] = with_pictures(cell["source"], master.parent)
    try:
        notebook = make(nbformat.from_dict(content))
        nbformat.validate(notebook)
    except Exception as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ReleaseError(f"{master}: {said}") from None
    return as_committed(notebook)
