"""Runs the committed notebooks again, so that their outputs and pictures are up to date.

Run it after a change of a master, a check or a view. A prompt's picture is the one that its
check draws; an `<img>` alone in a line is replaced by it. Times and versions of the kernel are
left out, so that the same code gives the same bytes.
"""

import base64
import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from raftkit.course.chapters import EXERCISES
from raftkit.course.tutor.commands import picture
from raftkit.grading.notebook_form import (
    ReleaseError,
    as_committed,
    is_committed,
    read_committed,
    steady,
    write_committed,
)
from raftkit.views import Picture

_IMAGE = re.compile(r"<img(?: [^>]*)?>")
_CELL_SECONDS = 120  # seconds for one cell
# JupyterLab's editor is slow with very long lines.
_LINE_LENGTH = 1_000


def rehearse(
    notebooks: list[Path], progress: Callable[[list[Path]], Iterable[Path]] = iter
) -> list[Path]:
    """Run each notebook from top to bottom and write it; returns those that have changed.

    Raises `ReleaseError` for a notebook that cannot be run to its end.
    """
    changed = []
    for path in progress(notebooks):
        content = read_committed(path)
        for cell in content["cells"]:
            cell["source"] = _with_picture(cell)
        _run(path, content)
        text = as_committed(steady(content))
        if not is_committed(path, text):
            write_committed(path, text)
            changed.append(path)
    return changed


def _with_picture(cell: dict[str, Any]) -> str:
    """A cell's text; an exercise's prompt gets the picture that its check draws now."""
    source: str = cell["source"]
    if cell["cell_type"] != "markdown":
        return source
    prompts = {each.grade_id.replace("ex-", "prompt-", 1): each.id for each in EXERCISES}
    exercise = prompts.get(cell["id"])
    if exercise is None:
        return source
    image = _image(picture(exercise))
    return _IMAGE.sub(lambda _: image, source, count=1)


def _image(drawn: Picture) -> str:
    """The picture as an `<img>`, with its data broken into lines."""
    encoded = base64.b64encode(drawn.svg.encode("utf-8")).decode("ascii")
    lines = [
        encoded[start : start + _LINE_LENGTH] for start in range(0, len(encoded), _LINE_LENGTH)
    ]
    return drawn.to_html().replace(encoded, "\n" + "\n".join(lines))


def _run(path: Path, content: dict[str, Any]) -> None:
    """Run all code cells in one kernel, and put their outputs into `content`."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = nbformat.from_dict(content)
    client = NotebookClient(
        notebook, timeout=_CELL_SECONDS, resources={"metadata": {"path": str(path.parent)}}
    )
    try:
        client.execute(stderr=subprocess.DEVNULL)
    except CellExecutionError as error:
        cell = _failed(notebook["cells"])
        raise ReleaseError(f"{path}: {cell} fails: {error.ename}: {error.evalue}") from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise ReleaseError(f"{path}: {str(error).splitlines()[0]}") from None
    content["cells"] = [dict(cell) for cell in notebook["cells"]]


def _failed(cells: list[Any]) -> str:
    """The cell that has an error among its outputs, by its id."""
    for cell in cells:
        if any(output["output_type"] == "error" for output in cell.get("outputs", ())):
            return f"the cell {cell['id']}"
    return "a cell"
