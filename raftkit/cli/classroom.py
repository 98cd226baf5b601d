"""For students: `raftkit lab` opens the course, `raftkit check` scores one notebook.

Arguments in, one call out. Neither JupyterLab nor grading is imported before it
is needed, so that `raftkit --help` answers at once.
"""

from pathlib import Path

import click

from raftkit.cli.commands import FAILED, BadInput, command, must_be_positive, report
from raftkit.cli.files import FILE, Target, output_option

FIRST_LESSON = "notebooks/00_start_here.ipynb"


@command("lab", "raftkit lab", "raftkit lab --no-browser")
@click.option("--no-browser", is_flag=True, help="Only start the server and print its address.")
def lab(no_browser: bool) -> None:
    """Open JupyterLab at the first lesson."""
    import importlib.util
    import subprocess
    import sys

    if importlib.util.find_spec("jupyterlab") is None:
        raise BadInput('JupyterLab is not installed: pip install "raftkit-course[lab]"')
    folder = course_folder()
    # The address of the first lesson, so that the one which is printed leads there too.
    arguments = [f"--ServerApp.root_dir={folder}", f"--LabApp.default_url=/lab/tree/{FIRST_LESSON}"]
    if no_browser:
        arguments.append("--no-browser")
    raise click.exceptions.Exit(subprocess.call([sys.executable, "-m", "jupyterlab", *arguments]))


def course_folder() -> Path:
    """The folder that holds the lessons: this one, one above, or the repository of this kit."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[1]):
        if (folder / FIRST_LESSON).is_file():
            return folder
    raise BadInput(f"there is no {FIRST_LESSON} here: change to the course's folder first")


@command("check", "raftkit check exercises/02_voting.ipynb")
@click.argument("notebook", type=FILE)
@output_option("--json", "json_file", "The results for another program.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Of schedules.")
@click.option("--timeout", default=2.0, show_default=True, help="Seconds for one call of a rule.")
def check(notebook: Path, json_file: Target | None, seed: int, timeout: float) -> None:
    """Score one notebook; exit status 0 only at full points."""
    from raftkit.grading.sandbox import Limits
    from raftkit.grading.single import check_notebook

    must_be_positive(timeout)
    if notebook.is_dir():
        raise BadInput(f"{notebook} is a folder: give one notebook, or use raftkit grade")
    checked = check_notebook(notebook, seed, Limits.for_calls(timeout))
    if checked.problem:
        raise BadInput(checked.problem)
    report(checked.as_text(), checked.as_json(), json_file)
    raise click.exceptions.Exit(0 if checked.points == checked.max_points else FAILED)
