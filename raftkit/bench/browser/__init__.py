"""Measurements in a browser: `run_browser_bench` of the live player, `run_site_bench` of the site.

They need Chromium and playwright, and JupyterLab where a kernel is needed. No other module of
the package imports this folder, except inside the command that measures. `missing` says what
is not installed, before anything of it is imported.
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


# The packages that the measurements need.
FOR_THE_PLAYER = ("playwright", "jupyterlab")
FOR_THE_SITE = ("playwright",)


def missing(packages: tuple[str, ...] = FOR_THE_PLAYER) -> str | None:
    """One line on what is not installed and how to install it; None if everything is.

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

    Each is the best value of several rounds, and a round takes every measurement once, so that a
    moment in which the machine is busy spoils none of them. A figure with an aim is compared with
    that aim. Raises RuntimeError if JupyterLab or the browser does not start.
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
    """The figures of the course's site, in the same form; it is built once, opened several times.

    Raises RuntimeError if the site does not work in the browser, SiteProblem if it is not built.
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
