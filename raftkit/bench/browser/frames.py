"""Measures how smoothly a page plays: frames a second, gaps between frames, script time.

A page that plays a recording needs no kernel, so only the player is measured. A frame counts
if the picture has moved in it, so that its clock shows a later instant. It does not know what
the recording shows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Browser, Page

from raftkit.bench.browser.chromium import new_page

PLAYER = ".rk-player"
PROBES = Path(__file__).parent / "probes.js"


@dataclass(frozen=True)
class Frames:
    """The frames of a picture that played for a while; times are in milliseconds."""

    gaps: list[float]
    script_ms: float
    in_flight: int

    @property
    def per_second(self) -> float:
        """How often a second the picture moved."""
        return 1_000 * len(self.gaps) / sum(self.gaps)

    @property
    def late_gap(self) -> float:
        """The 95th percentile of the gaps between two frames."""
        return sorted(self.gaps)[int(0.95 * (len(self.gaps) - 1))]

    @property
    def longest_gap(self) -> float:
        """The longest gap between two frames."""
        return max(self.gaps)


@contextmanager
def playing(browser: Browser, recording: Path, start: float = 0) -> Iterator[Page]:
    """A page that plays a recording; `start` is the share of its length at which it begins."""
    page = new_page(browser)
    page.goto(recording.as_uri())
    page.wait_for_selector(PLAYER)
    page.add_script_tag(path=PROBES)
    begin(page, start)
    yield page
    page.close()


def begin(page: Page, start: float) -> None:
    """Go to a share of the recording, from 0 to 1, and play from there."""
    shown = page.evaluate("(share) => window.probes.go(share)", start)
    page.locator(PLAYER).focus()
    page.keyboard.press(" ")
    page.wait_for_function(
        "(shown) => Number(document.querySelector('.rk-player').dataset.time) > shown", arg=shown
    )


def frames_of(page: Page, seconds: float) -> Frames:
    """Watch a page for so many seconds, or until its recording ends."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def script_seconds() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(float(each["value"]) for each in metrics if each["name"] == "ScriptDuration")

    before = script_seconds()
    seen = page.evaluate("(ms) => window.probes.frames(ms)", seconds * 1_000)
    script = 1_000 * (script_seconds() - before) / len(seen)
    in_flight = page.evaluate("window.probes.inFlight()")
    session.detach()
    return Frames(_gaps(seen), script, in_flight)


def _gaps(seen: list[list[float]]) -> list[float]:
    """The times between two frames in which the picture moved.

    Each frame is given as its time and the instant on the picture's clock.

    >>> _gaps([[0.0, 5], [16.0, 6], [32.0, 6], [48.0, 7]])
    [16.0, 32.0]
    """
    moved = [seen[0][0]]
    for (_, before), (now, shown) in pairwise(seen):
        if shown != before:
            moved.append(now)
    # A picture that has not moved at all has a single gap.
    ends = moved if len(moved) > 1 else [seen[0][0], seen[-1][0]]
    return [later - earlier for earlier, later in pairwise(ends)]
