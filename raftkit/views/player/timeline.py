"""`Timeline`: a history cut into windows of plain data that a browser can play.

The browser owns the clock. It asks for the windows around it and forgets them again, so
a run of any length plays in constant memory. Here records are read once, in order, as
the history grows. It does not know who asks, nor how anything is drawn.
"""

from bisect import bisect_left
from copy import deepcopy
from typing import Any

from raftkit.protocol import Look, ServerState
from raftkit.protocol.messages import AppendEntriesRequest, AppendEntriesResponse
from raftkit.protocol.state_machines import KeyValue
from raftkit.simulator.clients import Call
from raftkit.simulator.faults import (
    Crash,
    Cut,
    Heal,
    Mend,
    Partition,
    Pause,
    Restart,
    Resume,
    Weather,
)
from raftkit.simulator.history import History
from raftkit.simulator.process import Started
from raftkit.simulator.records import Acted, InvariantViolation, Lost, Step
from raftkit.views.descriptions import act_in_words, short
from raftkit.views.player.cuts import cut_links_after
from raftkit.views.player.disks import Disks
from raftkit.views.player.explanations import reason_for
from raftkit.views.player.flight_rows import as_told_before, row_of
from raftkit.views.player.message_routes import MessageRoutes
from raftkit.views.player.messages_in_flight import MessageInFlight, MessagesInFlight
from raftkit.views.player.server_data import DOWN, Json, answered, disk_data, server_data

WINDOW = 2_000_000  # microseconds: some hundred messages of an idle cluster, some 12 kB when packed


# What is known of a history at an instant: whoever knows that can read on from there.
_KNOWLEDGE = (
    "_read",
    "_told_violations",
    "_told_marks",
    "_newest_flight",
    "_messages_in_flight",
    "_disks",
    "_last",
    "_machines",
    "_now",
    "_timers",
    "_cut",
    "_weather",
)


