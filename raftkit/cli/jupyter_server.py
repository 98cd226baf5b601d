"""JupyterLab in this process: at the first lesson, without news, and ended by one Ctrl-C.

The user's own settings are read and never written. Which folder is served, and what the user
asks of Jupyter, is decided elsewhere.
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

from raftkit.cli.commands import BAD_INPUT, BadInput, said_by_system
from raftkit.course_files import FIRST_LESSON

# Switches off the announcements, for the servers that we start only.
_CONFIG = Path(__file__).resolve().parent / "jupyter_config"
# A kernel that does not end by itself is ended after so long, since the user waits for it.
_SHUTDOWN_SECONDS = 1.0


def must_be_understood(options: list[str]) -> None:
    """Refuse in one line what JupyterLab does not understand; Jupyter would take a page."""
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
            raise  # It was asked for its help, and has told.
        reason = said.getvalue().strip().rpartition("\n")[2].rpartition("error: ")[2]
        raise BadInput(f"JupyterLab does not understand: {reason}") from None
    if lab.extra_args:
        raise BadInput(f"what is {lab.extra_args[0]!r}? The course's folder goes after --folder")


def serve(folder: Path, options: list[str]) -> None:
    """Serve the course in `folder` until somebody ends it.

    Raises BadInput if the server cannot start; Jupyter itself tells of a port that is taken.
    """
    _look_first_in(_CONFIG)
    _keep_stderr_from_kernels()
    # A kernel that another project left among the user's would not find this kit.
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    from jupyterlab.labapp import LabApp
    from traitlets.config import Config

    # These give way to what the user says; those on the command line do not.
    ours = {
        "Application": {"log_level": "ERROR"},
        "KernelManager": {"shutdown_wait_time": _SHUTDOWN_SECONDS},
    }
    # The address of the first lesson, so that the one which is printed leads there too.
    place = [f"--ServerApp.root_dir={folder}", f"--LabApp.default_url=/lab/tree/{FIRST_LESSON}"]
    try:
        server = LabApp.initialize_server(argv=[*place, *options], config=Config(ours))
        _end_on_signals(server)
        server.start()
    except SystemExit as end:
        # Its statuses are others than ours.
        raise click.exceptions.Exit(BAD_INPUT if end.code else 0) from None
    except OSError as error:
        reason = said_by_system(error)
        raise BadInput(f"JupyterLab does not start: {reason}: see raftkit doctor") from None


def _look_first_in(folder: Path) -> None:
    """Let Jupyter, and what it starts, read the settings in `folder` besides the user's."""
    paths = [str(folder), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(paths)


def _keep_stderr_from_kernels() -> None:
    """Write on standard error ourselves, and let what we start write nowhere.

    A kernel that is ended in the middle of its work leaves a page there; what a student's code
    prints goes another way.
    """
    ours = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    sys.stderr = os.fdopen(ours, "w", encoding=sys.stderr.encoding, errors="backslashreplace")
    sys.stderr.reconfigure(line_buffering=True)


def _end_on_signals(server: Any) -> None:
    """Let one Ctrl-C, a closed window or a termination end the server, its kernels and its files.

    Jupyter itself would ask whether that is meant, and without a terminal leave all behind.
    """
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # the last on Windows, others elsewhere
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]

    def end(number: int, frame: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        server.stop(from_signal=True)

    for number in numbers:
        # A program that was started to outlive its terminal does not want to hear of its end.
        if number == signal.SIGINT or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, end)
    if os.name == "nt":
        _wake_often()


def _wake_often() -> None:
    """Let the event loop see a Ctrl-C at once; on Windows it does so only when it wakes up."""
    from tornado.ioloop import PeriodicCallback

    PeriodicCallback(lambda: None, 200).start()
