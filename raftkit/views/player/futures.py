"""`Futures`: the runs that a viewer has made, as a tree, each forked from another at an instant.

An action in the past of a run begins a new future at that instant, and the old future stays.
Clusters run ahead of the instant that is shown, so the part of a run that nobody has watched
is replaced. It does not know the browser.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from raftkit.checkers import Cluster
from raftkit.simulator import History, System
from raftkit.simulator.by_hand import is_by_hand
from raftkit.views.descriptions import action_in_words
from raftkit.views.player.checkpoints import SPACING, Checkpoints
from raftkit.views.player.played_system import playable_copy, watch_played
from raftkit.views.player.timeline import WINDOW, Timeline

Json = dict[str, Any]
Story = Callable[[Any], Any]

# A run goes a little beyond the end of a window, so that messages under way are seen to arrive.
BEYOND = 50_000
# By hand nothing happens by itself, and each action takes a millisecond, so that it can be seen.
A_STEP_BY_HAND = 1_000
AHEAD_MAX = 3_600_000_000  # microseconds: the longest run, an hour of virtual time


class PlaybackOnly(RuntimeError):
    """A history whose rules or servers are not given can be watched, but not changed."""


@dataclass(eq=False)
class Future:
    """One run: `cluster` is None for a history that can only be watched.

    `parent` is the future that it was forked from at `forked` (microseconds), and `label` the
    action that began it.
    """

    id: int
    timeline: Timeline
    cluster: System | None
    parent: int | None = None
    forked: int = 0
    label: str = ""
    checkpoints: Checkpoints = field(default_factory=Checkpoints)

    @property
    def end(self) -> int:
        """The instant up to which it has run, in microseconds."""
        return self.timeline.history.end

    @property
    def is_by_hand(self) -> bool:
        """Whether it is run by hand at its end."""
        return is_by_hand(self.timeline.history, self.end)

    def broken_by(self, time: int) -> bool:
        """Whether a property is broken at or before `time`, so that nothing follows."""
        return any(broken.time <= time for broken in self.timeline.history.violations)

    def plans_beyond(self, time: int) -> bool:
        """Whether an action was asked for at or before `time` that happens after it."""
        return any(asked.now <= time < asked.at for asked in self.timeline.history.inputs)

    def to_json(self) -> Json:
        """The data of the future for the browser's tree."""
        return {"id": self.id, "parent": self.parent, "forked": self.forked, "label": self.label}


