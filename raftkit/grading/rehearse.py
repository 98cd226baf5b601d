"""Runs the committed notebooks anew, so that their outputs and pictures are today's.

For whoever has changed a master, a check or a view. A prompt's picture is the one
that its checks draw; an `<img>` alone in a line stands for one not drawn yet. The
kernel's noise (times, versions) is left out, so the same code gives the same bytes.
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
_PATIENCE = 120  # seconds for one cell
# JupyterLab's editor is slow with lines that never end.
_LINE = 1_000


def rehearse(
    notebooks: list[Path], progress: Callable[[list[Path]], Iterable[Path]] = iter
) -> list[Path]:
    """Run each notebook from top to bottom and write it; those that have changed.

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
    """A cell's text; in an exercise's prompt with the picture as it is drawn now."""
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
    """The picture as an `<img>`, whose data are broken into lines."""
    encoded = base64.b64encode(drawn.svg.encode("utf-8")).decode("ascii")
    lines = [encoded[start : start + _LINE] for start in range(0, len(encoded), _LINE)]
    return drawn.to_html().replace(encoded, "\n" + "\n".join(lines))


def _run(path: Path, content: dict[str, Any]) -> None:
    """Run all code cells in one kernel; their outputs are left in `content`."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = nbformat.from_dict(content)
    client = NotebookClient(
        notebook, timeout=_PATIENCE, resources={"metadata": {"path": str(path.parent)}}
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
    """Which cell has an error among its outputs, by its id."""
    for cell in cells:
        if any(output["output_type"] == "error" for output in cell.get("outputs", ())):
            return f"the cell {cell['id']}"
    return "a cell"
