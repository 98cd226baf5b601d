"""Measures a long run: how fast it is simulated, played, drawn and saved, and what it holds.

Five servers are asked for a command each second, as in a lecture. The aims for ten minutes are 3 s
for a saved page, 0.3 s for a picture, 1 s for showing it again, and 4 MB a minute. At 60x a
window, two virtual seconds, may take 33 ms, with its simulation.
"""

import gc
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

from raftkit.bench.measurement import FLOOR, Measurement, floor_events, quotient
from raftkit.checkers.cluster import Cluster
from raftkit.simulator import Propose

if TYPE_CHECKING:
    from raftkit.views.player.player import Player

SERVERS = 5


class LongRun:
    """A run of so many virtual minutes, and a live player that has played all of it."""

    def __init__(self, minutes: float) -> None:
        self.minutes = minutes
        self._milliseconds = round(minutes * 60_000)

    def cluster(self) -> Cluster:
        """A new cluster before its first instant, with a command planned for each second."""
        cluster = Cluster(servers=SERVERS)
        for second in range(1, round(self.minutes * 60)):
            cluster.do(Propose(f"x={second}"), at_ms=1_000 * second)
        return cluster

    def simulated(self) -> float:
        """The CPU time of a record of the run, in seconds, with history and checks."""
        cluster = self.cluster()
        started = process_time()
        for _ in range(0, self._milliseconds, 1_000):
            cluster.run(ms=1_000)
        return (process_time() - started) / len(cluster.history.records)

    def played(self) -> float:
        """The CPU time of a window, in seconds, simulated and made ready for the browser."""
        from raftkit.views.player.timeline import WINDOW

        player, started = self._new_player(), process_time()
        for number in range(many := self._milliseconds * 1_000 // WINDOW):
            player.windows(number)
        return (process_time() - started) / many

    def megabytes_a_minute(self) -> float:
        """The memory of a virtual minute in a live player, in megabytes."""
        from raftkit.views.player.timeline import WINDOW

        player = self._new_player()
        tracemalloc.start()
        try:
            for number in range(self._milliseconds * 1_000 // WINDOW):
                player.windows(number)
            gc.collect()
            return tracemalloc.get_traced_memory()[0] / 1e6 / self.minutes
        finally:
            tracemalloc.stop()

    def timed(self, use: Callable[["Player"], Any]) -> float:
        """The CPU time of what is done with the player of the whole run, in seconds."""
        player = self._player
        started = process_time()
        use(player)
        return process_time() - started

    @cached_property
    def _player(self) -> "Player":
        from raftkit.views.player.timeline import WINDOW

        player = self._new_player()
        player.windows(self._milliseconds * 1_000 // WINDOW - 1)
        player.time = float(self._milliseconds)
        return player

    def _new_player(self) -> "Player":
        # Widgets take long to import, and most figures need none.
        from raftkit.views.player import play

        player: Player = play(self.cluster())
        return player


def long_run_rows(minutes: float) -> Iterator[Measurement]:
    """The figures of a run of so many virtual minutes."""
    run = LongRun(minutes)
    name = f"{minutes:g} minutes of {SERVERS} servers"
    uses = {
        "picture": lambda player: player.snapshot(),
        "shown again": lambda player: player.opening_report(),
        "saved as a page": _save,
    }
    yield Measurement(f"{name}: a record", "s", run.simulated, FLOOR, floor_events)
    yield Measurement(f"{name}: a window, live", "s", run.played, FLOOR, floor_events, once=True)
    for what, use in uses.items():

        def seconds(use: Callable[["Player"], Any] = use) -> float:
            return run.timed(use)

        yield Measurement(f"{name}: {what}", "s", seconds, FLOOR, floor_events, once=True)
    memory = f"{name}: memory"
    yield Measurement(memory, "MB/minute", run.megabytes_a_minute, memory, quotient, once=True)


def _save(player: "Player") -> None:
    with tempfile.TemporaryDirectory() as folder:
        player.save_html(Path(folder) / "run.html")
