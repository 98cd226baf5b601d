"""How the live player feels in a browser: `run_browser_bench`, for `raftkit bench --browser`.

It drives a real Chromium by playwright, through JupyterLab where a kernel is needed, so
it wants both, which nothing else in the package does: nobody imports this folder on a
student's way. What is missing is told by `missing` before anything of that is imported.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from raftkit.bench.browser.crowds import Crowd

CHROMIUM = "chromium"

Figures = list[dict[str, Any]]


@dataclass(frozen=True)
class Sizes:
    """How much is measured: each crowd and each page `runs` times, for so many real seconds."""

    crowds: tuple[Crowd, ...] = (Crowd(5, 40), Crowd(9, 200))
    seconds: float = 3.0
    runs: int = 3
    minutes: float = 30.0
    clicks: int = 10


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
) -> Figures:
    """The figures: dictionaries with name, value, unit, ratio and ratio_to, each the best of runs.

    A ratio is to the aim, where there is one. Raises RuntimeError if JupyterLab does not start.
    """
    from raftkit.bench.browser.answers import answer_figures
    from raftkit.bench.browser.chromium import chromium
    from raftkit.bench.browser.jupyter import running_lab
    from raftkit.bench.browser.smoothness import crowd_figures, recording_figures, sent_figures

    sizes = sizes or Sizes()
    with tempfile.TemporaryDirectory() as temporary, chromium(str(shutil.which(CHROMIUM))) as open:
        home, served = Path(temporary, "home"), Path(temporary, "served")
        home.mkdir()
        served.mkdir()

        def answers() -> Figures:
            with running_lab(home, served) as lab:
                return answer_figures(open, lab, home, sizes.clicks, sizes.runs)

        steps: list[Callable[[], Figures]] = [
            partial(crowd_figures, open, home, crowd, sizes.seconds, sizes.runs)
            for crowd in sizes.crowds
        ]
        steps += [
            partial(recording_figures, open, home, sizes.minutes, sizes.runs),
            partial(sent_figures, sizes.crowds),
            answers,
        ]
        return [figure for step in progress(steps, len(steps)) for figure in step()]
