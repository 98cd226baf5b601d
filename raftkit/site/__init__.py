"""The whole course as static files that run in a browser: `build_site`, for `raftkit site`.

A front page, every notebook to be read, stories that play by themselves, and JupyterLab
with a Python of its own, all from one folder under any address. What is missing to build one is
told by `missing` before anything heavy is imported.
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
    """What this Python lacks to build a site, with how to get it, in one line; None if nothing.

    >>> sentence = missing()
    >>> sentence is None or "install" in sentence
    True
    """
    for package in _PACKAGES:
        if not _is_installed(package):
            return f"{package} is not installed: {how_to_install('site')}"
    return None


def _is_installed(package: str) -> bool:
    """Whether there is such a distribution; nothing of it is imported."""
    try:
        return bool(distribution(package))
    except PackageNotFoundError:
        return False


def build_site(
    out: Path,
    progress: Callable[[Iterable[Any], int], Iterable[Any]] = lambda steps, total: steps,
) -> None:
    """Build the course's site in the folder `out`, new or one that was built so before.

    `progress` wraps the steps, for a bar. Raises SiteProblem for whatever the user can mend, and
    OSError for what the system refuses.
    """
    from raftkit.site.building import steps_of
    from raftkit.site.placing import must_be_ours, place

    must_be_ours(out)
    # Beside the place where it goes, so that it only has to be moved.
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
    """Threads to run notebooks in; whoever leaves early waits only for those that run already."""
    threads = ThreadPoolExecutor(os.cpu_count())
    try:
        yield threads
    finally:
        threads.shutdown(cancel_futures=True)
