"""For everybody: `raftkit fuzz`, random schedules of faults until something breaks.

Arguments in, one search, a verdict out. How trials are drawn and shrunk is not known here, nor
what is done with what they find.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from raftkit.cli.commands import command, say
from raftkit.cli.files import Target
from raftkit.cli.findings import finding_options, show_finding
from raftkit.cli.subjects import Tried, tried_option

if TYPE_CHECKING:
    from collections.abc import Callable


@command(
    "fuzz",
    "raftkit fuzz --steps 1000000",
    "raftkit fuzz --wrong V1 --svg smallest.svg",
)
@tried_option
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Of the trials.")
@click.option("--trials", type=click.IntRange(1), help="How many; 1000 if nothing is said.")
@click.option("--steps", type=click.IntRange(1), help="Or: how many steps all together.")
@finding_options
def fuzz(
    tried: Tried,
    seed: int,
    trials: int | None,
    steps: int | None,
    svg: Target | None,
    json_file: Target | None,
) -> None:
    """Try random schedules of faults until something breaks.

    They are tried on the reference, or on a wrong answer.
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
    say(found.sentence)
    if found.history is None:
        return
    assert found.trial is not None
    show_finding(tried, found.trial, found.history, found.violation, svg, json_file)


@contextmanager
def _bar(trials: int | None, steps: int | None) -> "Iterator[Callable[[int, int], None]]":
    """A bar on standard error that goes by whichever bound was given."""
    from tqdm import tqdm

    with tqdm(total=steps or trials, unit="step" if steps else "trial", disable=None,
              leave=False) as bar:  # fmt: skip

        def progress(trials_done: int, steps_done: int) -> None:
            bar.update((steps_done if steps else trials_done) - bar.n)

        yield progress
