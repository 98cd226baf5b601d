"""`python -m tests.evidence`: which suite of another course catches which wrong answer.

`compare` shows it for some answers or all; `keep` measures all of them and writes comparison.json
and comparison.md. How answers are tried is the kill matrix's business.
"""

import os
from typing import TYPE_CHECKING

import click

from raftkit.cli.commands import (
    FAILED,
    BadInput,
    Command,
    Commands,
    example,
    progress_bar,
    report,
    say,
)
from raftkit.cli.files import Target, output_option
from raftkit.cli.wrong_answers import chosen_answers, chosen_columns

if TYPE_CHECKING:
    from raftkit.course.proving import Matrix


@click.group("python -m tests.evidence", cls=Commands)
def evidence() -> None:
    """Put the catalogue's answers to the suites of other courses."""


@evidence.command(
    cls=Command, epilog=example('python -m tests.evidence compare --only V1,V2 --suites "MIT"')
)
@click.option("--only", multiple=True, metavar="ID,...", help="Only these answers.")
@click.option("--suites", multiple=True, metavar="NAME,...", help="Only these suites.")
@click.option("--jobs", type=click.IntRange(1), help="Processes; without it, one for each core.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Of schedules.")
@output_option("--svg", "svg", "The comparison as a picture.")
@output_option("--json", "json_file", "The results for another program.")
def compare(
    only: tuple[str, ...],
    suites: tuple[str, ...],
    jobs: int | None,
    seed: int,
    svg: Target | None,
    json_file: Target | None,
) -> None:
    """Show which suite catches which wrong answer."""
    from raftkit.course.proving.matrix_report import matrix_json, picture_of
    from tests.evidence.comparison import SUITES, comparable

    names = chosen_columns(suites, SUITES)
    matrix = _run(names, chosen_answers(only) or comparable(), jobs, seed)
    picture = picture_of(matrix)
    if svg:
        svg.write(f"{picture.svg}\n")
    words = "\n".join([picture.text.partition("\n\n")[2], "", *matrix.refusals()])
    report(words, matrix_json(matrix), json_file)


@evidence.command(cls=Command, epilog=example("python -m tests.evidence keep"))
@click.option("--jobs", type=click.IntRange(1), help="Processes; without it, one for each core.")
def keep(jobs: int | None) -> None:
    """Measure everything, and keep the table with the commit and the date."""
    from tests.evidence import comparison

    names = tuple(column.name for column in comparison.SUITES)
    matrix = _run(names, comparison.comparable(), jobs, seed=0)
    comparison.keep(comparison.kept_form(matrix, comparison.this_commit(), comparison.today()))
    say(f"{comparison.KEPT.name} and {comparison.TABLE.name} are new")


@evidence.command(
    cls=Command, epilog=example("python -m tests.evidence core-mutants --module election")
)
@click.option("--module", multiple=True, help="Only this module of raftkit/protocol.")
@click.option("--share", default=1, type=click.IntRange(1), help="Only every so many mutants.")
@click.option("--jobs", type=click.IntRange(1), help="Processes; without it, one for each core.")
def core_mutants(module: tuple[str, ...], share: int, jobs: int | None) -> None:
    """Change the reference in one place at a time, and name the changes that no test notices."""
    from tests.evidence.core_mutants import modules, survivors

    for name in module:
        if name not in modules():
            raise BadInput(f"there is no module {name!r}: there are {', '.join(modules())}")
    tried, lived = survivors(module or modules(), share, jobs or os.cpu_count() or 1, progress_bar)
    for each in lived:
        say(f"{each.module}: {each.change}")
    say(f"{tried - len(lived)} of {tried} mutants of the core are noticed")
    raise click.exceptions.Exit(FAILED if lived else 0)


def _run(names: tuple[str, ...], ids: list[str], jobs: int | None, seed: int) -> "Matrix":
    """Put answers to suites, with a bar."""
    from raftkit.course.proving import run_matrix
    from tests.evidence.comparison import Comparison

    return run_matrix(Comparison(names, seed), ids, jobs or os.cpu_count() or 1, progress_bar)


if __name__ == "__main__":
    evidence(prog_name="python -m tests.evidence")
