"""How the live player feels in a browser: `run_browser_bench`, for `raftkit bench --browser`.

It drives a real Chromium by playwright, through JupyterLab where a kernel is needed, so
it wants both, which nothing else in the package does: nobody imports this folder on a
student's way. What is missing is told by `missing` before anything of that is imported.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from raftkit.bench.browser.aims import table
from raftkit.bench.browser.sizes import Sizes

CHROMIUM = "chromium"


def missing() -> str | None:
    """What this machine lacks, with how to get it, in one line; None if it has everything.

    >>> sentence = missing()
    >>> sentence is None or "install" in sentence
    True
    """
    for package in ("playwright", "jupyterlab"):
        if find_spec(package) is None:
            return f'{package} is not installed: pip install "raftkit-course[test]"'
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
