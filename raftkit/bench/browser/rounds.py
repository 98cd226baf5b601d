"""The rounds of the browser's table: what is measured after what, and what it is measured on.

Recordings are made once, before the first round. It does not know how anything is measured.
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
    crowd_values,
    record_crowd,
    record_minutes,
    recording_values,
    sent_values,
)

Step = Callable[[], Values]


def steps_of(browser: Browser, lab: Lab, folder: Path, sizes: Sizes) -> list[Step]:
    """What is measured, round by round, on recordings that are put into `folder`."""
    crowds = {crowd: record_crowd(crowd, folder, sizes) for crowd in sizes.crowds}
    minutes = record_minutes(sizes.minutes, folder)
    steps: list[Step] = []
    for round in range(sizes.rounds):
        steps += [
            partial(crowd_values, browser, recording, crowd, sizes)
            for crowd, recording in crowds.items()
        ]
        steps += [
            partial(recording_values, browser, minutes, sizes.minutes),
            partial(answer_values, browser, lab, folder / f"{round}.ipynb", sizes.clicks),
        ]
    return [*steps, partial(sent_values, sizes.crowds)]
