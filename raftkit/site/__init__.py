"""`build_site`, for `raftkit site`: the whole course as static files that run in a browser.

A site has a front page, every notebook as a page to read, stories that play by themselves, and
JupyterLab with Python, in one folder that works under any address. `missing` says what is not
installed, before anything heavy is imported.
"""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from raftkit.extras import how_to_install
from raftkit.site.problem import SiteProblem

__all__ = ["SiteProblem", "build_site", "missing"]

_PACKAGES = (
    *("jupyterlite-core", "jupyter-server", "nbclient", "nbconvert"),
    *("ipykernel", "pip", "platformdirs"),
)


def missing() -> str | None:
    """One line on what is not installed and how to install it; None if everything is.

    >>> sentence = missing()
    >>> sentence is None or "install" in sentence
    True
    """
    for package in _PACKAGES:
        if not _is_installed(package):
            return f"{package} is not installed: {how_to_install('site')}"
    return None


def _is_installed(package: str) -> bool:
    """Whether a distribution is installed; it is not imported."""
    try:
        return bool(distribution(package))
    except PackageNotFoundError:
        return False


def build_site(
    out: Path,
    progress: Callable[[Iterable[Any], int], Iterable[Any]] = lambda steps, total: steps,
) -> None:
    """Build the course's site in the folder `out`, which is new or holds a site built before.

    `progress` wraps the steps, for a bar. Raises SiteProblem for a problem that the user can mend,
    and OSError if the system refuses something.
    """
    from raftkit.site.building import steps_of
    from raftkit.site.placing import must_be_ours, place

    must_be_ours(out)
    # It is built on the same disk as `out`, so that its files only have to be moved.
    beside = out.absolute().parent
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".raftkit-site-", dir=beside) as workshop:
        site = Path(workshop, "site")
        with _threads() as threads:
            steps = steps_of(site, threads)
            for step in progress(steps, len(steps)):
                step()
        place(site, out)


@contextmanager
def _threads() -> Iterator[ThreadPoolExecutor]:
    """Threads to run notebooks in; leaving the context waits only for those that run already."""
    threads = ThreadPoolExecutor(os.cpu_count())
    try:
        yield threads
    finally:
        threads.shutdown(cancel_futures=True)
