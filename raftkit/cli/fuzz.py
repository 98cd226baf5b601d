"""For everybody: `raftkit fuzz`, random schedules of faults until something breaks.

Arguments in, one search, a verdict out; the smallest history as a picture, a file and a
program on demand. How trials are drawn and shrunk is not known here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from raftkit.cli.commands import FAILED, command
from raftkit.cli.subjects import Tried, tried_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from raftkit.checkers.fuzzer import Fuzzing


@command(
    "fuzz",
    "raftkit fuzz --steps 1000000",
    "raftkit fuzz --wrong V1 --svg smallest.svg",
)
@tried_option
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Of the trials.")
@click.option("--trials", type=click.IntRange(1), help="How many; 1000 if nothing is said.")
@click.option("--steps", type=click.IntRange(1), help="Or: how many steps all together.")
@click.option("--svg", type=click.Path(path_type=Path), help="Draw the smallest failing history.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Save that history.")
def fuzz(
    tried: Tried,
    seed: int,
    trials: int | None,
    steps: int | None,
    svg: Path | None,
    json_file: Path | None,
) -> None:
    """Try random schedules of faults on the reference, or on a wrong answer.

    What breaks is shrunk until no event can be left out, and printed as a program that
    repeats it. Exit status 1 if something broke, 0 if nothing did, which is no proof.
    """
    from raftkit.checkers.fuzzer import TRIALS
    from raftkit.checkers.fuzzer import fuzz as search

    if trials is None and steps is None:
        trials = TRIALS
    with _bar(trials, steps) as progress:
        found = search(
            tried.rules,
            tried.make_server,
            seed=seed,
            trials=trials,
            steps=steps,
            progress=progress,
        )
    click.echo(found.sentence)
    if found.history is None:
        return
    click.echo(f"\n{_program(found, tried)}", nl=False)
    if svg:
        from raftkit.views import space_time

        space_time(found.history, violation=found.violation).save(svg)
    if json_file:
        found.history.save(json_file)
    raise click.exceptions.Exit(FAILED)


def _program(found: "Fuzzing", tried: Tried) -> str:
    """Lines to paste; they take the wrong answer from the catalogue."""
    from raftkit.checkers.pasting import program

    assert found.trial is not None
    if tried.wrong is None:
        return program(found.trial)
    imported = "from raftkit.course.proving import Subject, answer\n"
    name = f'Subject(answer("{tried.wrong}"))'
    return imported + program(found.trial, f"{name}.rules", f"{name}.make_server")


@contextmanager
def _bar(trials: int | None, steps: int | None) -> "Iterator[Callable[[int, int], None]]":
    """A bar on standard error that goes by whichever bound was given."""
    from tqdm import tqdm

    with tqdm(total=steps or trials, unit="step" if steps else "trial", disable=None,
              leave=False) as bar:  # fmt: skip

        def progress(trials_done: int, steps_done: int) -> None:
            bar.update((steps_done if steps else trials_done) - bar.n)

        yield progress
