"""JupyterLab in a real browser, as fixtures: `lab`, `browser`, `open_notebook`.

Everything JupyterLab would write goes to a temporary folder, every wait has a
limit, and the server dies with the test run, also when that is interrupted.
Nothing here knows what a notebook contains.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

START_SECONDS = 60
STEP_MS = 60_000
WIDTH, HEIGHT = 1280, 900
CHROMIUM_FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]


# The server ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab that serves the notebooks in `folder`."""

    url: str
    token: str
    folder: Path

    def address(self, notebook: str) -> str:
        """Where a notebook opens, in a fresh workspace without earlier tabs."""
        return f"{self.url}/lab/workspaces/auto-t/tree/{notebook}?token={self.token}&reset"

    def is_up(self) -> bool:
        """Whether the server answers."""
        try:
            with urlopen(f"{self.url}/api/status?token={self.token}", timeout=5):
                return True
        except (URLError, OSError):
            return False


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Lab]:
    """One JupyterLab for all tests of the run."""
    home = tmp_path_factory.mktemp("jupyter")
    folder = tmp_path_factory.mktemp("notebooks")
    port = _free_port()
    lab = Lab(f"http://127.0.0.1:{port}", secrets.token_hex(16), folder)
    log = home / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            _lab_command(lab, port),
            env=_lab_environment(home, repository),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    # A terminated test run must not leave a server behind: let fixtures be torn down.
    earlier = signal.signal(signal.SIGTERM, _interrupt)
    try:
        _wait_until_up(lab, process, log)
        yield lab
    finally:
        signal.signal(signal.SIGTERM, earlier)
        _end_group(process)


def _lab_command(lab: Lab, port: int) -> list[str]:
    options = {
        "ip": "127.0.0.1",
        "port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": lab.folder,
        "ServerApp.shutdown_no_activity_timeout": 900,
        "IdentityProvider.token": lab.token,
        "LabApp.extension_manager": "readonly",
        "LabApp.news_url": None,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    flags = ["--no-browser", "--allow-root", "--expose-app-in-browser"]
    return [
        *(sys.executable, "-m", "jupyterlab"),
        *flags,
        *(f"--{name}={value}" for name, value in options.items()),
    ]


def _lab_environment(home: Path, repository: Path) -> dict[str, str]:
    """The environment of a server that neither reads nor writes the user's own settings."""
    names = ("CONFIG", "DATA", "RUNTIME", "LAB_SETTINGS", "LAB_WORKSPACES")
    folders = {f"JUPYTER_{name}_DIR": home / name.lower() for name in names}
    folders = {name.replace("JUPYTER_LAB_", "JUPYTERLAB_"): path for name, path in folders.items()}
    settings = folders["JUPYTERLAB_SETTINGS_DIR"] / "@jupyterlab"
    _write_json(
        settings / "apputils-extension" / "notification.jupyterlab-settings",
        {"fetchNews": "false", "checkForUpdates": False},
    )
    # Cells out of sight are drawn too, so that every picture can be looked at.
    _write_json(
        settings / "notebook-extension" / "tracker.jupyterlab-settings", {"windowingMode": "none"}
    )
    search = [str(repository), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        **{name: str(path) for name, path in folders.items()},
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": os.pathsep.join(search),
    }


def _write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(lab: Lab, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(START_SECONDS * 5):
        if lab.is_up():
            return
        try:
            # Waits between two questions, and notices a server that has given up.
            process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            continue
        break
    pytest.fail(f"JupyterLab did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _end_group(process: subprocess.Popen[bytes]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(timeout=10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


# The browser -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser(tool: Callable[[str, str], str]) -> Iterator[Browser]:
    """Debian's Chromium; one for each module, since an open one keeps an event loop running."""
    path = tool("chromium", "apt-get install chromium, or put a Chromium of that name on PATH")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


class OpenNotebook:
    """A notebook that is open in JupyterLab with its kernel ready."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def run_all(self) -> None:
        """Run every cell and wait until the kernel has answered the last."""
        self.command("notebook:run-all-cells", {})

    def command(self, name: str, arguments: dict[str, Any]) -> None:
        """Let JupyterLab execute one of its commands, and wait until it is done."""
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
        assert self.page.evaluate("window.commandEnd") == "done"

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

    def run_python(self, code: str) -> str:
        """What `code` prints in the notebook's kernel, outside every cell."""
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
        # The name carries the folder, so that a stub and its solution do not share a kernel.
        name = f"{path.parent.name}_{path.name}"
        shutil.copyfile(path, lab.folder / name)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        pages.append(page)
        page.set_default_timeout(STEP_MS)
        page.goto(lab.address(name))
        _wait_until_ready(page)
        return OpenNotebook(page)

    yield open_copy
    for page in pages:
        page.close()


def _wait_until_ready(page: Page) -> None:
    page.wait_for_function("window.jupyterapp !== undefined")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_function(
        """window.jupyterapp.shell.currentWidget?.context?.sessionContext
            ?.session?.kernel?.status === 'idle'"""
    )
