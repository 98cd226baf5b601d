"""Runs a notebook from top to bottom, so that a page can show its outputs without a kernel.

It runs once, while the site is built. It does not know what a page looks like.
"""

import asyncio
import re
import subprocess
from pathlib import Path
from typing import Any

from raftkit.site.problem import SiteProblem

_SECONDS_A_CELL = 120
_WIDGET = "application/vnd.jupyter.widget-view+json"
# The outputs of these cells depend on an answer, and there is none yet; a hint should not be read
# by chance.
_FOR_AN_ANSWER = re.compile(r"(check|hint|play)-\d|(reveal|replay)$")


def run_notebook(file: Path) -> Any:
    """The notebook with its outputs, except those that depend on an answer.

    Raises SiteProblem if a cell fails.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = nbformat.read(file, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=_SECONDS_A_CELL,
        kernel_name="python3",
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,  # else their number would tell how fast the kernel was
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(file.parent)}},
    )
    try:
        # This closes its event loop; client.execute() would leave one open in each thread. What
        # a kernel says on its way out (of sockets that are gone) is nobody's business.
        asyncio.run(client.async_execute(stderr=subprocess.DEVNULL))
    except CellExecutionError as error:
        raise SiteProblem(f"{file.name} does not run: {error.ename}: {error.evalue}") from None
    for cell in notebook.cells:
        if cell.cell_type == "code":
            _remove_unreadable_outputs(cell)
    return notebook


def _remove_unreadable_outputs(cell: Any) -> None:
    """Remove the outputs of a cell that need an answer, and those that need a kernel."""
    if _FOR_AN_ANSWER.match(cell.id):
        cell.outputs = []
    for output in cell.outputs:
        output.get("data", {}).pop(_WIDGET, None)
