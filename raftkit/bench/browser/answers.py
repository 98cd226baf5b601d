"""How long a student waits in JupyterLab: for the first picture, and for what a click does.

Clicks are a real mouse's, times are those that the page itself sees. How JupyterLab and
the browser are started is said elsewhere.
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

    # Each cell is called by its number, or nbformat would draw a name for it.
    cells = [v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


def answer_values(browser: Browser, lab: Lab, path: Path, clicks: int) -> Values:
    """The first picture of a fresh kernel, and what a click brings while the picture plays."""
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
    """Play, and let a client ask for something again and again: the medians of what was seen."""
    view = page.locator(PLAYER).first
    view.focus()
    page.keyboard.press(" ")
    page.evaluate("window.probes.watchClicks()")
    button = view.get_by_role("button", name="A client's request to the leader")
    for number in range(clicks):
        button.click()
        page.wait_for_function(
            "(number) => window.probes.clicks[number]?.answered !== undefined", arg=number
        )
    seen = page.evaluate("window.probes.clicks")
    return {name: median(click[name] for click in seen) for name in ("frames", "seen", "answered")}
