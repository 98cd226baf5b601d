"""For everybody: `raftkit fuzz`, random schedules of faults until something breaks.

It reads the arguments, runs one search, and prints its verdict. It does not know how trials
are drawn and shrunk, nor how a finding is shown.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from raftkit.cli.commands import bar, command, say
from raftkit.cli.files import Target
from raftkit.cli.findings import finding_options, show_finding
from raftkit.cli.search_subject import SearchSubject, subject_option

if TYPE_CHECKING:
    from collections.abc import Callable


@command(
    "fuzz",
    "raftkit fuzz --steps 1000000",
    "raftkit fuzz --wrong V1 --svg smallest.svg",
)
@subject_option
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Of the trials.")
@click.option("--trials", type=click.IntRange(1), help="How many; 1000 if nothing is said.")
@click.option("--steps", type=click.IntRange(1), help="Or: how many steps all together.")
@finding_options
def fuzz(
    subject: SearchSubject,
    seed: int,
    trials: int | None,
    steps: int | None,
    svg: Target | None,
    json_file: Target | None,
) -> None:
    """Try random schedules of faults until something breaks.

    They are subject on the reference, or on a wrong answer.
    What breaks is shrunk until no event can be left out, and printed as a program that
    repeats it. Exit status 1 if something broke, 0 if nothing did, which is no proof.
    """
    from raftkit.checkers.fuzzer import TRIALS
    from raftkit.checkers.fuzzer import fuzz as search

    if trials is None and steps is None:
        trials = TRIALS
    with _bar(trials, steps) as progress:
        found = search(
            subject.rules,
            subject.make_server,
            seed=seed,
            trials=trials,
            steps=steps,
            progress=progress,
        )
    say(found.sentence)
    if found.history is None:
        return
    assert found.trial is not None
    show_finding(subject, found.trial, found.history, found.violation, svg, json_file)


@contextmanager
def _bar(trials: int | None, steps: int | None) -> "Iterator[Callable[[int, int], None]]":
    """A progress bar on standard error that counts steps if they are bounded, else trials."""
    with bar(total=steps or trials, unit="step" if steps else "trial") as shown:

        def progress(trials_done: int, steps_done: int) -> None:
            shown.update((steps_done if steps else trials_done) - shown.n)

        yield progress
