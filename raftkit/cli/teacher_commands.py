"""For teachers: `raftkit grade`, `raftkit release` and `raftkit rehearse`.

Each command reads its arguments, calls raftkit.grading, and prints the result. A problem that
the teacher must mend is reported in one line. It does not know how grades are decided.
"""

import os
from pathlib import Path

import click

from raftkit.cli import signals
from raftkit.cli.commands import (
    FAILED,
    BadInput,
    command,
    must_be_positive,
    progress_bar,
    say,
)
from raftkit.cli.files import FILE, FOLDER


@command("grade", "raftkit grade submitted/ --out grades/ --jobs 8")
@click.argument("submissions", type=FOLDER)
@click.option("--out", required=True, type=FOLDER, help="Folder for results.")
@click.option("--jobs", type=click.IntRange(1), help="Processes; without it, one for each core.")
@click.option(
    "--seed",
    type=click.IntRange(0),
    help="Of the hidden schedules; without it, that of the last run into DIR, or a new one.",
)
@click.option(
    "--timeout", default=2.0, show_default=True, help="CPU seconds for one call of a rule."
)
def grade(submissions: Path, out: Path, jobs: int | None, seed: int | None, timeout: float) -> None:
    """Grade a class: a table, and feedback for each student.

    It writes grades.csv, grades.json and feedback/STUDENT.html. In SUBMISSIONS it understands

    \b
      STUDENT/ASSIGNMENT/NOTEBOOK.ipynb    as nbgrader has it
      STUDENT/NOTEBOOK.ipynb               a folder for each student
      STUDENT.ipynb                        one file for each student
      STUDENT_NOTEBOOK.ipynb               the same, told apart by the notebook
      NAME_NUMBER_assignsubmission_file_   Moodle's folders and files
    """
    from raftkit.grading.class_run import grade_class
    from raftkit.grading.one_student import ARCHIVES
    from raftkit.grading.report import chosen_seed, must_be_writable, write_reports
    from raftkit.grading.sandbox import Limits

    must_be_positive(timeout)
    if submissions.is_file() and submissions.suffix.lower() in ARCHIVES:
        raise BadInput(
            f"{submissions} is an archive: unpack it, and give the folder that comes out"
        )
    if not submissions.is_dir():
        raise BadInput(f"there is no folder {submissions}: give the folder with the submissions")
    must_be_writable(out)
    seed = chosen_seed(out) if seed is None else seed
    grades = grade_class(
        submissions,
        seed=seed,
        jobs=jobs or os.cpu_count() or 1,
        limits=Limits.for_calls(timeout),
        progress=progress_bar,
        results=out,
    )
    if not grades.rows:
        raise BadInput(f"there is no submission in {submissions}")
    write_reports(grades, out, seed)
    say(f"{grades.summary()}\nwritten to {out}")
    raise click.exceptions.Exit(signals.status() if grades.interrupted else 0)


@command("release", "raftkit release", "raftkit release --nbgrader ~/raft-course")
@click.option("--check", is_flag=True, help="Write nothing; fail if an exercise is out of date.")
@click.option("--solutions", default="solutions", type=FOLDER)
@click.option("--exercises", default="exercises", type=FOLDER)
@click.option("--nbgrader", "course", type=FOLDER, help="Fill a course of nbgrader instead.")
def release(check: bool, solutions: Path, exercises: Path, course: Path | None) -> None:
    """Make the students' exercises from the solved masters.

    With --nbgrader the masters go into source/ of that course, and nbgrader's commands do the rest:
    generate_assignment, release_assignment, collect, autograde.
    """
    from raftkit.grading.nbgrader_course import fill_course
    from raftkit.grading.notebook_form import ReleaseError
    from raftkit.grading.release import MEND
    from raftkit.grading.release import release as make

    if course is not None and check:
        raise BadInput("--check is about exercises/: leave out --nbgrader")
    try:
        if course is not None:
            for path in fill_course(solutions, course, progress_bar):
                say(f"wrote {path}")
            return
        released = make(solutions, exercises, check, progress_bar)
    except ReleaseError as error:
        raise BadInput(str(error)) from None
    for path in released.stray:
        say(f"{path} has no master in {solutions}: delete it", err=True)
    for path in released.stale:
        say(f"{path} is out of date: {MEND}" if check else f"wrote {path}", err=check)
    if released.stray or (check and released.stale):
        raise click.exceptions.Exit(FAILED)


@command("rehearse", "raftkit rehearse --check", "raftkit rehearse solutions/02_voting.ipynb")
@click.argument("notebooks", nargs=-1, type=FILE)
@click.option("--check", is_flag=True, help="Run and write nothing; fail if one is out of date.")
def rehearse(notebooks: tuple[Path, ...], check: bool) -> None:
    """Write what the catalogue says into masters and README, and run masters and lessons anew.

    Without NOTEBOOKS: all of solutions/ and notebooks/.
    """
    from raftkit.grading.notebook_form import ReleaseError
    from raftkit.grading.rehearse import MEND, stale
    from raftkit.grading.rehearse import rehearse as run

    found = [*Path("solutions").glob("*.ipynb"), *Path("notebooks").glob("*.ipynb")]
    chosen = sorted(notebooks) or sorted(found)
    if not chosen:
        raise BadInput("there is no notebook in solutions/ or notebooks/: name one")
    readme = Path("README.md") if Path("README.md").is_file() else None
    try:
        changed = stale(chosen, readme) if check else run(chosen, readme, progress_bar)
    except ReleaseError as error:
        raise BadInput(str(error)) from None
    for path in changed:
        say(f"{path} is out of date: {MEND}" if check else f"wrote {path}", err=check)
    if check and changed:
        raise click.exceptions.Exit(FAILED)
