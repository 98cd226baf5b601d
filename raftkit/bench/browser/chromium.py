"""A Chromium that playwright drives, and a notebook that is open in it.

Browser tests and measurements start it here. It makes no requests of its own, and every wait
has a limit. It does not know what is on a page.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page, sync_playwright

from raftkit.bench.browser.jupyter import Lab

STEP_MS = 240_000  # a wide net: a cell may take a minute on a busy machine
WIDTH, HEIGHT = 1280, 900
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """The browser at `path`, for as long as the context lasts.

    Raises RuntimeError, with the path in it, for a program that is no Chromium or does not start.
    """
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        except Error as error:
            raise RuntimeError(f"{path} does not start: {error.message}") from None
        yield browser
        browser.close()


def new_page(browser: Browser) -> Page:
    """An empty page of the usual size, whose waits have a limit."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    page.set_default_timeout(STEP_MS)
    return page


class OpenNotebook:
    """A notebook that is open in JupyterLab with its kernel ready."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def run_all(self) -> None:
        """Run every cell and wait until the kernel has answered the last."""
        self.command("notebook:run-all-cells", {})

    def command(self, name: str, arguments: dict[str, Any]) -> None:
        """Let JupyterLab execute one of its commands, and wait until it is done.

        Raises RuntimeError with what JupyterLab says if it fails.
        """
        self.page.evaluate(
            """([name, args]) => {
                window.commandEnd = null;
                window.jupyterapp.commands.execute(name, args).then(
                    () => { window.commandEnd = "done"; },
                    (error) => { window.commandEnd = String(error); });
            }""",
            [name, arguments],
        )
        self.page.wait_for_function("window.commandEnd !== null")
        end = self.page.evaluate("window.commandEnd")
        if end != "done":
            raise RuntimeError(f"{name}: {end}")

    def run_python(self, code: str) -> str:
        """Run `code` in the notebook's kernel, in no cell, and return what it prints."""
        self.page.evaluate(
            """(code) => {
                window.printed = null;
                const kernel = window.jupyterapp.shell.currentWidget
                    .context.sessionContext.session.kernel;
                const future = kernel.requestExecute({code, store_history: false});
                let text = "";
                future.onIOPub = (message) => { text += message.content.text ?? ""; };
                future.done.then(() => { window.printed = text; });
            }""",
            code,
        )
        self.page.wait_for_function("window.printed !== null")
        return str(self.page.evaluate("window.printed"))


def open_in_lab(browser: Browser, lab: Lab, path: Path) -> Page:
    """A page with a copy of the notebook at `path`, its pictures beside it, its kernel ready."""
    # The name carries the folder, so that a stub and its solution do not share a kernel.
    name = f"{path.parent.name}_{path.name}"
    shutil.copyfile(path, lab.folder / name)
    if (path.parent / "pictures").is_dir():
        shutil.copytree(path.parent / "pictures", lab.folder / "pictures", dirs_exist_ok=True)
    page = new_page(browser)
    page.goto(lab.address(name))
    page.wait_for_function("window.jupyterapp !== undefined")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_function(
        """window.jupyterapp.shell.currentWidget?.context?.sessionContext
            ?.session?.kernel?.status === 'idle'"""
    )
    return page
