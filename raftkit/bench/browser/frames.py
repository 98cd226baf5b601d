"""How smoothly a page plays: frames a second, gaps between them, script time.

A page that plays a recording needs no kernel, so that nothing but the player is
measured. A frame counts when the picture has moved in it: the clock on it shows a later instant.
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
    """What was seen of a picture that plays; times in milliseconds."""

    gaps: list[float]
    script_ms: float
    in_flight: int

    @property
    def per_second(self) -> float:
        """How often the picture moved."""
        return 1_000 * len(self.gaps) / sum(self.gaps)

    @property
    def late_gap(self) -> float:
        """The 95th percentile of the gaps between two frames."""
        return sorted(self.gaps)[int(0.95 * (len(self.gaps) - 1))]

    @property
    def longest_gap(self) -> float:
        """The longest stutter."""
        return max(self.gaps)


@contextmanager
def playing(browser: Browser, recording: Path, start: float = 0) -> Iterator[Page]:
    """A page that plays a recording from a share of its length on."""
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
    """Watch a page for so long, or until what it plays has ended."""
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
    """The times between two frames in which the picture moved, given when and what each showed."""
    moved = [seen[0][0]]
    for (_, before), (now, shown) in pairwise(seen):
        if shown != before:
            moved.append(now)
    return [later - earlier for earlier, later in pairwise(moved)]
