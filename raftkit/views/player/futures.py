"""`Futures`: the runs that a viewer has made, as a tree, each forked from another at an instant.

To act is to be at an instant: whoever acts in the past begins a new future there, and
the old one stays to go back to. Clusters run here ahead of what the browser shows, so
the unseen rest of a run is given up without a word. It does not know the browser.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from raftkit.checkers import Cluster
from raftkit.simulator import History, System
from raftkit.simulator.by_hand import is_by_hand
from raftkit.views.descriptions import act_in_words
from raftkit.views.player.checkpoints import SPACING, Checkpoints
from raftkit.views.player.played_system import going_on, watch_played
from raftkit.views.player.timeline import WINDOW, Timeline

Json = dict[str, Any]
Story = Callable[[Any], Any]

# A window is run a little beyond its end, so that what is in the air then is seen to land.
BEYOND = 50_000
# By hand time stands still, and each act has a millisecond to be seen in.
A_STEP_BY_HAND = 1_000
AHEAD_MAX = 3_600_000_000  # microseconds: an hour of virtual time is more than anybody watches


class PlaybackOnly(RuntimeError):
    """A history whose servers are not at hand can be watched, but not changed."""


@dataclass(eq=False)
class Future:
    """One run: `cluster` is None for a history that can only be watched.

    `parent` is the future it was forked from at `forked` (microseconds), by doing `deed`.
    """

    id: int
    timeline: Timeline
    cluster: System | None
    parent: int | None = None
    forked: int = 0
    deed: str = ""
    checkpoints: Checkpoints = field(default_factory=Checkpoints)

    @property
    def end(self) -> int:
        """How far it has been run, in microseconds."""
        return self.timeline.history.end

    @property
    def is_by_hand(self) -> bool:
        """Whether it waits, at its end, for somebody to let a message arrive or a timer run out."""
        return is_by_hand(self.timeline.history, self.end)

    def broken_by(self, time: int) -> bool:
        """Whether a promise has been broken by then, so that nothing follows."""
        return any(broken.time <= time for broken in self.timeline.history.violations)

    def plans_beyond(self, time: int) -> bool:
        """Whether something was asked for by then that was to happen later."""
        return any(asked.now <= time < asked.at for asked in self.timeline.history.inputs)

    def to_json(self) -> Json:
        """What the browser's tree shows."""
        return {"id": self.id, "parent": self.parent, "forked": self.forked, "deed": self.deed}