class Timeline:
    """The windows of `history`, read as far as it has got; call `read` when it has grown."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.servers: tuple[str, ...] = tuple(history.setup.get("servers", ()))
        self.processes = history.processes
        self.marks: list[list[Any]] = []
        self._read = 0
        self._messages_in_flight = MessagesInFlight(self.processes)
        self._disks = Disks()
        self._routes = MessageRoutes(history.setup)
        self._last: dict[str, ServerState] = {}
        # State machines are out of a history's sight; what was applied makes them again.
        self._machines: dict[str, KeyValue] = {}
        self._now: dict[str, Json] = dict.fromkeys(self.processes, DOWN)
        self._timers: dict[str, dict[str, int]] = {name: {} for name in self.processes}
        self._cut: list[list[str]] = []
        self._weather: Json = {}
        self._windows: list[Json] = []
        self._told_violations = 0
        self._newest_flight = 0
        self._told_marks = 0
        # What it knew when each window began, so that another timeline can begin there.
        self._known: list[Json] = []
        self._open(0)

    # Asking ----------------------------------------------------------------------------

    def window(self, number: int) -> Json | None:
        """Window `number`, as far as the history goes; None beyond its end."""
        self.read()
        return self._windows[number] if 0 <= number < len(self._windows) else None

    def read(self) -> None:
        """Read the records that have come since the last time."""
        records = self.history.records
        while self._read < len(records):
            record = records[self._read]
            self._advance(record.time)
            self._take(record)
            self._read += 1
        self._advance(self.history.end)
        self._tell_violations()

    def fork(self, history: History, time: int) -> "Timeline":
        """The timeline of a history whose records before `time` are those of this one.

        Where they are the same objects, only the last window that both have is read again.
        """
        common = _common(self.history.records, history.records)
        reached = [known["_read"] <= common for known in self._known]
        number = min(reached.count(True) - 1, time // WINDOW)
        twin = Timeline(history)
        twin.__dict__.update(deepcopy(self._known[number]))
        twin.marks = self.marks[: twin._told_marks]
        if number:
            flying = twin._flying()
            twin._windows = as_told_before(self._windows[:number], number * WINDOW, flying)
            twin._known = self._known[:number]
            twin._open(number)
        return twin

    # Windows ---------------------------------------------------------------------------

    def _advance(self, time: int) -> None:
        """Open the windows up to the one that `time` is in; disks do their writes meanwhile."""
        while time >= len(self._windows) * WINDOW:
            self._settle_disks(len(self._windows) * WINDOW)
            self._open(len(self._windows))
        self._settle_disks(time)

    def _settle_disks(self, time: int) -> None:
        """Show the writes that have become durable by `time`."""
        for at, server in self._disks.settle(time):
            state = self._last.get(server)
            if state is not None and self._now[server]["up"]:
                self._changed(at, server, self._portrait(server, state))

    def _open(self, number: int) -> None:
        """Begin a window with everything as it is now."""
        self._told_marks = len(self.marks)
        self._known.append(deepcopy({name: self.__dict__[name] for name in _KNOWLEDGE}))
        self._windows.append(
            {
                "number": number,
                "start": number * WINDOW,
                "states": dict(self._now),
                "timers": {name: dict(running) for name, running in self._timers.items()},
                "cut": list(self._cut),
                "weather": self._weather,
                "changes": [],
                "timings": [],
                "links": [],
                "weathers": [],
                "flights": self._flying(),
                "events": [],
            }
        )

    @property
    def _open_window(self) -> Json:
        return self._windows[-1]

    # Records ---------------------------------------------------------------------------

    def _take(self, record: Any) -> None:
        """Read one record into the open window."""
        for flight in self._messages_in_flight.take(record):
            self._tell_flight(flight)
        if isinstance(record, Step):
            self._take_step(record)
        elif isinstance(record, Acted):
            self._take_act(record)
        elif isinstance(record, Lost):
            words = f"{short(record.message)} to {record.message.target} is lost"
            self._event(record.time, record.message.source, words, None, calm=False)

    def _take_step(self, step: Step) -> None:
        """A process took a step: its new state, its timers, and why."""
        name, state = step.process, step.state
        before = None if isinstance(step.event, Started) else self._last.get(name)
        self._disks.wrote(step)
        self._apply(step)
        for timer, change in step.effects.timers:
            self._timing(step.time, name, timer, change)
        fired = getattr(step.event, "timer", None)
        if fired is not None and all(fired != timer for timer, _ in step.effects.timers):
            self._timing(step.time, name, fired, "stop")
        if isinstance(state, ServerState):
            self._mark_changes(step, before)
            self._last[name] = state
        elif hasattr(state, "look"):
            self._mark_look(step, state.look())
        shown = self._portrait(name, state)
        if told := answered(self._now[name], step.event):
            shown["answered"] = told
        if shown != self._now[name]:
            self._changed(step.time, name, shown)
        reason = reason_for(before, step)
        words = reason.words if reason else _event_words(step)
        calm = _is_calm(step.event) and (before is None or _same(before, state))
        self._event(step.time, name, words, reason.rule if reason else None, calm)

    def _apply(self, step: Step) -> None:
        """Let the state machine of a server apply what it has applied; a start begins anew."""
        if isinstance(step.event, Started):
            self._machines[step.process] = KeyValue()
        for _, entry in step.effects.applied:
            self._machines[step.process].apply(entry)

    def _portrait(self, name: str, state: Any) -> Json:
        """A process as it is now, with what only the history tells: disk, values, a pause."""
        peers = tuple(server for server in self.servers if server != name)
        shown = server_data(state, peers, self._disks.durable.get(name))
        if self._machines[name].values:
            shown["values"] = dict(self._machines[name].values)
        return shown | {"paused": True} if self._now[name].get("paused") else shown

    def _changed(self, time: int, name: str, shown: Json) -> None:
        """From now on this is how the process looks."""
        self._now[name] = shown
        self._open_window["changes"].append([time, name, shown])

    def _timing(self, time: int, name: str, timer: str, change: str) -> None:
        """A timer starts anew, or stops."""
        running = self._timers[name]
        if change == "stop":
            if running.pop(timer, None) is None:
                return
        else:
            running[timer] = time
        self._open_window["timings"].append([time, name, timer, change])

    def _event(self, time: int, who: str, words: str, rule: str | None, calm: bool) -> None:
        """One line of the story; a calm one is only told to who steps through every event."""
        self._open_window["events"].append([time, who, words, rule, int(calm)])

    # Acts ------------------------------------------------------------------------------

    def _take_act(self, record: Acted) -> None:
        """Something was done to the cluster from outside."""
        action, time = record.action, record.time
        server: str = getattr(action, "server", "") or ""
        match action:
            case Crash():
                self._disks.crash(server)
                self._last.pop(server, None)
                for timer in tuple(self._timers[server]):
                    self._timing(time, server, timer, "stop")
                last = self._disks.durable.get(server)
                disk = {"disk": disk_data(last)} if last is not None else {}
                self._changed(time, server, DOWN | disk)
            case Pause() | Resume():
                now = {key: value for key, value in self._now[server].items() if key != "paused"}
                paused = {"paused": True} if isinstance(action, Pause) and now["up"] else {}
                self._changed(time, server, now | paused)
            case Cut() | Mend() | Partition() | Heal():
                self._cut = cut_links_after(self._cut, action, self.processes)
                self._open_window["links"].append([time, list(self._cut)])
            case Weather(loss, duplicate, slow, latency_slow):
                self._weather = {"loss": loss, "duplicate": duplicate, "slow": slow,
                                 "latency_slow": latency_slow}  # fmt: skip
                self._open_window["weathers"].append([time, self._weather])
        self._disks.act(action)
        kind = {Crash: "crash", Restart: "restart"}.get(type(action), "act")
        words = act_in_words(action)
        self._mark(time, kind, server, words)
        # The words name the server already.
        self._event(time, "", words, None, calm=False)

    # Marks -----------------------------------------------------------------------------

    def _mark(self, time: int, kind: str, server: str, words: str) -> None:
        """An instant that one may want to jump to."""
        self.marks.append([time, kind, server, words])

    def _mark_changes(self, step: Step, before: ServerState | None) -> None:
        """Bookmarks: who leads now, and what is committed."""
        name, now = step.process, step.state
        term = now.standing.current_term
        led = before is not None and before.standing.role == "leader"
        if now.standing.role == "leader" and not (led and before.standing.current_term == term):  # type: ignore[union-attr]
            self._mark(step.time, "election", name, f"{name} leads term {term}")
        elif now.standing.role == "candidate" and (
            before is None or before.standing.current_term != term
        ):
            self._mark(step.time, "candidate", name, f"{name} is candidate of term {term}")
        if now.standing.role == "leader" and before is not None:
            if now.commit_index > before.commit_index:
                words = f"{name} commits up to {now.commit_index}"
                self._mark(step.time, "commit", name, words)

    def _mark_look(self, step: Step, look: Look) -> None:
        """A bookmark for a process of any other kind that has become something else."""
        known = self._now[step.process].get("look")
        if known is not None and known[2] != look.in_words:
            self._mark(step.time, "act", step.process, f"{step.process} is {look.in_words}")

    def _tell_violations(self) -> None:
        """A broken property is a mark, and what stops the clock."""
        for violation in self.history.violations[self._told_violations :]:
            words = f"{violation.property} ({violation.section}) is broken: {violation.detail}"
            self._mark(violation.time, "violation", "", words)
        self._told_violations = len(self.history.violations)

    @property
    def violations(self) -> list[Json]:
        """The broken properties, with who is to be outlined."""
        return [_violation(each) for each in self.history.violations]

    # Flights ---------------------------------------------------------------------------

    def _tell_flight(self, flight: MessageInFlight) -> None:
        """A flight begins, or its end is known: then every window that it has touched learns it."""
        if flight.via is None:
            ends = flight.message.source, flight.message.target
            flight.via = self._routes.between(*ends, self._cut)
        shown = row_of(flight)
        if flight.landed is None and flight.id > self._newest_flight:
            self._newest_flight = flight.id
            self._open_window["flights"].append(shown)
            return
        for window in self._windows[flight.left // WINDOW :]:
            known = window["flights"]
            for place in range(len(known) - 1, -1, -1):
                if known[place][0] == flight.id:
                    known[place] = shown
                    break
            else:
                known.append(shown)

    def _flying(self) -> list[list[Any]]:
        """What is in the air now."""
        return [row_of(flight) for flight in self._messages_in_flight.flying]


def _common(one: list[Any], other: list[Any]) -> int:
    """How many records two histories share. They are compared by identity, as messages are."""
    shorter = range(min(len(one), len(other)))
    return bisect_left(shorter, True, key=lambda place: one[place] is not other[place])


def _violation(violation: InvariantViolation) -> Json:
    """A broken property, with the servers that are to be outlined."""
    return {
        "time": violation.time,
        "servers": violation.servers,
        "indexes": violation.indexes,
        "words": f"{violation.property} ({violation.section}) is broken: {violation.detail}",
    }


def _event_words(step: Step) -> str:
    """What set a step off, for a process that is no Raft server."""
    event = step.event
    return f"gets {short(event)}" if hasattr(event, "source") else type(event).__name__


def _is_calm(event: Any) -> bool:
    """Whether an event is a heartbeat's coming or going, or its timer, or has been told before."""
    if isinstance(event, Call):  # As the act that asked the client.
        return True
    if isinstance(event, AppendEntriesRequest):
        return not event.entries
    if isinstance(event, AppendEntriesResponse):
        return event.success
    return getattr(event, "timer", None) == "heartbeat"


def _same(before: ServerState, after: Any) -> bool:
    """Whether a step changed nothing that anybody would look for."""
    return (
        isinstance(after, ServerState)
        and before.standing == after.standing
        and before.log is after.log
        and before.commit_index == after.commit_index
    )
