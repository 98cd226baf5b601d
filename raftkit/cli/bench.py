"""For maintainers: `raftkit bench`, the performance tables.

It prints the figures, or writes them as JSON for another program. It does not know how they
are measured; raftkit.bench does.
"""

from typing import Any

import click

from raftkit.cli.commands import BadInput, command, progress_bar, report
from raftkit.cli.files import Target, output_option


@command("bench", "raftkit bench", "raftkit bench --only commit", "raftkit bench --browser --json")
@click.option("--browser", is_flag=True, help="Measure the live player, in a real Chromium.")
@click.option("--site", is_flag=True, help="Measure the course's site, in a real Chromium.")
@click.option("--only", metavar="TEXT", default="", help="Figures with this in their names.")
@output_option("--json", "json_file", "The figures for another program.")
def bench(browser: bool, site: bool, only: str, json_file: Target | None) -> None:
    """Measure this kit's speed, as ratios within one run.

    The figures of the browser are ratios to what they should be, each the best of several runs.
    """
    if site:
        figures = _site_figures(only)
    else:
        figures = _browser_figures(only) if browser else _figures(only)
    report("\n".join(map(_row, figures)), {"figures": figures}, json_file)


def _row(figure: dict[str, Any]) -> str:
    """One figure as a line of the table."""
    value = f"{figure['value']:10.3g} {figure['unit']:<16}"
    return f"{figure['name']:<44}{value}{figure['ratio']:8.3g} x {figure['ratio_to']}"


def _figures(only: str) -> list[dict[str, Any]]:
    """The figures that need no browser. Raises BadInput if none has `only` in its name."""
    from raftkit.bench import run_bench

    try:
        return run_bench(only=only, progress=progress_bar)
    except ValueError as error:
        raise BadInput(f"{error}: `raftkit bench` measures all") from None


def _browser_figures(only: str) -> list[dict[str, Any]]:
    """The figures of the live player. Raises BadInput if they cannot be measured here."""
    from raftkit.bench.browser import missing, run_browser_bench

    if only:
        raise BadInput("--only is for the figures without a browser")
    lacks = missing()
    if lacks:
        raise BadInput(lacks)
    try:
        return run_browser_bench(progress=progress_bar)
    except RuntimeError as error:
        # After the first line comes the log of the program that did not start.
        raise BadInput(str(error).splitlines()[0].rstrip(":")) from None


def _site_figures(only: str) -> list[dict[str, Any]]:
    """The figures of the course's site. Raises BadInput if they cannot be measured here."""
    from raftkit.bench.browser import FOR_THE_SITE, run_site_bench
    from raftkit.bench.browser import missing as missing_browser
    from raftkit.site import SiteProblem, missing

    if only:
        raise BadInput("--only is for the figures without a browser")
    lacks = missing_browser(FOR_THE_SITE) or missing()
    if lacks:
        raise BadInput(lacks)
    try:
        return run_site_bench(progress=progress_bar)
    except (RuntimeError, SiteProblem) as error:
        raise BadInput(str(error).splitlines()[0]) from None
