"""JupyterLab in a real browser, as fixtures: `lab`, `browser`, `open_notebook`.

How both are started stands in raftkit.bench.browser, since measurements need it too.
Nothing here knows what a notebook contains.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from raftkit.bench.browser import chromium
from raftkit.bench.browser.chromium import HEIGHT, WIDTH, open_in_lab
from raftkit.bench.browser.jupyter import Lab, running_lab


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One JupyterLab for all tests of the run."""
    home, folder = (tmp_path_factory.mktemp(name) for name in ("jupyter", "notebooks"))
    with running_lab(home, folder) as lab:
        yield lab


@pytest.fixture(scope="module")
def browser(tool: Callable[[str, str], str]) -> Iterator[Browser]:
    """Debian's Chromium; one for each module, since an open one keeps an event loop running."""
    path = tool("chromium", "apt-get install chromium, or put a Chromium of that name on PATH")
    with chromium.chromium(path) as browser:
        yield browser


class OpenNotebook(chromium.OpenNotebook):
    """A notebook that is open in JupyterLab, and what a student sees of it."""

    def code_cells(self) -> list[dict[str, Any]]:
        """The code cells as the notebook's file would hold them, with their outputs."""
        cells: list[dict[str, Any]] = self.page.evaluate(
            "window.jupyterapp.shell.currentWidget.context.model.toJSON().cells"
        )
        return [cell for cell in cells if cell["cell_type"] == "code"]

    def errors(self) -> list[str]:
        """The tracebacks that a student would see."""
        return [
            "\n".join(output["traceback"])
            for cell in self.code_cells()
            for output in cell["outputs"]
            if output["output_type"] == "error"
        ]

    def pictures(self) -> list[dict[str, Any]]:
        """Every `<img>` of the notebook, loaded: `alt`, and `width` in pixels (0 if broken)."""
        self.page.wait_for_function(
            "[...document.querySelectorAll('.jp-Notebook img')].every((img) => img.complete)"
        )
        found: list[dict[str, Any]] = self.page.evaluate(
            """[...document.querySelectorAll('.jp-Notebook img')].map(
                (img) => ({alt: img.alt, width: img.naturalWidth}))"""
        )
        return found

    def use_theme(self, theme: str) -> None:
        """Switch to "JupyterLab Light" or "JupyterLab Dark" and wait until it shows."""
        self.command("apputils:change-theme", {"theme": theme})
        self.page.wait_for_function(
            "(theme) => document.body.dataset.jpThemeName === theme", arg=theme
        )

    def keep_screenshot(self, name: str) -> None:
        """Save the whole notebook as NAME.png to the folder in RAFTKIT_SCREENSHOTS, if set."""
        folder = os.environ.get("RAFTKIT_SCREENSHOTS")
        if not folder:
            return
        scroller = self.page.locator(".jp-Notebook .jp-WindowedPanel-outer")
        height = scroller.evaluate("(element) => element.scrollHeight")
        self.page.set_viewport_size({"width": WIDTH, "height": min(height + 100, 16_000)})
        scroller.evaluate("(element) => { element.scrollTop = 0; }")
        self.page.locator(".jp-NotebookPanel").screenshot(path=Path(folder) / f"{name}.png")
        self.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})


@pytest.fixture
def open_notebook(lab: Lab, browser: Browser) -> Iterator[Callable[[Path], OpenNotebook]]:
    """Open a copy of a notebook: `open_notebook(path)`."""
    pages: list[Page] = []

    def open_copy(path: Path) -> OpenNotebook:
        pages.append(open_in_lab(browser, lab, path))
        return OpenNotebook(pages[-1])

    yield open_copy
    for page in pages:
        page.close()
