"""What a browser shows, measured: `run_browser_bench` the live player, `run_site_bench` the site.

It drives a real Chromium by playwright, through JupyterLab where a kernel is needed, so
it wants both, which nothing else in the package does: nobody imports this folder on a
student's way. What is missing is told by `missing` before anything of that is imported.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

from raftkit.bench.browser.aims import table
from raftkit.bench.browser.sizes import Sizes
from raftkit.extras import how_to_install

CHROMIUM = "chromium"


# What is measured needs these.
FOR_THE_PLAYER = ("playwright", "jupyterlab")
FOR_THE_SITE = ("playwright",)


def missing(packages: tuple[str, ...] = FOR_THE_PLAYER) -> str | None:
    """What this machine lacks, with how to get it, in one line; None if it has everything.

    >>> sentence = missing()
    >>> sentence is None or "install" in sentence
    True
    """
    for package in packages:
        if find_spec(package) is None:
            return f"{package} is not installed: {how_to_install('test')}"
    if shutil.which(CHROMIUM) is None:
        return (
            f"there is no {CHROMIUM} on PATH: apt-get install {CHROMIUM}, "
            "or put a Chromium of that name there"
        )
    return None


def run_browser_bench(
    sizes: Sizes | None = None,
    progress: Callable[[Iterable[Any], int], Iterable[Any]] = lambda steps, total: steps,
) -> list[dict[str, Any]]:
    """The figures: dictionaries with name, value, unit, ratio and ratio_to.

    Each is the best of several rounds, in which measurements take turns, so that one moment in
    which the machine has much else to do spoils none of them. A ratio is to the aim, where there
    is one. Raises RuntimeError if JupyterLab or the browser does not start.
    """
    from raftkit.bench.browser.chromium import chromium
    from raftkit.bench.browser.jupyter import running_lab
    from raftkit.bench.browser.rounds import steps_of

    with tempfile.TemporaryDirectory() as temporary, chromium(str(shutil.which(CHROMIUM))) as open:
        home, served = Path(temporary, "home"), Path(temporary, "served")
        home.mkdir()
        served.mkdir()
        with running_lab(home, served) as lab:
            steps = steps_of(open, lab, home, sizes or Sizes())
            return table(value for step in progress(steps, len(steps)) for value in step())


def run_site_bench(
    openings: int = 2,
    progress: Callable[[Iterable[Any], int], Iterable[Any]] = lambda steps, total: steps,
) -> list[dict[str, Any]]:
    """The figures of the course's site, in the same form: built once, opened several times.

    Raises RuntimeError if it does not work in the browser, and SiteProblem if it cannot be built.
    """
    from raftkit.bench.browser.aims import Row, Values
    from raftkit.bench.browser.chromium import chromium
    from raftkit.bench.browser.site import first_check_values, served, size_values
    from raftkit.site import build_site

    def build_values(folder: Path) -> Values:
        started = perf_counter()
        build_site(folder)
        yield Row("site: build", "s"), perf_counter() - started

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "site")
        with served(folder) as site, chromium(str(shutil.which(CHROMIUM))) as open:
            visits = [partial(first_check_values, open, site) for _ in range(openings)]
            steps = [partial(build_values, folder), partial(size_values, folder), *visits]
            return table(value for step in progress(steps, len(steps)) for value in step())
