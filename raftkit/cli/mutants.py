"""For maintainers: `raftkit mutants`, which proves that no small slip earns full points.

It mutates the solutions, prints a table, and writes JSON on demand. How a mutant is made and
judged is not known here.
"""

import os
from pathlib import Path

import click

from raftkit.cli.commands import FAILED, BadInput, command, progress_bar, report
from raftkit.cli.files import FOLDER, Target, output_option


@command("mutants", "raftkit mutants", "raftkit mutants --only 2.3,3.4 --twice")
@click.option("--only", multiple=True, metavar="ID,...", help="Only these exercises.")
@click.option("--twice", is_flag=True, help="Two changes at once, in solutions of up to ten lines.")
@click.option("--share", default=1, type=click.IntRange(1), help="Only every so many mutants.")
@click.option("--jobs", type=click.IntRange(1), help="Processes; without it, one for each core.")
@click.option("--solutions", default="solutions", type=FOLDER, help="The solved masters.")
@output_option("--json", "json_file", "The results for another program.")
def mutants(
    only: tuple[str, ...],
    twice: bool,
    share: int,
    jobs: int | None,
    solutions: Path,
    json_file: Target | None,
) -> None:
    """Prove the checks: change each solution in one place, and see that it loses points.

    A mutant with full points must be equal to the solution on the whole small world of its
    exercise, or have been reviewed. Exit status 0 if none escapes, 1 if one does. Whole servers
    (7.1), whose mutants take hours, are left out unless they are named.
    """
    from raftkit.course.proving.mutants import judge_mutants
    from raftkit.course.proving.mutants.report import proofs_json, table
    from raftkit.course.proving.mutants.selection import chosen
    from raftkit.grading.notebook import Unreadable
    from raftkit.grading.solved_cells import solutions_in

    if not solutions.is_dir():
        raise BadInput(f"there is no folder {solutions}: run this in the course's folder")
    try:
        known = solutions_in(solutions)
    except Unreadable as error:
        raise BadInput(str(error)) from None
    try:
        picked = chosen(known, only, twice)
    except LookupError as error:
        raise BadInput(str(error.args[0])) from None
    jobs = jobs or os.cpu_count() or 1
    proofs = judge_mutants(picked, 2 if twice else 1, share, jobs, progress_bar)
    report("\n".join(table(proofs)), proofs_json(proofs), json_file)
    raise click.exceptions.Exit(FAILED if any(proof.escaped for proof in proofs) else 0)
