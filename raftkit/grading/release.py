"""From the solved masters to what students get: solutions/*.ipynb -> exercises/*.ipynb.

nbgrader's own preprocessors do the work, in nbgrader's order, so that its tools
accept the result; those that need its database are left out. The same master
gives the same bytes. nbgrader is an extra of this kit and imported late.
"""

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STUB = "raise NotImplementedError"
MEND = "raftkit release"

# Without the versions that each JupyterLab would write in.
_KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# What a notebook program notes about the last time it was open.
_VOLATILE = ("execution", "ExecuteTime", "collapsed", "scrolled")


class ReleaseError(Exception):
    """A master that cannot be released, or nothing to do it with; one sentence."""


@dataclass(frozen=True)
class Released:
    """The exercises that were not up to date, and those that no master belongs to."""

    stale: tuple[Path, ...] = ()
    stray: tuple[Path, ...] = ()


def release(
    solutions: Path,
    exercises: Path,
    check: bool = False,
    progress: Callable[[list[Path]], Iterable[Path]] = iter,
) -> Released:
    """Make `exercises` from the masters in `solutions`.

    With `check` nothing is written. Raises `ReleaseError`, and OSError for what cannot be written.
    """
    masters = _masters(solutions)
    make = _make_release()
    stale = []
    for master in progress(masters):
        target = exercises / master.name
        text = _released(master, make)
        if not target.is_file() or target.read_text(encoding="utf-8") != text:
            stale.append(target)
            if not check:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8", newline="\n")
    return Released(tuple(stale), tuple(_strays(masters, exercises)))


def _masters(solutions: Path) -> list[Path]:
    """The solved notebooks, by name."""
    if not solutions.is_dir():
        raise ReleaseError(f"there is no folder {solutions}: run this in the course's folder")
    masters = sorted(solutions.glob("*.ipynb"))
    if not masters:
        raise ReleaseError(f"there is no notebook in {solutions}")
    return masters


def _strays(masters: list[Path], exercises: Path) -> list[Path]:
    """Exercises that have no master. They are named, not deleted: somebody may work there."""
    names = {master.name for master in masters}
    return [path for path in sorted(exercises.glob("*.ipynb")) if path.name not in names]


def _make_release() -> Callable[[Any], Any]:
    """What turns a solved notebook into an exercise."""
    try:
        from nbgrader import preprocessors as steps
    except ImportError:
        raise ReleaseError(
            'nbgrader is not installed: pip install "raftkit-course[teach]"'
        ) from None
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
    """The text of the exercise that a master becomes."""
    import nbformat

    try:
        content = json.loads(master.read_text(encoding="utf-8"))
        notebook = make(nbformat.from_dict(_steady(content)))  # type: ignore[no-untyped-call]
        nbformat.validate(notebook)
    except ReleaseError:
        raise
    except Exception as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ReleaseError(f"{master}: {said}") from None
    return json.dumps(_by_lines(notebook), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _steady(content: Any) -> Any:
    """The notebook without whatever differs from one saving to the next."""
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise ReleaseError("this is not a notebook: it has no cells")
    content["metadata"] = dict(_KERNEL)
    content.update(nbformat=4, nbformat_minor=5)
    for place, cell in enumerate(content["cells"], start=1):
        cell["source"] = "".join(cell["source"])
        # nbformat would draw a random one.
        cell.setdefault("id", f"cell-{place}")
        for name in _VOLATILE:
            cell["metadata"].pop(name, None)
    return content


def _by_lines(notebook: Any) -> Any:
    """Sources as lists of lines, as Jupyter writes them, so that differences read well."""
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
    return notebook
