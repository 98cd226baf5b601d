"""For teachers: `raftkit grade`, `raftkit release` and `raftkit rehearse`.

Arguments in, one call to raftkit.grading, a line or two out. No grade is decided
here; whatever a teacher must mend is said in one line.
"""

import os
from pathlib import Path

import click

from raftkit.cli.commands import (
    FAILED,
    INTERRUPTED,
    BadInput,
    command,
    must_be_positive,
    progress_bar,
)


@command("grade", "raftkit grade submitted/ --out grades/ --jobs 8")
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for results.")
@click.option("--jobs", type=click.IntRange(1), help="Processes; without it, one for each core.")
@click.option("--seed", default=1, show_default=True, help="The seed of the hidden schedules.")
@click.option("--timeout", default=2.0, show_default=True, help="Seconds for one call of a rule.")
def grade(submissions: Path, out: Path, jobs: int | None, seed: int, timeout: float) -> None:
    """Grade a class: grades.csv, grades.json and a page of feedback for each student."""
    from raftkit.grading.class_run import grade_class
    from raftkit.grading.report import must_be_writable, write_reports
    from raftkit.grading.sandbox import Limits

    must_be_positive(timeout)
    if not submissions.is_dir():
        raise BadInput(f"there is no folder {submissions}: give the folder with the submissions")
    must_be_writable(out)
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
    click.echo(f"{grades.summary()}\nwritten to {out}")
    raise click.exceptions.Exit(INTERRUPTED if grades.interrupted else 0)


@command("release", "raftkit release", "raftkit release --check")
@click.option("--check", is_flag=True, help="Write nothing; fail if an exercise is out of date.")
@click.option("--solutions", default="solutions", type=click.Path(path_type=Path))
@click.option("--exercises", default="exercises", type=click.Path(path_type=Path))
def release(check: bool, solutions: Path, exercises: Path) -> None:
    """Make the students' exercises from the solved masters."""
    from raftkit.grading.committed import ReleaseError
    from raftkit.grading.release import MEND
    from raftkit.grading.release import release as make

    try:
        released = make(solutions, exercises, check, progress_bar)
    except ReleaseError as error:
        raise BadInput(str(error)) from None
    for path in released.stray:
        click.echo(f"{path} has no master in {solutions}: delete it", err=True)
    for path in released.stale:
        click.echo(f"{path} is out of date: {MEND}" if check else f"wrote {path}", err=check)
    if released.stray or (check and released.stale):
        raise click.exceptions.Exit(FAILED)


@command("rehearse", "raftkit rehearse", "raftkit rehearse solutions/02_voting.ipynb")
@click.argument("notebooks", nargs=-1, type=click.Path(path_type=Path))
def rehearse(notebooks: tuple[Path, ...]) -> None:
    """Run masters and lessons anew, and write their outputs and pictures of today.

    Without NOTEBOOKS: all of solutions/ and notebooks/.
    """
    from raftkit.grading.committed import ReleaseError
    from raftkit.grading.rehearse import rehearse as run

    found = [*Path("solutions").glob("*.ipynb"), *Path("notebooks").glob("*.ipynb")]
    chosen = sorted(notebooks) or sorted(found)
    if not chosen:
        raise BadInput("there is no notebook in solutions/ or notebooks/: name one")
    try:
        changed = run(chosen, progress_bar)
    except ReleaseError as error:
        raise BadInput(str(error)) from None
    for path in changed:
        click.echo(f"wrote {path}")
