"""The course's site as a browser sees it: served, asked for, opened, and measured.

The server here remembers what was asked of it, and a visitor's browser has no way to any
other: what a page, a worker or a service worker looks for elsewhere is refused, and remembered. It
does not know how a site is built.
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

# A site of a course lies below that of a university.
PREFIX = "/some/university/raft/"
_MB = 1e6
_END = "#raftkit-loading:is([data-stage=ready], [data-stage=failed])"
_MODEL = "window.jupyterapp.shell.currentWidget.context.model"
_ANSWER = "def has_majority(granted, refused, servers):\n    return granted > servers // 2"


@dataclass
class Served:
    """A site on this machine: its address, and what has been asked of it.

    `asked` holds files by their paths within the site, `failed` what could not be answered, and
    `elsewhere` what was looked for on other machines.
    """

    folder: Path
    port: int = 0
    asked: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def address(self, path: str = "") -> str:
        """Where a file of the site is."""
        return f"http://127.0.0.1:{self.port}{PREFIX}{path}"


class _Server(ThreadingHTTPServer):
    """A server that does not mind when a browser leaves in the middle of a file."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """Serve the site in `folder`, below a path, for as long as the context lasts."""
    site = Served(folder)

    class Handler(SimpleHTTPRequestHandler):
        """Files of the site as any static server hands them out."""

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


def visit(browser: Browser, site: Served, **options: Any) -> BrowserContext:
    """A new visitor, with nothing in the cache, who cannot reach any other machine."""
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
        """Wait until the bar says that everything is loaded. Raises RuntimeError if it fails."""
        end = self.page.wait_for_selector(_END, state="attached", timeout=2 * STEP_MS)
        if end is None or end.get_attribute("data-stage") != "ready":
            raise RuntimeError("the browser's Python does not start")

    def cells(self) -> list[dict[str, Any]]:
        """The cells as the notebook's file would hold them."""
        cells: list[dict[str, Any]] = self.page.evaluate(f"{_MODEL}.toJSON().cells")
        return cells

    def cell(self, id: str) -> dict[str, Any]:
        """One of them."""
        return next(cell for cell in self.cells() if cell["id"] == id)

    def shown(self, id: str) -> str:
        """All that a cell shows, as text."""
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
        """Run a cell and wait for its end; all that it shows, as text."""
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
    """The notebook of a page that is being loaded. Cells are drawn before they have their ids."""
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_function("window.jupyterapp.shell.currentWidget?.context?.isReady")
    page.wait_for_function(f"{_MODEL}.toJSON().cells.every((cell) => cell.id)")
    return SiteNotebook(page)


def open_in_site(page: Page, site: Served, path: str) -> SiteNotebook:
    """A notebook of the site in its JupyterLab, while Python is being loaded."""
    page.goto(site.address(f"lab/index.html?path={path}"))
    return once_loaded(page)


def size_values(folder: Path) -> Values:
    """How much a site is, as it is and as a server would compress it."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    raw, compressed = _megabytes(files)
    yield Row("site: size", "MB"), raw
    yield Row("site: size, compressed", "MB"), compressed


def first_check_values(browser: Browser, site: Served) -> Values:
    """How long a first visit takes up to the first check, and what comes over the wire for it."""
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
    """The size of files, as they are and compressed where that makes them smaller."""
    contents = [path.read_bytes() for path in files if path.is_file()]
    compressed = [min(len(each), len(gzip.compress(each, 6))) for each in contents]
    return sum(map(len, contents)) / _MB, sum(compressed) / _MB
