"""Measures how long a student waits in JupyterLab for the first picture and after a click.

The browser clicks as a mouse does, and the page itself takes the times (probes.js). How
JupyterLab and the browser are started is in jupyter.py and chromium.py.
"""

from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page

from raftkit.bench.browser.aims import ANSWER_MS, FEEDBACK_FRAMES, FIRST_PICTURE_MS, Row, Values
from raftkit.bench.browser.chromium import open_in_lab
from raftkit.bench.browser.frames import PLAYER, PROBES
from raftkit.bench.browser.jupyter import Lab

SHOW = """\
from raftkit import Cluster, play
play(Cluster(servers=5, seed=7), at_ms=400)"""


def notebook(path: Path, *sources: str) -> Path:
    """Write a notebook with these code cells."""
    import nbformat
    from nbformat import v4

    # Each cell gets an id, or nbformat would draw a random one.
    cells = [v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


def answer_values(browser: Browser, lab: Lab, path: Path, clicks: int) -> Values:
    """The times to the first picture of a new kernel, and from a click to what it does."""
    page = open_in_lab(browser, lab, notebook(path, SHOW, SHOW))
    page.add_script_tag(path=PROBES)
    for name in ("not imported yet", "imported"):
        first = Row(f"first picture, raftkit {name}", "ms", FIRST_PICTURE_MS)
        yield first, page.evaluate("window.probes.nextPicture()")
    seen = _clicks(page, clicks)
    yield Row("click to feedback, median", "frames", FEEDBACK_FRAMES), seen["frames"]
    yield Row("click to feedback, median time", "ms"), seen["seen"]
    yield Row("click to Python's answer, median", "ms", ANSWER_MS), seen["answered"]
    page.close()


def _clicks(page: Page, clicks: int) -> dict[str, float]:
    """Click a client's request again and again while the picture plays; the median times."""
    view = page.locator(PLAYER).first
    view.focus()
    page.keyboard.press(" ")
    page.evaluate("window.probes.watchClicks()")
    view.get_by_role("button", name="Requests, weather, links to share").click()
    button = view.get_by_role("button", name="A client's request to the leader")
    for number in range(clicks):
        button.click()
        page.wait_for_function(
            "(number) => window.probes.clicks[number]?.answered !== undefined", arg=number
        )
    seen = page.evaluate("window.probes.clicks")
    return {name: median(click[name] for click in seen) for name in ("frames", "seen", "answered")}
