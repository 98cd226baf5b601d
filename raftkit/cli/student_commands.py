"""For students: `raftkit lab` opens the course, `raftkit check` scores one notebook.

Neither JupyterLab nor grading is imported before it is needed, so that `raftkit --help`
answers at once. It does not know how a course is copied, served or graded.
"""

import importlib.util
import os
from pathlib import Path

import click

from raftkit.cli.commands import (
    FAILED,
    BadInput,
    command,
    must_be_positive,
    report,
    say,
    system_message,
)
from raftkit.cli.course_folder import course_folder, remember
from raftkit.cli.files import FILE, FOLDER, Target, output_option
from raftkit.cli.home_folder import home_folder, use_as_home
from raftkit.cli.student_copy import Update, bring_up_to_date, is_copy
from raftkit.course_files import course_files, holds_lessons
from raftkit.extras import how_to_install


@command(
    "lab",
    "raftkit lab",
    "raftkit lab --folder raft --port 9000",
    "raftkit lab -- --ServerApp.base_url=/raft/",
)
@click.option("--folder", type=FOLDER, help="Where your copy is, or shall be.")
@click.option("--no-browser", is_flag=True, help="Only start the server and print its address.")
@click.option("--port", type=click.IntRange(0, 65535), help="The server's port; 0 for any.")
@click.option("--ip", metavar="ADDRESS", help="Where it listens; 0.0.0.0 in a container.")
@click.option("--allow-root", is_flag=True, help="Start it although you are root.")
@click.argument("jupyter", metavar="[-- JUPYTER_OPTIONS]", nargs=-1, type=click.UNPROCESSED)
def lab(
    folder: Path | None,
    no_browser: bool,
    port: int | None,
    ip: str | None,
    allow_root: bool,
    jupyter: tuple[str, ...],
) -> None:
    """Open JupyterLab at the first lesson. Ctrl-C ends it.

    In a checkout it opens the lessons there. Otherwise it makes a copy of lessons and exercises
    for you, in raftkit-course in your home folder or in --folder, finds it again the next time,
    and brings what is new in the course, never overwriting what you wrote.
    What stands after -- goes to JupyterLab as it is.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise BadInput(f"JupyterLab is not installed: {how_to_install('lab')}")
    options = [*jupyter]
    options += ["--no-browser"] if no_browser else []
    options += ["--allow-root"] if allow_root else []
    options += [f"--port={port}"] if port is not None else []
    options += [f"--ip={ip}"] if ip else []
    _must_not_be_root(options)
    from raftkit.cli import jupyter_server

    opened, home = course_folder(folder), home_folder()
    if home is None:
        use_as_home(opened)
    jupyter_server.must_be_understood(options)
    _prepare(opened, is_named=folder is not None)
    if home is not None and is_copy(opened):
        remember(opened)
    say(f"Your course folder: {opened}")
    jupyter_server.serve(opened, options)
    say(f"Closed. Your work is in {opened}")


def _must_not_be_root(options: list[str]) -> None:
    """Refuse to run as root without --allow-root; Jupyter would first print a page of its log."""
    asked = any("allow-root" in option.replace("_", "-") for option in options)
    if hasattr(os, "geteuid") and os.geteuid() == 0 and not asked:
        raise BadInput("you are root, for whom Jupyter starts only if asked: add --allow-root")


def _prepare(folder: Path, is_named: bool) -> None:
    """Make or update the copy in the folder, unless it is a checkout or not a copy of ours."""
    repository = (folder / "raftkit" / "course_files.py").is_file()
    if repository or (holds_lessons(folder) and not (is_named or is_copy(folder))):
        return
    is_new, files = not is_copy(folder), course_files()
    try:
        update = bring_up_to_date(folder, files)
    except OSError as error:
        raise BadInput(f"{system_message(error)}: choose another place with --folder") from None
    if is_new and not update.left_alone:
        say(f"Made your copy of the course: {len(update.new)} files")
    else:
        _say_update(update)


def _say_update(update: Update) -> None:
    """Print what an update did, and how to get the new versions of files that it left alone."""
    for what, names in (
        ("New in it", update.new),
        ("Brought up to date", update.updated),
        ("Left alone, because you changed it", update.left_alone),
    ):
        for name in names:
            say(f"{what}: {name}")
    if update.left_alone:
        say("To get a new version of what was left alone, rename yours and start again.")


@command("check", "raftkit check exercises/02_voting.ipynb")
@click.argument("notebook", type=FILE)
@output_option("--json", "json_file", "The results for another program.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Of schedules.")
@click.option(
    "--timeout", default=2.0, show_default=True, help="CPU seconds for one call of a rule."
)
def check(notebook: Path, json_file: Target | None, seed: int, timeout: float) -> None:
    """Score one notebook; exit status 0 only at full points."""
    from raftkit.grading.sandbox import Limits
    from raftkit.grading.single_notebook import check_notebook

    must_be_positive(timeout)
    if notebook.is_dir():
        raise BadInput(f"{notebook} is a folder: give one notebook, or use raftkit grade")
    checked = check_notebook(notebook, seed, Limits.for_calls(timeout))
    if checked.problem:
        raise BadInput(checked.problem)
    report(checked.as_text(), checked.as_json(), json_file)
    raise click.exceptions.Exit(0 if checked.points == checked.max_points else FAILED)
