"""For everybody: `raftkit explore`, a search through all runs of a small cluster within bounds.

It reads the arguments, runs one search, and prints its verdict. The exit status distinguishes a
complete search from one that ran out of budget. It does not know how states are searched.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from raftkit.cli.commands import OUT_OF_BUDGET, BadInput, bar, command, say
from raftkit.cli.files import Target
from raftkit.cli.findings import finding_options, show_finding
from raftkit.cli.search_subject import SearchSubject, subject_option

if TYPE_CHECKING:
    from raftkit.checkers.explorer import Exploration

STORIES = ("figure-8",)
# A search that takes longer than this shows a count of its states.
SHOW_AFTER_SECONDS = 1.0

# By the field of `Bounds`: its least value, its default, and its help text. With the defaults, a
# search takes two seconds, and finds the shortest ways to break something: with fewer messages in
# flight, some would need more actions.
LIMITS: dict[str, tuple[int, int | None, str]] = {
    "servers": (1, 3, "Servers in the cluster."),
    "terms": (0, 1, "The last term that a server may enter."),
    "log": (0, 1, "The most entries in a log."),
    "commands": (0, 1, "Commands, handed to any server."),
    "losses": (0, 0, "Messages that may be lost."),
    "duplicates": (0, 0, "Messages that may arrive twice."),
    "crashes": (0, 0, "Crashes, also between two writes; each with a restart."),
    "in_flight": (0, 5, "The most messages under way at once."),
    "timeouts": (0, None, "Election timeouts."),
}
USUAL = {name: usual for name, (_, usual, _) in LIMITS.items() if usual is not None}


def _bounds_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """An option for each bound; it is None if it is not given, so that a story can refuse it."""
    for name, (least, usual, what) in reversed(LIMITS.items()):
        function = click.option(
            f"--{name.replace('_', '-')}",
            name,
            type=click.IntRange(least, 9 if name == "servers" else 99),
            help=f"{what}  [default: {'no limit' if usual is None else usual}]",
        )(function)
    return function


@command(
    "explore",
    "raftkit explore",
    "raftkit explore --terms 2 --in-flight 3 --crashes 1 --jobs 2",
    "raftkit explore --wrong C1 --story figure-8 --svg smallest.svg",
)
@subject_option
@_bounds_options
@click.option("--story", type=click.Choice(STORIES), help="From goal to goal, with its own bounds.")
@click.option("--budget", type=click.IntRange(1), help="States, of each search; else a million.")
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@finding_options
def explore(
    subject: SearchSubject,
    story: str | None,
    budget: int | None,
    jobs: int,
    svg: Target | None,
    json_file: Target | None,
    **limits: int | None,
) -> None:
    """Look at everything that a small cluster can do.

    What breaks is the shortest there is within the bounds, printed as a program that repeats
    it. Exit status 0 if the bounds are exhausted and nothing broke, 1 if something did,
    3 if the budget ran out before, which proves nothing.
    """
    given = {name: limit for name, limit in limits.items() if limit is not None}
    if story and given:
        option = next(iter(given)).replace("_", "-")
        raise BadInput(f"a story brings its own bounds: leave out --{option} or --story")
    found = _searched(subject, story, given, budget, jobs)
    say(found.sentence)
    if found.verdict == "exhausted":
        alike = ", those that differ in servers' names alone taken for one" * found.symmetric
        say(f"All {found.states:,} states were looked at{alike}.")
    if found.verdict == "exhausted" and subject.wrong is None:
        say("To see something break: raftkit explore --wrong V1 --svg smallest.svg")
    if found.verdict == "violated":
        assert found.trial is not None
        assert found.history is not None
        show_finding(subject, found.trial, found.history, found.violation, svg, json_file)
    if found.verdict == "out of budget":
        raise click.exceptions.Exit(OUT_OF_BUDGET)


def _searched(
    subject: SearchSubject,
    story: str | None,
    limits: dict[str, int],
    budget: int | None,
    jobs: int,
) -> "Exploration":
    """The result of the search."""
    from raftkit.checkers import explorer
    from raftkit.checkers.explorer.exploration import BUDGET
    from raftkit.checkers.explorer.stories import STORIES

    search: Callable[..., Exploration] = explorer.chain if story else explorer.explore
    what = STORIES[story]() if story else explorer.Bounds(**(USUAL | limits))
    others = {"make_server": subject.make_server} if subject.make_server else {}
    with _count() as progress:
        try:
            return search(
                what, rules=subject.rules, budget=budget or BUDGET, jobs=jobs, progress=progress,
                **others,
            )  # fmt: skip
        except explorer.NotSearchable as problem:
            raise BadInput(str(problem)) from None


@contextmanager
def _count() -> Iterator[Callable[[int], None]]:
    """A running count of states on standard error, without a total, which nobody knows before."""
    with bar(unit=" states", delay=SHOW_AFTER_SECONDS) as shown:

        def progress(states: int) -> None:
            shown.update(states - shown.n)

        yield progress
