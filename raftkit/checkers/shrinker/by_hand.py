"""A failing run told again by hand, event by event, with every event that it can do without gone.

A schedule of faults leaves much to luck: latencies, timeouts, everybody else's
messages. Told by hand each arrival and each timeout is an act of its own, so that an
event that is not needed can be left out like any other. How a run becomes a story is
told in stories.py.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from raftkit.checkers.cluster import Cluster
from raftkit.checkers.shrinker.fewest import fewest
from raftkit.checkers.shrinker.stories import Event, Origin, Story, story_of
from raftkit.checkers.trials import (
    AnyRules,
    Timed,
    Trial,
    cluster_of,
    first_violation,
    run_trial,
)
from raftkit.protocol import Settings
from raftkit.protocol.json_form import from_json
from raftkit.simulator import Ask, ByHand, Deliver, History, Restart, Timeout
from raftkit.simulator.by_hand import is_by_hand
from raftkit.simulator.cluster import MILLISECOND, MakeServer


def shrink_by_hand(
    trial: Trial, rules: AnyRules = None, make_server: MakeServer | None = None
) -> Trial | None:
    """The shortest trial by hand that breaks the property that `trial` breaks first.

    No event can be left out of it. None if the run cannot be told by hand: a bound on time is
    not broken by what happens but by what does not.
    """
    cluster = run_trial(trial, rules, make_server)
    broken = cluster.violations[0].property
    # Clients themselves have a part only in what they are told.
    clients = trial.clients if trial.clients and _is_told_to_clients(broken) else 0
    teller = _Teller(rules, make_server, trial.settings, broken, clients)
    servers, story = trial.servers, story_of(cluster.history, clients > 0)
    if not teller.breaks(servers, story):
        return None
    story = teller.shortest(servers, story)
    teller, story = teller.with_fewer_clients(servers, story)
    servers, story = teller.with_fewer_servers(servers, story)
    story = teller.in_order_of_appearance(servers, story)
    if teller.settings != Settings():
        plain = replace(teller, settings=Settings())
        teller = plain if plain.breaks(servers, story) else teller
    # In a smaller cluster, or with other names, less may be enough.
    told = teller.tell(servers, teller.shortest(servers, story))
    shorter = _without_needless_acts(told, teller)
    return told if shorter == told else shrink_by_hand(shorter, rules, make_server) or told


def schedule_of(
    history: History, rules: AnyRules = None, make_server: MakeServer | None = None
) -> tuple[Any, ...]:
    """The acts by hand, one after the other, after which servers stand where a run has left them.

    A run by hand is told act by act. Of any other one it is told what happened to its servers:
    what was lost does not arrive, and what a client asked for is handed to them from outside.

    >>> from raftkit.simulator import Cluster
    >>> cluster = Cluster(servers=3, seed=1)
    >>> cluster.do(Timeout("S1"))
    >>> cluster.run(ms=14)
    >>> schedule_of(cluster.history)[1]
    Deliver(source='S1', target='S3', kind='RequestVoteRequest', place=0, again=False)
    """
    begins = [asked.action for asked in history.inputs if asked.at == 0][:1] == [ByHand()]
    if begins and is_by_hand(history, history.end):
        return tuple(asked.action for asked in history.inputs[1:])
    settings = from_json(history.setup["settings"])
    teller = _Teller(rules, make_server, settings, broken="", clients=0)
    told = teller.tell(len(history.setup["servers"]), story_of(history))
    return tuple(timed.action for timed in told.schedule[1:])


def _without_needless_acts(told: Trial, teller: "_Teller") -> Trial:
    """Leave out acts alone: where a message goes with its event, another may take its place."""
    by_hand, *acts = told.schedule

    def without_others(some: tuple[Timed, ...]) -> Trial:
        return replace(told, schedule=(by_hand, *some))

    def breaks(some: tuple[Timed, ...]) -> bool:
        broken = first_violation(without_others(some), teller.rules, teller.make_server)
        return broken is not None and broken.property == teller.broken

    return without_others(fewest(tuple(acts), breaks))


# From a story to a trial -------------------------------------------------------------------


@dataclass(frozen=True)
class _Teller:
    """Tells stories to fresh clusters, and sees whether `broken` is the property that breaks."""

    rules: AnyRules
    make_server: MakeServer | None
    settings: Settings
    broken: str
    clients: int

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

    def with_fewer_clients(self, servers: int, story: Story) -> tuple["_Teller", Story]:
        """The same with those clients alone who ask for something, numbered as they do."""
        asking = dict.fromkeys(event.what.client for event in story if isinstance(event.what, Ask))
        fewer = replace(self, clients=len(asking))
        names = dict(zip(asking, _names(len(asking), "C"), strict=True))
        renamed = _renamed(story, names | _unchanged(_names(servers)))
        return (fewer, renamed) if fewer.breaks(servers, renamed) else (self, story)

    def with_fewer_servers(self, servers: int, story: Story) -> tuple[int, Story]:
        """The same in the smallest cluster in which it still ends like that."""
        names = _names(servers)
        for size in range(1, servers):
            for chosen in combinations(names, size):
                new_names = dict(zip(chosen, _names(size), strict=True))
                smaller = _renamed(story, new_names | _unchanged(_names(self.clients, "C")))
                if self.breaks(size, smaller):
                    return size, smaller
        return servers, story

    def in_order_of_appearance(self, servers: int, story: Story) -> Story:
        """The same with the servers numbered as they first act, which is easier to follow."""
        clients = _unchanged(_names(self.clients, "C"))
        met = dict.fromkeys(_process_of(event.what) for event in story)
        order = [name for name in (met | _unchanged(_names(servers))) if name not in clients]
        renamed = _renamed(story, dict(zip(order, _names(servers), strict=True)) | clients)
        return renamed if self.breaks(servers, renamed) else story

    def _run(self, servers: int, story: Story) -> "_Telling":
        start = (Timed(0, ByHand()),)
        trial = Trial(servers, 0, start, 0, settings=self.settings, clients=self.clients)
        telling = _Telling(trial, cluster_of(trial, self.rules, self.make_server))
        telling.run(story)
        return telling


def _is_told_to_clients(property: str) -> bool:
    """Whether a property is about what clients are told."""
    # Most trials have no clients, and do not need what judges them.
    from raftkit.checkers.linearizability.cluster_calls import LINEARIZABILITY

    return property == LINEARIZABILITY


class _Telling:
    """One telling of a story; `kept` are the events that came to something."""

    def __init__(self, trial: Trial, cluster: Cluster) -> None:
        self._trial = trial
        self._cluster = cluster
        self._schedule = list(trial.schedule)
        self._messages: dict[Origin, Any] = {}
        self.kept: list[Event] = []
        cluster.do(ByHand())

    def breaks(self, property: str) -> bool:
        """Whether the first property that has broken is this one."""
        violations = self._cluster.violations
        if not violations and self._trial.clients and _is_told_to_clients(property):
            from raftkit.checkers.linearizability import linearizability_violation

            return linearizability_violation(self._cluster) is not None
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
        running = cluster.state(_process_of(what)) is not None
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


def _names(count: int, letter: str = "S") -> tuple[str, ...]:
    return tuple(f"{letter}{number}" for number in range(1, count + 1))


def _unchanged(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in names}


def _process_of(what: Any) -> str:
    """Who takes part in an event."""
    if isinstance(what, tuple):
        return _process_of(what[1])
    if isinstance(what, Ask):
        return what.client
    return str(what.target if isinstance(what, Origin) else what.server)


def _renamed(story: Story, names: dict[str, str]) -> Story:
    """A story with other names; what happens to those without one is left out."""

    def all_events() -> Iterator[Event]:
        for event in story:
            name = names.get(_process_of(event.what))
            if name is not None:
                yield Event(event.number, _with_process(event.what, name))

    return tuple(all_events())


def _with_process(what: Any, name: str) -> Any:
    """An event of another server or client."""
    if isinstance(what, tuple):
        return tuple(_with_process(part, name) for part in what)
    if isinstance(what, Origin):
        return replace(what, target=name)
    return replace(what, client=name) if isinstance(what, Ask) else replace(what, server=name)