class Futures:
    """All futures; `now` is the one that is watched.

    The given cluster is never changed; its past is repeated by a new one as soon as the run must
    go on. `parts` are the rules or servers that a history was made with and does not hold.
    """

    def __init__(self, source: System | History, parts: dict[str, Any] | None = None) -> None:
        history = source if isinstance(source, History) else source.history
        # Makes the cluster of the first future at an instant; None if that is not possible.
        self._make_cluster: Callable[[float], System] | None = None
        if not isinstance(source, History):
            self._make_cluster = partial(playable_copy, source)
        elif not _lacks_parts(source, parts or {}):
            self._make_cluster = partial(
                Cluster.replay, source, watch=(watch_played,), **(parts or {})
            )
        self.all: list[Future] = [Future(0, Timeline(history), None)]
        self.now = self.all[0]

    # Watching --------------------------------------------------------------------------

    @property
    def is_live(self) -> bool:
        """Whether the run can go on and take actions."""
        return self.now.cluster is not None or self._make_cluster is not None

    def window(self, number: int) -> Json | None:
        """A window of the watched future, which runs to the end of the window if it is live."""
        end = (number + 1) * WINDOW + BEYOND
        if self._make_cluster is not None and not self.now.timeline.history.deadlines:
            self._cluster_of(self.now)  # A history from a file does not know when timers run out.
        waits = self.now.broken_by(self.now.end) or self.now.is_by_hand
        if self.is_live and not waits and self.now.end < end <= AHEAD_MAX:
            self._cluster_of(self.now)
            self._run(self.now, end)
        return self.now.timeline.window(number)

    def watch(self, id: int) -> None:
        """Watch another future. Raises ValueError if there is none with this id."""
        for future in self.all:
            if future.id == id:
                self.now = future
                return
        raise ValueError(f"there is no future {id}; there are 0 to {self.all[-1].id}")

    def at(self, time: int) -> System:
        """A copy of the watched cluster at an instant. Raises `PlaybackOnly` if there is none."""
        return self._fork(self.now, min(time, self.now.end))

    # Acting ----------------------------------------------------------------------------

    def act(self, time: int, actions: Sequence[Any], watched_until: int) -> Future:
        """Do actions at an instant of the watched future; returns the future that this makes.

        `watched_until` is the last instant that has been watched. An action after it changes this
        future; an action before it begins a new future. By hand an action takes a millisecond.
        Raises ValueError for an action that the cluster refuses, `PlaybackOnly` if no action is
        possible.
        """
        first, *more = [action_in_words(action) for action in actions] or [""]
        label = f"{first}, and {len(more)} more" if more else first
        return self.run_story(time, lambda cluster: cluster.do(*actions), watched_until, label)

    def run_story(self, time: int, story: Story, watched_until: int, label: str) -> Future:
        """As `act`, but with everything that `story` does; it may also let time pass."""
        old = self.now
        if not 0 <= time <= AHEAD_MAX:
            raise ValueError(f"{time / 1000:g} ms is no instant of this run")
        self._cluster_of(old)
        if time > old.end and not old.broken_by(old.end):
            self._run(old, time)
        cluster = self._fork(old, time)
        if cluster.violations or old.broken_by(time):
            raise ValueError(
                "a property is broken here, so nothing can follow: go back and act earlier"
            )
        done = time + A_STEP_BY_HAND * is_by_hand(cluster.history, time)
        cluster.run(ms=(done - time) / 1_000)
        asked = len(cluster.history.inputs)
        story(cluster)
        if len(cluster.history.inputs) == asked:
            raise ValueError("There is nobody to do that to now.")
        return self._begin_future(old, time, cluster, watched_until, label)

    def _begin_future(
        self, old: Future, time: int, cluster: System, watched_until: int, label: str
    ) -> Future:
        """Watch a new future of `cluster`; it replaces one that was not watched after `time`."""
        history, copied = cluster.history, cluster.is_copied
        timeline = old.timeline.fork(history, time) if copied else Timeline(history)
        # A checkpoint's cluster would still do the actions that were planned.
        checkpoints = Checkpoints(() if old.plans_beyond(time) else old.checkpoints.until(time))
        if time >= watched_until:
            if old.cluster is not None:
                old.cluster.simulation.take_apart()
            old.timeline, old.cluster, old.checkpoints = timeline, cluster, checkpoints
            return old
        self.now = Future(len(self.all), timeline, cluster, old.id, time, label, checkpoints)
        self.all.append(self.now)
        return self.now

    # Clusters --------------------------------------------------------------------------

    def _fork(self, future: Future, time: int) -> System:
        """A new cluster with this future's past, without the actions planned for later."""
        cluster = self._cluster_of(future)
        if future.plans_beyond(time):
            return playable_copy(cluster, time / 1_000, as_planned=False)
        near = future.checkpoints.at(cluster.history, time)
        return cluster.fork(ms=time / 1_000) if near is None else near

    def _cluster_of(self, future: Future) -> System:
        """The cluster that runs this future; it is made at first use, never the given one."""
        if future.cluster is None:
            if self._make_cluster is None:
                raise PlaybackOnly(
                    "this history was made with rules or servers of its own: "
                    "it can be watched, not changed"
                )
            history = future.timeline.history
            cluster, end = self._make_cluster(0), history.end
            for time in range(0, end, SPACING):
                cluster.follow(history, time / 1_000)
                future.checkpoints.take(cluster)
            cluster.follow(history, end / 1_000)
            if not cluster.violations:
                # Some violations are found only at the end of a trial, not by a cluster's checkers.
                cluster.violations.extend(history.violations)
            future.cluster, future.timeline = cluster, Timeline(cluster.history)
        return future.cluster

    def _run(self, future: Future, until: int) -> None:
        """Run a future up to `until`, and take checkpoints on the way."""
        cluster = self._cluster_of(future)
        while (begin := future.end) < until:
            future.checkpoints.take(cluster)
            end = min(until, (begin // SPACING + 1) * SPACING)
            cluster.run(ms=(end - begin) / 1_000)
            if future.end == begin:  # A broken property, or an error in a student's rule.
                return


def _lacks_parts(history: History, parts: dict[str, Any]) -> bool:
    """Whether a history was made with rules or servers that `parts` does not have."""
    needs = {"rules": history.setup.get("rules"), "make_server": history.setup.get("own_server")}
    return any(needed and name not in parts for name, needed in needs.items())
