"""How long a student waits in JupyterLab: for the first picture, and for what a click does.

Clicks are a real mouse's, times are those that the page itself sees. How JupyterLab and
the browser are started is said elsewhere.
"""

import json
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page

from raftkit.bench.browser.aims import ANSWER_MS, FEEDBACK_FRAMES, FIRST_PICTURE_MS, Row
from raftkit.bench.browser.chromium import open_in_lab
from raftkit.bench.browser.frames import PLAYER, PROBES
from raftkit.bench.browser.jupyter import Lab

SHOW = """\
from raftkit import Cluster, play
play(Cluster(servers=5, seed=7), at_ms=400)"""

Figures = list[dict[str, Any]]


def notebook(path: Path, *sources: str) -> Path:
    """A notebook file with these code cells."""
    cells: Figures = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"cell-{number}",
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for number, source in enumerate(sources)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content = {"cells": cells, "metadata": {"kernelspec": kernel}}
    path.write_text(json.dumps(content | {"nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    return path


def answer_figures(browser: Browser, lab: Lab, folder: Path, clicks: int, runs: int) -> Figures:
    """The first picture of a fresh kernel, and what a click brings while the picture plays."""
    seen: list[dict[str, float]] = []
    for run in range(runs):
        page = open_in_lab(browser, lab, notebook(folder / f"{run}.ipynb", SHOW, SHOW))
        page.add_script_tag(path=PROBES)
        fresh, warm = (page.evaluate("window.probes.nextPicture()") for _ in range(2))
        seen.append(_clicks(page, clicks) | {"fresh": fresh, "warm": warm})
        page.close()
    rows = (
        (Row("first picture, raftkit not imported yet", "ms", FIRST_PICTURE_MS), "fresh"),
        (Row("first picture, raftkit imported", "ms", FIRST_PICTURE_MS), "warm"),
        (Row("click to feedback, median", "frames", FEEDBACK_FRAMES), "frames"),
        (Row("click to feedback, median time", "ms"), "seen"),
        (Row("click to Python's answer, median", "ms", ANSWER_MS), "answered"),
    )
    return [row.figure(each[name] for each in seen) for row, name in rows]


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
