"""A JupyterLab for tests and measurements, on a free port, with its own settings.

It writes only into a folder that it is given, does not read the user's settings, and ends
with the process that started it. It does not know what a notebook contains, nor any browser.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

START_SECONDS = 60
PACKAGE = Path(__file__).resolve().parents[3]


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


@contextmanager
def running_lab(home: Path, folder: Path) -> Iterator[Lab]:
    """A JupyterLab that serves `folder` and keeps its own files in `home`.

    Raises RuntimeError, with the end of the server's log, if it does not start.
    """
    port = _free_port()
    lab = Lab(f"http://127.0.0.1:{port}", secrets.token_hex(16), folder)
    log = home / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            _command(lab, port),
            env=_environment(home),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    # A termination must not leave a server behind, so it raises and reaches the `finally` below.
    earlier = signal.signal(signal.SIGTERM, _interrupt)
    try:
        _wait_until_up(lab, process, log)
        yield lab
    finally:
        signal.signal(signal.SIGTERM, earlier)
        _end_group(process)


def _command(lab: Lab, port: int) -> list[str]:
    """The command line of the server."""
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


def _environment(home: Path) -> dict[str, str]:
    """The environment of a server that neither reads nor writes the user's settings."""
    names = ("CONFIG", "DATA", "RUNTIME", "LAB_SETTINGS", "LAB_WORKSPACES")
    folders = {f"JUPYTER_{name}_DIR": home / name.lower() for name in names}
    folders = {name.replace("JUPYTER_LAB_", "JUPYTERLAB_"): path for name, path in folders.items()}
    settings = folders["JUPYTERLAB_SETTINGS_DIR"] / "@jupyterlab"
    _write_json(
        settings / "apputils-extension" / "notification.jupyterlab-settings",
        {"fetchNews": "false", "checkForUpdates": False},
    )
    # JupyterLab then also renders the cells that are scrolled out of view.
    _write_json(
        settings / "notebook-extension" / "tracker.jupyterlab-settings", {"windowingMode": "none"}
    )
    search = [str(PACKAGE), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        **{name: str(path) for name, path in folders.items()},
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": os.pathsep.join(search),
    }


def _write_json(path: Path, value: object) -> None:
    """Write a JSON file, and make its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def _free_port() -> int:
    """A port on which no program listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(lab: Lab, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers. Raises RuntimeError if it ends or takes too long."""
    for _ in range(START_SECONDS * 5):
        if lab.is_up():
            return
        try:
            # This waits between two requests, and notices a server that has ended.
            process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            continue
        break
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End the server and its kernels."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(timeout=10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Raise KeyboardInterrupt, so that every `finally` is carried out."""
    raise KeyboardInterrupt
