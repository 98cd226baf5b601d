"""How smoothly crowds and long recordings play, and how much is sent for it.

Pages of their own are played, with no kernel beside them. Who is in them and how frames
are counted is said elsewhere.
"""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from raftkit.bench.browser.aims import FRAMES, GAP_MS, STUTTER_MS, Row
from raftkit.bench.browser.crowds import WARM_UP_MS, Crowd, at_rest, record
from raftkit.bench.browser.frames import frames_of, playing
from raftkit.checkers import Cluster
from raftkit.views.player.packing import packed
from raftkit.views.player.timeline import WINDOW, Timeline

SLOWLY = 1 / 50
FAST = 60  # a virtual minute in a second
SERVERS = 5

Figures = list[dict[str, Any]]


def crowd_figures(
    browser: Browser, folder: Path, crowd: Crowd, seconds: float, runs: int
) -> Figures:
    """Frames a second, late frames, and script time while a crowd is in the air."""
    virtual_ms = 1_000 * seconds * SLOWLY
    cluster = crowd.cluster(2 * virtual_ms + 400)
    path = folder / "crowd.html"
    record(cluster, path, SLOWLY)
    seen = []
    for _ in range(runs):
        start = (WARM_UP_MS + 200) / (cluster.history.end / 1_000)
        with playing(browser, path, start) as page:
            seen.append(frames_of(page, seconds))
    rows = (
        (Row(f"{crowd}: frames", "frames/s", FRAMES, more_is_better=True), "per_second"),
        (Row(f"{crowd}: gap, 95th percentile", "ms", GAP_MS), "late_gap"),
        (Row(f"{crowd}: script", "ms/frame"), "script_ms"),
        (Row(f"{crowd}: really in flight", "messages"), "in_flight"),
    )
    return [row.figure(getattr(frames, name) for frames in seen) for row, name in rows]


def recording_figures(browser: Browser, folder: Path, minutes: float, runs: int) -> Figures:
    """A long recording as a file: its size, and its longest stutter when it is played through."""
    path = folder / "recording.html"
    record(at_rest(SERVERS), path, FAST, until_ms=minutes * 60_000)
    longest = []
    for _ in range(runs):
        with playing(browser, path) as page:
            longest.append(frames_of(page, 2 * minutes * 60 / FAST + 5).longest_gap)
    name = f"{minutes:g} virtual minutes"
    return [
        Row(f"{name}: size of the file", "MB").figure([path.stat().st_size / 1e6]),
        Row(f"{name}: longest stutter", "ms", STUTTER_MS).figure(longest),
    ]


def sent_figures(crowds: tuple[Crowd, ...]) -> Figures:
    """How many bytes of JSON a virtual second takes: of a cluster at rest, and with crowds."""
    ms = 2.5 * WINDOW / 1_000
    runs = [(f"{SERVERS} servers at rest", at_rest(SERVERS, ms))]
    runs += [(str(crowd), crowd.cluster(ms)) for crowd in crowds]
    return [
        Row(f"{name}: sent", "bytes/virtual s").figure([_bytes_per_second(cluster)])
        for name, cluster in runs
    ]


def _bytes_per_second(cluster: Cluster) -> float:
    """The size of the second window, which is the first one without an election in it."""
    window = Timeline(cluster.history).window(1)
    if window is None:
        raise RuntimeError("the run to be measured is too short")
    return len(json.dumps(packed(window), separators=(",", ":"))) / (WINDOW / 1e6)
