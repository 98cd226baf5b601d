"""For maintainers: `raftkit wrong-answers`, the kill matrix that proves the checks.

It runs the matrix and prints a table; it draws the picture and writes JSON on demand. It does
not decide which check must catch which answer.
"""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from raftkit.cli.commands import FAILED, BadInput, command, progress_bar, report
from raftkit.cli.files import Target, output_option

if TYPE_CHECKING:
    from raftkit.course.proving import Column


@command(
    "wrong-answers",
    "raftkit wrong-answers --svg matrix.svg",
    "raftkit wrong-answers --intended",
    'raftkit wrong-answers --only V1,V2 --columns "raftkit,MIT"',
)
@click.option("--only", multiple=True, metavar="ID,...", help="Only these answers.")
@click.option(
    "--columns", multiple=True, metavar="NAME,...", help="Only these checks, or families."
)
@click.option("--intended", is_flag=True, help="Only the check meant for each answer: fast.")
@click.option("--jobs", type=click.IntRange(1), help="Processes; without it, one for each core.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Of schedules.")
@output_option("--svg", "svg", "The matrix as a picture.")
@output_option("--json", "json_file", "The results for another program.")
def wrong_answers(
    only: tuple[str, ...],
    columns: tuple[str, ...],
    intended: bool,
    jobs: int | None,
    seed: int,
    svg: Target | None,
    json_file: Target | None,
) -> None:
    """Prove the checks: which one catches which wrong answer.

    Exit status 0 if every wrong answer is caught by the case meant for it and no right one is
    touched, 1 if not.
    """
    from raftkit.course.proving import Plan, run_matrix
    from raftkit.course.proving.matrix_report import matrix_json, picture_of, summary

    ids = chosen_answers(only)
    plan = Plan(chosen_columns(columns, Plan.known), seed, intended)
    matrix = run_matrix(plan, ids, jobs or os.cpu_count() or 1, progress_bar)
    picture = picture_of(matrix)
    if svg:
        svg.write(f"{picture.svg}\n")
    misses = matrix.misses()
    said = [*summary(matrix), *matrix.refusals(), *misses]
    words = "\n".join([picture.text.partition("\n\n")[2], "", *said])
    report(words, matrix_json(matrix), json_file)
    raise click.exceptions.Exit(FAILED if misses else 0)


def chosen_answers(only: tuple[str, ...]) -> list[str] | None:
    """The ids in `only`, in the catalogue's order; None for all."""
    from raftkit.course.wrong_answers import ODD_ANSWERS, WRONG_ANSWERS

    wanted = set(_parts(only))
    known = [answer.id for answer in (*WRONG_ANSWERS, *ODD_ANSWERS)]
    for id in sorted(wanted - set(known)):
        raise BadInput(f"there is no answer {id!r}: they go from {known[0]} to {known[-1]}")
    return [id for id in known if id in wanted] if wanted else None


def chosen_columns(names: tuple[str, ...], known: Sequence["Column"]) -> tuple[str, ...]:
    """Those of the `known` columns that were asked for; all without any.

    A column is asked for by its name, by the beginning of that, or by its family.
    """
    chosen: set[str] = set()
    for name in _parts(names):
        found = {
            column.name
            for column in known
            if name.lower() == column.family or column.name.lower().startswith(name.lower())
        }
        if not found:
            there = ", ".join(column.name for column in known)
            raise BadInput(f"there is no column {name!r}; there are {there}")
        chosen |= found
    return tuple(column.name for column in known if column.name in chosen or not chosen)


def _parts(given: tuple[str, ...]) -> list[str]:
    """The names in an option that may be given several times, each time with several names."""
    return [part.strip() for one in given for part in one.split(",") if part.strip()]
