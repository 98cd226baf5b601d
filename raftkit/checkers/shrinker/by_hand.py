"""A failing run told again by hand, event by event, with every event that it can do without gone.

A schedule of faults leaves much to luck: latencies, timeouts, everybody else's
messages. Told by hand each arrival and each timeout is an act of its own, so that an
event that is not needed can be left out like any other. A message is known by the
event that sent it, and goes with it. What never happened needs no telling: a message
that was lost simply does not arrive.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from raftkit.checkers.shrinker.fewest import fewest
from raftkit.checkers.trials import AnyRules, Timed, Trial, TrialCluster, cluster_of, run_trial
from raftkit.protocol import ClientRequest, Settings, TimerFired
from raftkit.simulator import (
    Acted,
    ByHand,
    Crash,
    Deliver,
    History,
    Propose,
    Restart,
    SlowDisk,
    Step,
    Timeout,
    TornWrite,
)
from raftkit.simulator.cluster import MILLISECOND, MakeServer


@dataclass(frozen=True, slots=True)
class Origin:
    """Which message this is: the one that the event `sender` sent to `target`, of this `kind`.

    If it sent several of the kind, the one at `place`.
    """

    sender: int
    target: str
    kind: str
    place: int


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens; `number` tells it from all others, also when some are left out.

    `what` is an act of the simulator, or the origin of a message that arrives.
    """

    number: int
    what: Any


Story = tuple[Event, ...]


def shrink_by_hand(
    trial: Trial, rules: AnyRules = None, make_server: MakeServer | None = None
) -> Trial | None:
    """The shortest trial by hand that breaks the property that `trial` breaks first.

    No event can be left out of it. None if the run cannot be told by hand: a bound on time is
    not broken by what happens but by what does not.
    """
    cluster = run_trial(trial, rules, make_server)
    teller = _Teller(rules, make_server, trial.settings, cluster.violations[0].property)
    servers, story = trial.servers, story_of(cluster.history)
    if not teller.breaks(servers, story):
        return None
    story = teller.shortest(servers, story)
    servers, story = teller.with_fewer_servers(servers, story)
    story = teller.in_order_of_appearance(servers, story)
    if teller.settings != Settings():
        plain = replace(teller, settings=Settings())
        teller = plain if plain.breaks(servers, story) else teller
    # In a smaller cluster, or with other names, less may be enough.
    return teller.tell(servers, teller.shortest(servers, story))


# From a history to a story -----------------------------------------------------------------


def story_of(history: History) -> Story:
    """Everything that servers did in a run, in order, without the time that passed between."""
    servers = set(history.setup["servers"])
    writer = _Writer()
    for record in history.records:
        if type(record) is Step and record.process in servers:
            writer.step(record)
        elif type(record) is Acted:
            writer.act(record)
    return tuple(Event(number, what) for number, what in enumerate(writer.told))


