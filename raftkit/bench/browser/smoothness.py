"""Measures how smoothly recordings play, and how many bytes a live picture sends.

The recordings are pages that need no kernel. How clusters are made is in busy_clusters.py,
how frames are counted in frames.py.
"""

import json
from pathlib import Path

from playwright.sync_api import Browser

from raftkit.bench.browser.aims import FRAMES, GAP_MS, STUTTER_MS, Row, Values
from raftkit.bench.browser.busy_clusters import WARM_UP_MS, BusyCluster, idle_cluster, record
from raftkit.bench.browser.frames import frames_of, playing
from raftkit.bench.browser.sizes import Sizes
from raftkit.checkers import Cluster
from raftkit.views.player.packing import packed
from raftkit.views.player.timeline import WINDOW, Timeline

SLOWLY = 1 / 50
FAST = 60  # a virtual minute in a second
SERVERS = 5
RAMP_UP_MS = 200  # virtual, until as many messages arrive as are sent


def busy_values(browser: Browser, recording: Path, busy: BusyCluster, sizes: Sizes) -> Values:
    """Frames a second, late frames, and script time of the recording of a busy cluster."""
    rows = (
        (Row(f"{busy}: frames", "frames/s", FRAMES, more_is_better=True), "per_second"),
        (Row(f"{busy}: gap, 95th percentile", "ms", GAP_MS), "late_gap"),
        (Row(f"{busy}: script", "ms/frame"), "script_ms"),
        (Row(f"{busy}: really in flight", "messages"), "in_flight"),
    )
    full = (WARM_UP_MS + RAMP_UP_MS) / _recording_ms(sizes)
    with playing(browser, recording, full) as page:
        for _ in range(sizes.samples):
            frames = frames_of(page, sizes.seconds)
            for row, name in rows:
                yield row, getattr(frames, name)


def record_busy(busy: BusyCluster, folder: Path, sizes: Sizes) -> Path:
    """Write a page with as much of a busy cluster's run as is watched, and some more."""
    path = folder / f"{busy.servers}_{busy.in_flight}.html"
    record(
        busy.cluster(_recording_ms(sizes) - WARM_UP_MS), path, SLOWLY, until_ms=_recording_ms(sizes)
    )
    return path


def _recording_ms(sizes: Sizes) -> float:
    """The length of a busy cluster's recording, in virtual milliseconds."""
    watched = 1_000 * sizes.seconds * sizes.samples * SLOWLY
    return WARM_UP_MS + RAMP_UP_MS + 2 * watched + 100


def recording_values(browser: Browser, recording: Path, minutes: float) -> Values:
    """The size of a long recording as a file, and its longest gap when it is played through."""
    name = f"{minutes:g} virtual minutes"
    yield Row(f"{name}: size of the file", "MB"), recording.stat().st_size / 1e6
    with playing(browser, recording) as page:
        frames = frames_of(page, 2 * minutes * 60 / FAST + 5)
    yield Row(f"{name}: longest stutter", "ms", STUTTER_MS), frames.longest_gap


def record_minutes(minutes: float, folder: Path) -> Path:
    """Write a page with a long run of an idle cluster."""
    path = folder / "minutes.html"
    record(idle_cluster(SERVERS), path, FAST, until_ms=minutes * 60_000)
    return path


def sent_values(clusters: tuple[BusyCluster, ...]) -> Values:
    """The bytes of JSON that a virtual second takes, for an idle cluster and for busy ones."""
    ms = 2.5 * WINDOW / 1_000
    runs = [(f"{SERVERS} servers at rest", idle_cluster(SERVERS, ms))]
    runs += [(str(busy), busy.cluster(ms)) for busy in clusters]
    for name, cluster in runs:
        yield Row(f"{name}: sent", "bytes/virtual s"), _bytes_per_second(cluster)


def _bytes_per_second(cluster: Cluster) -> float:
    """The size of the second window, which is the first one without an election in it."""
    window = Timeline(cluster.history).window(1)
    if window is None:
        raise RuntimeError("the run to be measured is too short")
    return len(json.dumps(packed(window), separators=(",", ":"))) / (WINDOW / 1e6)
