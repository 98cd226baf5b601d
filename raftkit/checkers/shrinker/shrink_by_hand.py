"""Shrinks a failing run by repeating it by hand, and leaving out every event that is not needed.

In a schedule of faults, much is left to chance: latencies, timeouts, other messages. By hand, each
arrival and each timeout is an action of its own, so that it can be left out like any other. How a
run becomes a trace of events is written in traces.py.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from raftkit.checkers.cluster import Cluster
from raftkit.checkers.shrinker.fewest import fewest
from raftkit.checkers.shrinker.traces import Event, Origin, Trace, trace_of
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
from raftkit.simulator.raft_system import MILLISECOND, MakeServer


def shrink_by_hand(
    trial: Trial, rules: AnyRules = None, make_server: MakeServer | None = None
) -> Trial | None:
    """Return the shortest trial by hand that breaks the property that `trial` breaks first.

    No event can be left out of it. Returns None if the run cannot be repeated by hand: a bound on
    time is broken by what does not happen.
    """
    cluster = run_trial(trial, rules, make_server)
    broken = cluster.violations[0].property
    # Only linearizability is about what clients are told; otherwise they are left out.
    clients = trial.clients if trial.clients and _is_told_to_clients(broken) else 0
    runner = _TraceRunner(rules, make_server, trial.settings, broken, clients)
    servers, trace = trial.servers, trace_of(cluster.history, clients > 0)
    if not runner.breaks(servers, trace):
        return None
    trace = runner.shortest(servers, trace)
    runner, trace = runner.with_fewer_clients(servers, trace)
    servers, trace = runner.with_fewer_servers(servers, trace)
    trace = runner.in_order_of_appearance(servers, trace)
    if runner.settings != Settings():
        plain = replace(runner, settings=Settings())
        runner = plain if plain.breaks(servers, trace) else runner
    # In a smaller cluster, or under other names, fewer events may be enough.
    shrunk = runner.trial_of(servers, runner.shortest(servers, trace))
    shorter = _without_needless_actions(shrunk, runner)
    return shrunk if shorter == shrunk else shrink_by_hand(shorter, rules, make_server) or shrunk


def schedule_of(
    history: History, rules: AnyRules = None, make_server: MakeServer | None = None
) -> tuple[Any, ...]:
    """Return the actions by hand that bring servers to the states in which a run has left them.

    If the run was by hand, these are its actions. Otherwise they are the events of its servers: a
    lost message does not arrive, and a client's command is handed to its server from outside.

    >>> from raftkit.simulator import RaftSystem
    >>> cluster = RaftSystem(servers=3, seed=1)
    >>> cluster.do(Timeout("S1"))
    >>> cluster.run(ms=14)
    >>> schedule_of(cluster.history)[1]
    Deliver(source='S1', target='S3', kind='RequestVoteRequest', place=0, again=False)
    """
    begins = [asked.action for asked in history.inputs if asked.at == 0][:1] == [ByHand()]
    if begins and is_by_hand(history, history.end):
        return tuple(asked.action for asked in history.inputs[1:])
    settings = from_json(history.setup["settings"])
    runner = _TraceRunner(rules, make_server, settings, broken="", clients=0)
    trial = runner.trial_of(len(history.setup["servers"]), trace_of(history))
    return tuple(timed.action for timed in trial.schedule[1:])


def _without_needless_actions(shrunk: Trial, runner: "_TraceRunner") -> Trial:
    """Leave out single actions, whose messages another message may replace."""
    by_hand, *actions = shrunk.schedule

    def without_others(some: tuple[Timed, ...]) -> Trial:
        return replace(shrunk, schedule=(by_hand, *some))

    def breaks(some: tuple[Timed, ...]) -> bool:
        broken = first_violation(without_others(some), runner.rules, runner.make_server)
        return broken is not None and broken.property == runner.broken

    return without_others(fewest(tuple(actions), breaks))


# From a trace to a trial -------------------------------------------------------------------


@dataclass(frozen=True)
class _TraceRunner:
    """Runs traces on new clusters; `broken` is the property that a trace must break."""

    rules: AnyRules
    make_server: MakeServer | None
    settings: Settings
    broken: str
    clients: int

    def breaks(self, servers: int, trace: Trace) -> bool:
        """Return whether a trace breaks the property."""
        return self._run(servers, trace).breaks(self.broken)

    def trial_of(self, servers: int, trace: Trace) -> Trial:
        """Return the trial that runs a trace."""
        return self._run(servers, trace).trial()

    def shortest(self, servers: int, trace: Trace) -> Trace:
        """Return the trace without any event that it does not need."""
        # Many events have no effect by now, and are left out at once.
        effective = self._run(servers, trace).effective
        shorter = fewest(tuple(effective), lambda some: self.breaks(servers, some))
        return tuple(self._run(servers, shorter).effective)

    def with_fewer_clients(self, servers: int, trace: Trace) -> tuple["_TraceRunner", Trace]:
        """Keep only the clients that ask for something, numbered in the order in which they do."""
        asking = dict.fromkeys(event.what.client for event in trace if isinstance(event.what, Ask))
        fewer = replace(self, clients=len(asking))
        names = dict(zip(asking, _names(len(asking), "C"), strict=True))
        renamed = _renamed(trace, names | _unchanged(_names(servers)))
        return (fewer, renamed) if fewer.breaks(servers, renamed) else (self, trace)

    def with_fewer_servers(self, servers: int, trace: Trace) -> tuple[int, Trace]:
        """Return the smallest cluster in which the property still breaks, and the trace in it."""
        names = _names(servers)
        for size in range(1, servers):
            for chosen in combinations(names, size):
                new_names = dict(zip(chosen, _names(size), strict=True))
                smaller = _renamed(trace, new_names | _unchanged(_names(self.clients, "C")))
                if self.breaks(size, smaller):
                    return size, smaller
        return servers, trace

    def in_order_of_appearance(self, servers: int, trace: Trace) -> Trace:
        """Number the servers in the order of their first events."""
        clients = _unchanged(_names(self.clients, "C"))
        met = dict.fromkeys(_process_of(event.what) for event in trace)
        order = [name for name in (met | _unchanged(_names(servers))) if name not in clients]
        renamed = _renamed(trace, dict(zip(order, _names(servers), strict=True)) | clients)
        return renamed if self.breaks(servers, renamed) else trace

    def _run(self, servers: int, trace: Trace) -> "_TraceRun":
        start = (Timed(0, ByHand()),)
        trial = Trial(servers, 0, start, 0, settings=self.settings, clients=self.clients)
        trace_run = _TraceRun(trial, cluster_of(trial, self.rules, self.make_server))
        trace_run.run(trace)
        return trace_run


def _is_told_to_clients(property: str) -> bool:
    """Return whether a property is about what clients are told."""
    # Imported here, because most trials have no clients and do not need it.
    from raftkit.checkers.linearizability.cluster_calls import LINEARIZABILITY

    return property == LINEARIZABILITY


class _TraceRun:
    """A run of a trace on one cluster; `effective` holds the events that had an effect."""

    def __init__(self, trial: Trial, cluster: Cluster) -> None:
        self._trial = trial
        self._cluster = cluster
        self._schedule = list(trial.schedule)
        self._messages: dict[Origin, Any] = {}
        self.effective: list[Event] = []
        cluster.do(ByHand())

    def breaks(self, property: str) -> bool:
        """Return whether this is the first property that the run has broken."""
        violations = self._cluster.violations
        if not violations and self._trial.clients and _is_told_to_clients(property):
            from raftkit.checkers.linearizability import linearizability_violation

            return linearizability_violation(self._cluster) is not None
        return bool(violations) and violations[0].property == property

    def trial(self) -> Trial:
        """Return what has happened, as a trial."""
        schedule = tuple(self._schedule)
        return replace(self._trial, schedule=schedule, end=schedule[-1].at)

    def run(self, trace: Trace) -> None:
        """Let every event happen that can, a millisecond apart, until a property breaks."""
        arrivals = Counter(event.what for event in trace if isinstance(event.what, Origin))
        for event in trace:
            if self._cluster.violations:
                return
            arrivals[event.what] -= 1
            actions = self._actions(event.what, again=arrivals[event.what] > 0)
            if actions:
                self._happen(event, actions)

    def _actions(self, what: Any, again: bool = False) -> list[Any]:
        """Return the actions for an event; [] if it cannot happen or changes nothing."""
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
        """Return the action that delivers a message, if it is on the network; or []."""
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
        """Let an event happen, and note which messages it sends."""
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
        self.effective.append(event)


# Names -------------------------------------------------------------------------------------


def _names(count: int, letter: str = "S") -> tuple[str, ...]:
    return tuple(f"{letter}{number}" for number in range(1, count + 1))


def _unchanged(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in names}


def _process_of(what: Any) -> str:
    """Return the server or client that an event concerns."""
    if isinstance(what, tuple):
        return _process_of(what[1])
    if isinstance(what, Ask):
        return what.client
    return str(what.target if isinstance(what, Origin) else what.server)


def _renamed(trace: Trace, names: dict[str, str]) -> Trace:
    """Return a trace under other names, without the events of processes that have none."""

    def all_events() -> Iterator[Event]:
        for event in trace:
            name = names.get(_process_of(event.what))
            if name is not None:
                yield Event(event.number, _with_process(event.what, name))

    return tuple(all_events())


def _with_process(what: Any, name: str) -> Any:
    """Return the event, at another server or client."""
    if isinstance(what, tuple):
        return tuple(_with_process(part, name) for part in what)
    if isinstance(what, Origin):
        return replace(what, target=name)
    return replace(what, client=name) if isinstance(what, Ask) else replace(what, server=name)