class Futures:
    """All futures; `now` is the one that is watched.

    The cluster that is handed in is never touched: its past is copied as soon as it must go on.
    `parts` are the rules or servers with which a history goes on that was made with its own.
    """

    def __init__(self, source: System | History, parts: dict[str, Any] | None = None) -> None:
        history = source if isinstance(source, History) else source.history
        # Makes the cluster of the first future as it was at an instant; None if nobody can.
        self._begin: Callable[[float], System] | None = None
        if not isinstance(source, History):
            self._begin = partial(going_on, source)
        elif not _lacks_parts(source, parts or {}):
            self._begin = partial(Cluster.replay, source, watch=(watch_played,), **(parts or {}))
        self.all: list[Future] = [Future(0, Timeline(history), None)]
        self.now = self.all[0]

    # Watching --------------------------------------------------------------------------

    @property
    def is_live(self) -> bool:
        """Whether the run can go on and be acted upon."""
        return self.now.cluster is not None or self._begin is not None

    def window(self, number: int) -> Json | None:
        """A window of the future that is watched; a live one is run to the end of it."""
        end = (number + 1) * WINDOW + BEYOND
        waits = self.now.broken_by(self.now.end) or self.now.is_by_hand
        if self.is_live and not waits and self.now.end < end <= AHEAD_MAX:
            self._own(self.now)
            self._run(self.now, end)
        return self.now.timeline.window(number)

    def watch(self, id: int) -> None:
        """Go to another future. Raises ValueError if there is none of this number."""
        for future in self.all:
            if future.id == id:
                self.now = future
                return
        raise ValueError(f"there is no future {id}; there are 0 to {self.all[-1].id}")

    def at(self, time: int) -> System:
        """A copy of the watched cluster at an instant. Raises `PlaybackOnly` if there is none."""
        return self._fork(self.now, min(time, self.now.end))

    # Acting ----------------------------------------------------------------------------

    def act(self, time: int, actions: Sequence[Any], seen: int) -> Future:
        """Do something at an instant of the watched future; the future that this makes.

        `seen` is how far anybody has watched: what comes after it is given up, what comes before it
        is kept, and the act begins a future of its own. By hand, it has a millisecond for itself.
        Raises ValueError for an act that the cluster refuses, `PlaybackOnly` if there can be none.
        """
        first, *more = [act_in_words(action) for action in actions] or [""]
        deed = f"{first}, and {len(more)} more" if more else first
        return self.tell(time, lambda cluster: cluster.do(*actions), seen, deed)

    def tell(self, time: int, story: Story, seen: int, deed: str) -> Future:
        """As `act`, with all that `story` does to the cluster and lets happen to it meanwhile."""
        old = self.now
        if not 0 <= time <= AHEAD_MAX:
            raise ValueError(f"{time / 1000:g} ms is no instant of this run")
        self._own(old)
        if time > old.end and not old.broken_by(old.end):
            self._run(old, time)
        cluster = self._fork(old, time)
        if cluster.violations or old.broken_by(time):
            raise ValueError(
                "a promise is broken here, so nothing can follow: go back and act earlier"
            )
        done = time + A_STEP_BY_HAND * is_by_hand(cluster.history, time)
        cluster.run(ms=(done - time) / 1_000)
        asked = len(cluster.history.inputs)
        story(cluster)
        if len(cluster.history.inputs) == asked:
            raise ValueError("There is nobody to do that to now.")
        return self._begin_future(old, time, cluster, seen, deed)

    def _begin_future(
        self, old: Future, time: int, cluster: System, seen: int, deed: str
    ) -> Future:
        """Put a cluster with another future on show, in the place of an unseen one or beside it."""
        history, copied = cluster.history, cluster.is_copied
        timeline = old.timeline.fork(history, time) if copied else Timeline(history)
        # Their clusters still have to do what was planned.
        checkpoints = Checkpoints(() if old.plans_beyond(time) else old.checkpoints.until(time))
        if time >= seen:
            old.timeline, old.cluster, old.checkpoints = timeline, cluster, checkpoints
            return old
        self.now = Future(len(self.all), timeline, cluster, old.id, time, deed, checkpoints)
        self.all.append(self.now)
        return self.now

    # Clusters --------------------------------------------------------------------------

    def _fork(self, future: Future, time: int) -> System:
        """A cluster with this future's past, and a life of its own, without what was planned."""
        cluster = self._own(future)
        if future.plans_beyond(time):
            return going_on(cluster, time / 1_000, as_planned=False)
        near = future.checkpoints.at(cluster.history, time)
        return cluster.fork(ms=time / 1_000) if near is None else near

    def _own(self, future: Future) -> System:
        """The cluster that runs this future on; the one handed in belongs to somebody else."""
        if future.cluster is None:
            if self._begin is None:
                raise PlaybackOnly(
                    "this history was made with rules or servers of its own: "
                    "it can be watched, not changed"
                )
            told = future.timeline.history
            cluster, end = self._begin(0), told.end
            for time in range(0, end, SPACING):
                cluster.follow(told, time / 1_000)
                future.checkpoints.take(cluster)
            cluster.follow(told, end / 1_000)
            if not cluster.violations:
                # What only the end of a trial has shown, as that a bound on time was missed.
                cluster.violations.extend(told.violations)
            future.cluster, future.timeline = cluster, Timeline(cluster.history)
        return future.cluster

    def _run(self, future: Future, until: int) -> None:
        """Run a future on, in such pieces that each of its instants stays near."""
        cluster = self._own(future)
        while (begin := future.end) < until:
            future.checkpoints.take(cluster)
            end = min(until, (begin // SPACING + 1) * SPACING)
            cluster.run(ms=(end - begin) / 1_000)
            if future.end == begin:  # A broken property, or an error in somebody's rule.
                return


def _lacks_parts(history: History, parts: dict[str, Any]) -> bool:
    """Whether a history was made with rules or servers of its own that are not at hand."""
    needs = {"rules": history.setup.get("rules"), "make_server": history.setup.get("own_server")}
    return any(needed and name not in parts for name, needed in needs.items())
