"""How smoothly crowds and long recordings play, and how much is sent for it.

Pages of their own are played, with no kernel beside them. Who is in them and how frames
are counted is said elsewhere.
"""

import json
from pathlib import Path

from playwright.sync_api import Browser

from raftkit.bench.browser.aims import FRAMES, GAP_MS, STUTTER_MS, Row, Values
from raftkit.bench.browser.crowds import WARM_UP_MS, Crowd, at_rest, record
from raftkit.bench.browser.frames import frames_of, playing
from raftkit.bench.browser.sizes import Sizes
from raftkit.checkers import Cluster
from raftkit.views.player.packing import packed
from raftkit.views.player.timeline import WINDOW, Timeline

SLOWLY = 1 / 50
FAST = 60  # a virtual minute in a second
SERVERS = 5
FULL_AIR_MS = 200  # virtual, until as many messages land as leave


def crowd_values(browser: Browser, recording: Path, crowd: Crowd, sizes: Sizes) -> Values:
    """Frames a second, late frames, and script time while a crowd is in the air."""
    rows = (
        (Row(f"{crowd}: frames", "frames/s", FRAMES, more_is_better=True), "per_second"),
        (Row(f"{crowd}: gap, 95th percentile", "ms", GAP_MS), "late_gap"),
        (Row(f"{crowd}: script", "ms/frame"), "script_ms"),
        (Row(f"{crowd}: really in flight", "messages"), "in_flight"),
    )
    full = (WARM_UP_MS + FULL_AIR_MS) / _crowd_ms(sizes)
    with playing(browser, recording, full) as page:
        for _ in range(sizes.glances):
            frames = frames_of(page, sizes.seconds)
            for row, name in rows:
                yield row, getattr(frames, name)


def record_crowd(crowd: Crowd, folder: Path, sizes: Sizes) -> Path:
    """A page with so much of a crowd as will be watched, and some more."""
    path = folder / f"{crowd.servers}_{crowd.in_flight}.html"
    record(crowd.cluster(_crowd_ms(sizes) - WARM_UP_MS), path, SLOWLY, until_ms=_crowd_ms(sizes))
    return path


def _crowd_ms(sizes: Sizes) -> float:
    """How many virtual milliseconds a crowd's recording is long."""
    watched = 1_000 * sizes.seconds * sizes.glances * SLOWLY
    return WARM_UP_MS + FULL_AIR_MS + 2 * watched + 100


def recording_values(browser: Browser, recording: Path, minutes: float) -> Values:
    """A long recording as a file: its size, and its longest stutter when it is played through."""
    name = f"{minutes:g} virtual minutes"
    yield Row(f"{name}: size of the file", "MB"), recording.stat().st_size / 1e6
    with playing(browser, recording) as page:
        frames = frames_of(page, 2 * minutes * 60 / FAST + 5)
    yield Row(f"{name}: longest stutter", "ms", STUTTER_MS), frames.longest_gap


def record_minutes(minutes: float, folder: Path) -> Path:
    """A page with a long run of a cluster at rest."""
    path = folder / "minutes.html"
    record(at_rest(SERVERS), path, FAST, until_ms=minutes * 60_000)
    return path


def sent_values(crowds: tuple[Crowd, ...]) -> Values:
    """How many bytes of JSON a virtual second takes: of a cluster at rest, and with crowds."""
    ms = 2.5 * WINDOW / 1_000
    runs = [(f"{SERVERS} servers at rest", at_rest(SERVERS, ms))]
    runs += [(str(crowd), crowd.cluster(ms)) for crowd in crowds]
    for name, cluster in runs:
        yield Row(f"{name}: sent", "bytes/virtual s"), _bytes_per_second(cluster)


def _bytes_per_second(cluster: Cluster) -> float:
    """The size of the second window, which is the first one without an election in it."""
    window = Timeline(cluster.history).window(1)
    if window is None:
        raise RuntimeError("the run to be measured is too short")
    return len(json.dumps(packed(window), separators=(",", ":"))) / (WINDOW / 1e6)
