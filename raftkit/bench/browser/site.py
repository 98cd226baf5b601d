"""Serves the course's site to a browser, opens its notebooks there, and measures it.

The server here lists the files that were requested. Requests of a page, a worker or a service
worker to any other server are refused, and listed too. It does not know how a site is built.
"""

import gzip
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import perf_counter
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Route

from raftkit.bench.browser.aims import FIRST_CHECK_SECONDS, SITE_COMPRESSED_MB, Row, Values
from raftkit.bench.browser.chromium import HEIGHT, STEP_MS, WIDTH, OpenNotebook

# A course's site is often a folder of a university's site.
PREFIX = "/some/university/raft/"
_MB = 1e6
_END = "#raftkit-loading:is([data-stage=ready], [data-stage=failed])"
_MODEL = "window.jupyterapp.shell.currentWidget.context.model"
_ANSWER = "def has_majority(granted, refused, servers):\n    return granted > servers // 2"


@dataclass
class ServedSite:
    """A site that is served on this machine, and the requests so far.

    `asked` holds the requested files by their paths within the site, `failed` the requests that
    could not be answered, and `elsewhere` the addresses requested of other machines.
    """

    folder: Path
    port: int = 0
    asked: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def address(self, path: str = "") -> str:
        """The address of a file of the site."""
        return f"http://127.0.0.1:{self.port}{PREFIX}{path}"


class _Server(ThreadingHTTPServer):
    """A server that ignores a browser's closing the connection in the middle of a file."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def served(folder: Path) -> Iterator[ServedSite]:
    """Serve the site in `folder` under `PREFIX`, for as long as the context lasts."""
    site = ServedSite(folder)

    class Handler(SimpleHTTPRequestHandler):
        """Answers requests for the files of the site, and lists the requests."""

        protocol_version = "HTTP/1.1"

        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(folder))

        def do_GET(self) -> None:
            inside = self.path.startswith(PREFIX)
            self.path = self.path.removeprefix(PREFIX[:-1]) if inside else "/nothing-is-here"
            site.asked.add(self.path.split("?")[0].lstrip("/"))
            super().do_GET()

        def send_error(self, code: int, *arguments: Any, **options: Any) -> None:
            site.failed.append(f"{code} {self.requestline}")
            super().send_error(code, *arguments, **options)

        def log_message(self, *arguments: Any) -> None:
            pass

    with _Server(("127.0.0.1", 0), Handler) as server:
        site.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield site
        server.shutdown()


def visit(browser: Browser, site: ServedSite, **options: Any) -> BrowserContext:
    """A new browser context with an empty cache, which cannot reach any other machine."""
    context = browser.new_context(**options)
    context.set_default_timeout(STEP_MS)

    def here_only(route: Route) -> None:
        if route.request.url.startswith(site.address()):
            route.continue_()
        else:
            site.elsewhere.append(route.request.url)
            route.abort()

    context.route("**/*", here_only)
    return context


class SiteNotebook(OpenNotebook):
    """A notebook that is open in the site's JupyterLab."""

    def wait_for_python(self) -> None:
        """Wait until the loading bar says that Python is ready. Raises RuntimeError if it fails."""
        end = self.page.wait_for_selector(_END, state="attached", timeout=2 * STEP_MS)
        if end is None or end.get_attribute("data-stage") != "ready":
            raise RuntimeError("the browser's Python does not start")

    def cells(self) -> list[dict[str, Any]]:
        """The cells as the notebook's file would hold them."""
        cells: list[dict[str, Any]] = self.page.evaluate(f"{_MODEL}.toJSON().cells")
        return cells

    def cell(self, id: str) -> dict[str, Any]:
        """The cell with this id."""
        return next(cell for cell in self.cells() if cell["id"] == id)

    def shown(self, id: str) -> str:
        """The outputs of a cell, as text."""
        outputs = self.cell(id)["outputs"]
        texts = [each.get("text") or each.get("data", {}).get("text/plain", "") for each in outputs]
        return "\n".join("".join(text) for text in texts)

    def write(self, id: str, source: str) -> None:
        """Put an answer into a cell."""
        self._with_cell(id, "cell.model.sharedModel.setSource(given)", source)

    def show(self, id: str) -> None:
        """Scroll to a cell."""
        self._with_cell(id, "notebook.scrollToItem(notebook.activeCellIndex, 'start')")

    def run(self, id: str) -> str:
        """Run a cell, wait for its end, and return its outputs as text."""
        self._with_cell(id, "null")
        self.command("notebook:run-cell", {})
        return self.shown(id)

    def _with_cell(self, id: str, script: str, given: str = "") -> None:
        """Make a cell the active one, and run a script on it."""
        self.page.evaluate(
            f"""([id, given]) => {{
                const notebook = window.jupyterapp.shell.currentWidget.content;
                const cell = notebook.widgets.find((each) => each.model.id === id);
                notebook.activeCellIndex = notebook.widgets.indexOf(cell);
                {script};
            }}""",
            [id, given],
        )


def once_loaded(page: Page) -> SiteNotebook:
    """Wait until the notebook of a page is loaded and its cells have their ids."""
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_function("window.jupyterapp.shell.currentWidget?.context?.isReady")
    page.wait_for_function(f"{_MODEL}.toJSON().cells.every((cell) => cell.id)")
    return SiteNotebook(page)


def open_in_site(page: Page, site: ServedSite, path: str) -> SiteNotebook:
    """Open a notebook in the site's JupyterLab, without waiting for Python."""
    page.goto(site.address(f"lab/index.html?path={path}"))
    return once_loaded(page)


def size_values(folder: Path) -> Values:
    """The size of a site, uncompressed and as a server would compress it."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    raw, compressed = _megabytes(files)
    yield Row("site: size", "MB"), raw
    yield Row("site: size, compressed", "MB"), compressed


def first_check_values(browser: Browser, site: ServedSite) -> Values:
    """The time of a first visit up to the first check, and the bytes transferred for it."""
    site.asked.clear()
    visitor = visit(browser, site, viewport={"width": WIDTH, "height": HEIGHT})
    started = perf_counter()
    notebook = open_in_site(visitor.new_page(), site, "exercises/02_voting.ipynb")
    notebook.wait_for_python()
    notebook.write("ex-2-1", _ANSWER)
    said = [notebook.run(id) for id in ("setup", "ex-2-1", "check-2-1")][-1]
    seconds = perf_counter() - started
    if "6 of 6 points" not in said or site.elsewhere:
        raise RuntimeError(f"the first check says {said!r}, and asks {site.elsewhere}")
    visitor.close()
    raw, compressed = _megabytes([site.folder / name for name in site.asked])
    yield Row("site: first check", "s", FIRST_CHECK_SECONDS), seconds
    yield Row("site: transferred until then", "MB"), raw
    yield Row("site: transferred, compressed", "MB", SITE_COMPRESSED_MB), compressed


def _megabytes(files: list[Path]) -> tuple[float, float]:
    """The size of files, uncompressed, and compressed where that makes them smaller."""
    contents = [path.read_bytes() for path in files if path.is_file()]
    compressed = [min(len(each), len(gzip.compress(each, 6))) for each in contents]
    return sum(map(len, contents)) / _MB, sum(compressed) / _MB
