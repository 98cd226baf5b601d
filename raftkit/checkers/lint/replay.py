"""Records what happened to servers in a run, and replays it step by step.

In a replay every event is a copy, so a server meets no object twice, and none that another server
holds. Each answer is recorded as it was when it was given. The only comparison here is that of two
answers to the same event.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from raftkit.checkers.lint.scripted_run import Names, first_disk, run_script
from raftkit.checkers.lint.value_copies import (
    Frozen,
    copied,
    frozen,
    names_of_parts,
    over_a_wire,
    shown,
)
from raftkit.protocol import Effects, Persistent, Rules, Settings
from raftkit.simulator.raft_system import MakeServer

SERVERS = ("S1", "S2", "S3")
_TIMERS = ("election", "heartbeat")
_DRAW = 0.5
# A right server takes some hundred steps in the scripted run; who floods the network takes many.
_STEPS_AT_MOST = 2_000
# A longer list is one part; a shorter one has a part for each item.
_ITEMS_AT_MOST = 20


@dataclass(frozen=True)
class ServerStep:
    """One step of one server: it was started from `disk`, or it was handed `event`."""

    server: str
    event: Any
    disk: Persistent | None = None

    @property
    def starts(self) -> bool:
        """Whether the server was started."""
        return self.event is None

    @property
    def handed(self) -> Any:
        """The disk it was started from, or the event."""
        return self.disk if self.starts else self.event


@dataclass(frozen=True)
class Part:
    """A part of an answer: what it was when the answer was given, and the object itself."""

    was: Frozen
    value: Any

    @property
    def text(self) -> str:
        """The object in words, as it is now; made only when it is needed."""
        return shown(self.value)


Parts = dict[str, Part]
NOTHING = Part(None, "nothing")


@dataclass(frozen=True)
class Answer:
    """A server's answer in one step: what it was handed, its effects and state, and their parts.

    `effects` and `state` are None if the server raised an error. `durations` says how long the
    timers of a server run that has just been started.
    """

    step: ServerStep
    handed: Any
    effects: Any
    state: Any
    parts: Parts
    durations: Parts

    def difference(self, other: "Answer") -> str | None:
        """Return the name of the first part in which two answers differ; None if they are equal."""
        return difference(self.compared, other.compared)

    @property
    def compared(self) -> Parts:
        """All parts in which another answer in the same step must be equal."""
        return {**self.parts, **self.durations}

    @property
    def parts_now(self) -> Parts:
        """The parts of the answer as they are now."""
        return parts_of(self.effects, self.state)


def parts_of(*answers: Any) -> Parts:
    """Return the parts of effects and of a state by their names, as they are now."""
    parts: Parts = {}
    for answer in answers:
        for name in names_of_parts(answer):
            value = getattr(answer, name)
            if isinstance(value, list | tuple) and len(value) <= _ITEMS_AT_MOST:
                for place, item in enumerate(value):
                    parts[f"{name}[{place}]"] = Part(frozen(item), item)
            else:
                parts[name] = Part(frozen(value), value)
    return parts


def difference(one: Parts, other: Parts) -> str | None:
    """Return the name of the first part in which two answers differ; None if they are equal."""
    for name in {**one, **other}:
        if one.get(name, NOTHING).was != other.get(name, NOTHING).was:
            return name
    return None


def durations_of(server: Any) -> Parts:
    """Return how long a server lets its timers run, for the same draw each time."""
    durations = {name: server.timer_duration(name, _DRAW) for name in _TIMERS}
    return {
        f"timer_duration({name!r}, {_DRAW})": Part(frozen(duration), duration)
        for name, duration in durations.items()
    }


# The run itself ------------------------------------------------------------------------------


def record_run(make_server: MakeServer, rules: Rules) -> list[Answer]:
    """Return the answers of servers in the scripted run, in order, up to a server's first error."""
    record: list[Answer] = []

    def make(
        id: str, servers: Names, rules: Rules, settings: Settings, durable: Persistent | None
    ) -> Any:
        disk = durable or first_disk()
        step = ServerStep(id, None, copied(disk))
        return _Recorded(make_server(id, servers, rules, settings, disk), step, record)

    # Checks and scenarios report errors; here an error, or a flood, only ends the run.
    with suppress(Exception):
        run_script(rules, make)
    return record


class _LongEnough(Exception):
    """The scripted run is ended."""


class _Recorded:
    """A server in the recorded run: its steps and answers are recorded."""

    def __init__(self, server: Any, start: ServerStep, record: list[Answer]) -> None:
        self._server = server
        self._start = start
        self._record = record

    def start(self) -> Effects:
        """Start the server and record its answer."""
        return self._noted(self._start, self._server.start())

    def handle(self, event: Any) -> Effects:
        """Hand it `event` and record its answer."""
        step = ServerStep(self._start.server, copied(event))
        return self._noted(step, self._server.handle(event))

    def _noted(self, step: ServerStep, effects: Effects) -> Effects:
        if len(self._record) >= _STEPS_AT_MOST:
            raise _LongEnough
        state = self._server.observe()
        durations = durations_of(self._server) if step.starts else {}
        parts = parts_of(effects, state)
        self._record.append(Answer(step, step.handed, effects, state, parts, durations))
        return effects

    def __getattr__(self, name: str) -> Any:
        return getattr(self._server, name)


# The replay ----------------------------------------------------------------------------------


class Replay:
    """Servers that repeat `steps`; with `wire`, all that they are handed has been text before."""

    def __init__(
        self, make_server: MakeServer, rules: Rules, steps: list[ServerStep], wire: bool = False
    ) -> None:
        self.servers: dict[str, Any] = {}
        self._make_server = make_server
        self._rules = rules
        self._steps = steps
        self._hand_over = over_a_wire if wire else copied

    def answers(self) -> Iterator[Answer]:
        """The answer in each step; after an error a server answers only when it is restarted."""
        for step in self._steps:
            if not step.starts and step.server not in self.servers:
                continue
            handed = self._hand_over(step.handed)
            try:
                effects, durations = self._take(step, handed)
            except Exception as error:
                self.servers.pop(step.server, None)
                text = f"{type(error).__name__}: {error}"
                yield Answer(step, handed, None, None, {"error": Part(text, text)}, {})
                continue
            state = self.servers[step.server].observe()
            yield Answer(step, handed, effects, state, parts_of(effects, state), durations)

    def _take(self, step: ServerStep, handed: Any) -> tuple[Any, Parts]:
        """Start a server or hand it an event; return its effects, and how long its timers run."""
        if not step.starts:
            return self.servers[step.server].handle(handed), {}
        server = self._make_server(step.server, SERVERS, self._rules, Settings(), handed)
        self.servers[step.server] = server
        return server.start(), durations_of(server)
