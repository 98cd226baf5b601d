"""The order of the browser's measurements, and the recordings that they are taken on.

Recordings are made once, before the first round. It does not know how anything is measured;
answers.py and smoothness.py do.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser

from raftkit.bench.browser.aims import Values
from raftkit.bench.browser.answers import answer_values
from raftkit.bench.browser.jupyter import Lab
from raftkit.bench.browser.sizes import Sizes
from raftkit.bench.browser.smoothness import (
    busy_values,
    record_busy,
    record_minutes,
    recording_values,
    sent_values,
)

Step = Callable[[], Values]


def steps_of(browser: Browser, lab: Lab, folder: Path, sizes: Sizes) -> list[Step]:
    """The measurements of all rounds, in order; the recordings are written into `folder`."""
    clusters = {busy: record_busy(busy, folder, sizes) for busy in sizes.clusters}
    minutes = record_minutes(sizes.minutes, folder)
    steps: list[Step] = []
    for round in range(sizes.rounds):
        steps += [
            partial(busy_values, browser, recording, busy, sizes)
            for busy, recording in clusters.items()
        ]
        steps += [
            partial(recording_values, browser, minutes, sizes.minutes),
            partial(answer_values, browser, lab, folder / f"{round}.ipynb", sizes.clicks),
        ]
    return [*steps, partial(sent_values, sizes.clusters)]