class _Writer:
    """Goes through a history and tells it by hand."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self._origins: dict[int, Origin] = {}
        self._sync_delay: dict[str, int] = defaultdict(int)
        # For each server, the instants when its latest writes will be durable, and which event
        # made each.
        self._unsynced: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def act(self, record: Acted) -> None:
        """What was done to servers; what was done to the network shows in what arrives."""
        action = record.action
        if isinstance(action, SlowDisk):
            self._sync_delay[action.server] = action.sync_delay
        elif isinstance(action, Crash):
            self._lose_writes(action.server, record.time)
        if isinstance(action, Crash | Restart | TornWrite):
            self.told.append(action)

    def step(self, step: Step) -> None:
        """A timer that ran out, a command, or a message that arrived."""
        event = step.event
        if isinstance(event, TimerFired):
            self.told.append(Timeout(step.process, event.timer))
        elif isinstance(event, ClientRequest):
            self.told.append(Propose(event.command, step.process))
        elif id(event) in self._origins:
            self.told.append(self._origins[id(event)])
        self._sent(step)
        delay = self._sync_delay[step.process]
        if step.effects.writes and delay:
            self._unsynced[step.process].append((step.time + delay, len(self.told) - 1))

    def _sent(self, step: Step) -> None:
        """Remember who has sent which message; what a start sends comes of the restart before."""
        places: Counter[tuple[str, str]] = Counter()
        for message in (*step.effects.early_messages, *step.effects.messages):
            ends = (message.target, type(message).__name__)
            self._origins[id(message)] = Origin(len(self.told) - 1, *ends, places[ends])
            places[ends] += 1

    def _lose_writes(self, server: str, now: int) -> None:
        """A crash before a slow disk is done: by hand, in the middle of the first lost write."""
        lost = [event for due, event in self._unsynced.pop(server, []) if due > now]
        if lost:
            self.told[lost[0]] = (TornWrite(server, 0), self.told[lost[0]])


# From a story to a trial -------------------------------------------------------------------


@dataclass(frozen=True)
class _Teller:
    """Tells stories to fresh clusters, and sees whether `broken` is the property that breaks."""

    rules: AnyRules
    make_server: MakeServer | None
    settings: Settings
    broken: str

    def breaks(self, servers: int, story: Story) -> bool:
        """Whether a story ends as it should."""
        return self._run(servers, story).breaks(self.broken)

    def tell(self, servers: int, story: Story) -> Trial:
        """The trial that is a story."""
        return self._run(servers, story).trial()

    def shortest(self, servers: int, story: Story) -> Story:
        """The story without any event that it can do without."""
        # Much of it comes to nothing at once when the rest is short.
        kept = self._run(servers, story).kept
        shorter = fewest(tuple(kept), lambda some: self.breaks(servers, some))
        return tuple(self._run(servers, shorter).kept)

    def with_fewer_servers(self, servers: int, story: Story) -> tuple[int, Story]:
        """The same in the smallest cluster in which it still ends like that."""
        names = _names(servers)
        for size in range(1, servers):
            for chosen in combinations(names, size):
                smaller = _renamed(story, dict(zip(chosen, _names(size), strict=True)))
                if self.breaks(size, smaller):
                    return size, smaller
        return servers, story

    def in_order_of_appearance(self, servers: int, story: Story) -> Story:
        """The same with the servers numbered as they first act, which is easier to follow."""
        met = dict.fromkeys(_server_of(event.what) for event in story)
        order = [*met, *(name for name in _names(servers) if name not in met)]
        renamed = _renamed(story, dict(zip(order, _names(servers), strict=True)))
        return renamed if self.breaks(servers, renamed) else story

    def _run(self, servers: int, story: Story) -> "_Telling":
        trial = Trial(servers, 0, (Timed(0, ByHand()),), 0, settings=self.settings)
        telling = _Telling(trial, cluster_of(trial, self.rules, self.make_server))
        telling.run(story)
        return telling


class _Telling:
    """One telling of a story; `kept` are the events that came to something."""

    def __init__(self, trial: Trial, cluster: TrialCluster) -> None:
        self._trial = trial
        self._cluster = cluster
        self._schedule = list(trial.schedule)
        self._messages: dict[Origin, Any] = {}
        self.kept: list[Event] = []
        cluster.do(ByHand())

    def breaks(self, property: str) -> bool:
        """Whether the first property that has broken is this one."""
        violations = self._cluster.violations
        return bool(violations) and violations[0].property == property

    def trial(self) -> Trial:
        """What has happened, as a trial."""
        schedule = tuple(self._schedule)
        return replace(self._trial, schedule=schedule, end=schedule[-1].at)

    def run(self, story: Story) -> None:
        """Let everything happen that can, a millisecond apart, until something breaks."""
        arrivals = Counter(event.what for event in story if isinstance(event.what, Origin))
        for event in story:
            if self._cluster.violations:
                return
            arrivals[event.what] -= 1
            actions = self._actions(event.what, again=arrivals[event.what] > 0)
            if actions:
                self._happen(event, actions)

    def _actions(self, what: Any, again: bool = False) -> list[Any]:
        """The acts of the simulator for an event; [] if it cannot happen or changes nothing."""
        if isinstance(what, tuple):
            torn, event = what
            actions = self._actions(event)
            return [torn, *actions] if actions else []
        cluster = self._cluster
        running = cluster.state(_server_of(what)) is not None
        if isinstance(what, Restart):
            return [] if running else [what]
        if not running:
            return []
        if isinstance(what, Timeout) and cluster.host(what.server).deadline(what.timer) is None:
            return []
        return self._arrival(what, again) if isinstance(what, Origin) else [what]

    def _arrival(self, origin: Origin, again: bool) -> list[Any]:
        """The delivery of a message, if it is there; it is named by its place in the line."""
        message = self._messages.get(origin)
        alike = [
            held
            for held in self._cluster.held
            if (held.target, type(held).__name__) == (origin.target, origin.kind)
            and held.source == getattr(message, "source", None)
        ]
        place = next((place for place, held in enumerate(alike) if held is message), None)
        if message is None or place is None:
            return []
        return [Deliver(message.source, origin.target, origin.kind, place, again)]

    def _happen(self, event: Event, actions: Iterable[Any]) -> None:
        """Let an event happen, and see what it sends."""
        cluster = self._cluster
        before = {id(message) for message in cluster.held}
        cluster.run(ms=1)
        at = round(cluster.now_ms * MILLISECOND)
        for action in actions:
            cluster.do(action)
            self._schedule.append(Timed(at, action))
        places: Counter[tuple[str, str]] = Counter()
        for message in cluster.held:
            if id(message) not in before:
                ends = (message.target, type(message).__name__)
                self._messages[Origin(event.number, *ends, places[ends])] = message
                places[ends] += 1
        self.kept.append(event)


# Names -------------------------------------------------------------------------------------


def _names(servers: int) -> tuple[str, ...]:
    return tuple(f"S{number}" for number in range(1, servers + 1))


def _server_of(what: Any) -> str:
    """Who takes part in an event."""
    if isinstance(what, tuple):
        return _server_of(what[1])
    return str(what.target if isinstance(what, Origin) else what.server)


def _renamed(story: Story, names: dict[str, str]) -> Story:
    """A story with other names; what happens to servers without one is left out."""

    def all_events() -> Iterator[Event]:
        for event in story:
            name = names.get(_server_of(event.what))
            if name is not None:
                yield Event(event.number, _with_server(event.what, name))

    return tuple(all_events())


def _with_server(what: Any, name: str) -> Any:
    """An event of another server."""
    if isinstance(what, tuple):
        return tuple(_with_server(part, name) for part in what)
    if isinstance(what, Origin):
        return replace(what, target=name)
    return replace(what, server=name)
