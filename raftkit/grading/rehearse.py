"""Brings masters, lessons and the README's table up to date with the catalogue and the views.

Run it after a change of an exercise, a master, a check or a view. First it writes the facts of
the catalogue (catalogue_facts.py), then it runs each notebook. Times and versions of the kernel
are left out, so that the same code gives the same bytes.
"""

import os
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from raftkit.course.chapters import NOTEBOOKS
from raftkit.grading.catalogue_facts import write_facts, write_table
from raftkit.grading.notebook_form import (
    ReleaseError,
    as_committed,
    is_committed,
    read_committed,
    steady,
    write_committed,
)

MEND = "raftkit rehearse; raftkit release"
_CELL_SECONDS = 120  # seconds for one cell


def rehearse(
    notebooks: list[Path],
    readme: Path | None = None,
    progress: Callable[[list[Path]], Iterable[Path]] = iter,
) -> list[Path]:
    """Write the table of `readme`, and run and write each notebook; returns the changed files.

    Raises `ReleaseError` for a notebook that cannot be run to its end.
    """
    changed = _written({} if readme is None else {readme: _with_table(readme)})
    for path in progress(notebooks):
        content, texts = _with_facts(path)
        _run(path, content)
        texts[path] = as_committed(steady(content))
        changed += _written(texts)
    return changed


def stale(notebooks: list[Path], readme: Path | None = None) -> list[Path]:
    """The files that differ from the catalogue; nothing is run, and nothing is written.

    Raises `ReleaseError` for a master whose prompts are not those of the catalogue.
    """
    texts: dict[Path, str] = {}
    for path in notebooks:
        content, pictures = _with_facts(path)
        texts |= {path: as_committed(content), **pictures}
    if readme is not None:
        texts[readme] = _with_table(readme)
    return [path for path, text in texts.items() if not is_committed(path, text)]


def _with_table(readme: Path) -> str:
    """The README's text, with its table of lessons up to date."""
    return write_table(readme.read_text(encoding="utf-8"))


def _with_facts(path: Path) -> tuple[dict[str, Any], dict[Path, str]]:
    """A notebook's content, with the facts of the catalogue in a master, and its pictures."""
    content = read_committed(path)
    if path.stem not in {each.name for each in NOTEBOOKS}:
        return content, {}
    try:
        pictures = write_facts(content["cells"], path.stem)
    except ReleaseError as error:
        raise ReleaseError(f"{path}: {error}") from None
    return content, {path.parent / file: text for file, text in pictures.items()}


def _written(texts: dict[Path, str]) -> list[Path]:
    """Write the files that do not hold their texts yet; returns them."""
    changed = [path for path, text in texts.items() if not is_committed(path, text)]
    for path in changed:
        write_committed(path, texts[path])
    return changed


def _run(path: Path, content: dict[str, Any]) -> None:
    """Run all code cells in one kernel, and put their outputs into `content`."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = nbformat.from_dict(content)
    client = NotebookClient(
        notebook,
        timeout=_CELL_SECONDS,
        coalesce_streams=True,  # else their number would tell how fast the kernel was
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute(stderr=subprocess.DEVNULL, env=_without_session())
    except CellExecutionError as error:
        cell = _failed(notebook["cells"])
        raise ReleaseError(f"{path}: {cell} fails: {error.ename}: {error.evalue}") from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise ReleaseError(f"{path}: {str(error).splitlines()[0]}") from None
    content["cells"] = [dict(cell) for cell in notebook["cells"]]


def _without_session() -> dict[str, str]:
    """The environment without the notebook from which this may be called (`!raftkit rehearse`).

    The kernel would keep and show the progress of whoever works in it.
    """
    return {name: value for name, value in os.environ.items() if name != "JPY_SESSION_NAME"}


def _failed(cells: list[Any]) -> str:
    """The cell that has an error among its outputs, by its id."""
    for cell in cells:
        if any(output["output_type"] == "error" for output in cell.get("outputs", ())):
            return f"the cell {cell['id']}"
    return "a cell"
