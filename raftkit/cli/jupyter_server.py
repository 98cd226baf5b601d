"""Runs JupyterLab in this process: it opens the first lesson, and one Ctrl-C ends it.

The user's settings are read and never written. It does not decide which folder is served, nor
with which options.
"""

import io
import os
import signal
import sys
from contextlib import redirect_stderr
from pathlib import Path
from types import FrameType
from typing import Any

import click

from raftkit.cli.commands import BAD_INPUT, BadInput, system_message
from raftkit.course_files import FIRST_LESSON

# Settings that switch off announcements, only for the servers that we start.
_CONFIG = Path(__file__).resolve().parent / "jupyter_config"
# After this time a kernel that does not end by itself is killed, because the user is waiting.
_SHUTDOWN_SECONDS = 1.0


def must_be_understood(options: list[str]) -> None:
    """Refuse options that JupyterLab does not have, in one line; Jupyter would print a page."""
    from jupyter_server.serverapp import ServerApp
    from jupyterlab.labapp import LabApp
    from traitlets import TraitError

    said = io.StringIO()
    try:
        with redirect_stderr(said):
            lab = LabApp()
            lab.parse_command_line(options)
            ServerApp(config=lab.config)
    except TraitError as error:
        raise BadInput(f"JupyterLab does not understand: {error}") from None
    except SystemExit as end:
        if not end.code:
            raise  # It has printed its help, which the user asked for.
        reason = said.getvalue().strip().rpartition("\n")[2].rpartition("error: ")[2]
        raise BadInput(f"JupyterLab does not understand: {reason}") from None
    if lab.extra_args:
        raise BadInput(f"what is {lab.extra_args[0]!r}? The course's folder goes after --folder")


def serve(folder: Path, options: list[str]) -> None:
    """Serve the course in `folder` until a signal or the user ends it.

    Raises BadInput if the server cannot start; Jupyter itself reports a port that is taken.
    """
    _look_first_in(_CONFIG)
    _keep_stderr_from_kernels()
    # A kernel that another project has installed for the user would not find this kit.
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    from jupyterlab.labapp import LabApp
    from traitlets.config import Config

    # The user's settings override these; they do not override those on the command line.
    ours = {
        "Application": {"log_level": "ERROR"},
        "KernelManager": {"shutdown_wait_time": _SHUTDOWN_SECONDS},
    }
    # The address that is printed then leads to the first lesson too.
    place = [f"--ServerApp.root_dir={folder}", f"--LabApp.default_url=/lab/tree/{FIRST_LESSON}"]
    try:
        server = LabApp.initialize_server(argv=[*place, *options], config=Config(ours))
        _end_on_signals(server)
        server.start()
    except SystemExit as end:
        # Jupyter's exit statuses have other meanings than ours.
        raise click.exceptions.Exit(BAD_INPUT if end.code else 0) from None
    except OSError as error:
        reason = system_message(error)
        raise BadInput(f"JupyterLab does not start: {reason}: see raftkit doctor") from None


def _look_first_in(folder: Path) -> None:
    """Let Jupyter, and the processes that it starts, also read the settings in `folder`."""
    paths = [str(folder), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(paths)


def _keep_stderr_from_kernels() -> None:
    """Keep standard error for this process, and give the processes that we start the null device.

    A kernel that is killed while it works prints a page of errors there. The output of a student's
    code does not use it.
    """
    ours = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    sys.stderr = os.fdopen(ours, "w", encoding=sys.stderr.encoding, errors="backslashreplace")
    sys.stderr.reconfigure(line_buffering=True)


def _end_on_signals(server: Any) -> None:
    """Let one Ctrl-C, a closed window or a termination end the server and its kernels.

    Jupyter itself would ask for a confirmation, and without a terminal leave the kernels running
    and its files behind.
    """
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # Not every system has all of them.
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]

    def end(number: int, frame: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        server.stop(from_signal=True)

    for number in numbers:
        # A program that was started with nohup ignores the end of its terminal.
        if number == signal.SIGINT or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, end)
    if os.name == "nt":
        _wake_often()


def _wake_often() -> None:
    """Wake the event loop often, because on Windows it sees a Ctrl-C only when it wakes up."""
    from tornado.ioloop import PeriodicCallback

    PeriodicCallback(lambda: None, 200).start()
