"""`Timeline`: a history divided into windows of plain data that a browser can play.

The browser owns the clock. It asks for the windows around its instant and drops them again, so
a run of any length plays in constant memory. This class reads the records once, in order, as
the history grows. It does not know the browser, nor how anything is drawn.
"""

from bisect import bisect_left
from copy import deepcopy
from typing import Any

from raftkit.protocol import Look, ServerState
from raftkit.protocol.messages import AppendEntriesRequest, AppendEntriesResponse
from raftkit.protocol.state_machines import KeyValue
from raftkit.simulator.by_hand import HandsOff
from raftkit.simulator.clients import Call
from raftkit.simulator.faults import (
    Crash,
    Cut,
    Heal,
    Mend,
    NetworkConditions,
    Partition,
    Pause,
    Restart,
    Resume,
)
from raftkit.simulator.history import History
from raftkit.simulator.in_flight import SetTimer
from raftkit.simulator.process import Started
from raftkit.simulator.records import Acted, InvariantViolation, Lost, Step
from raftkit.views.descriptions import action_in_words, short
from raftkit.views.player.cut_links import cut_links_after
from raftkit.views.player.disks import Disks
from raftkit.views.player.explanations import reason_for
from raftkit.views.player.flight_rows import row_of, windows_as_of
from raftkit.views.player.message_routes import MessageRoutes
from raftkit.views.player.messages_in_flight import MessageInFlight, MessagesInFlight
from raftkit.views.player.server_data import DOWN, Json, answered_commands, disk_data, server_data

WINDOW = 2_000_000  # microseconds: some hundred messages of an idle cluster, some 12 kB when packed


# The attributes that hold the state of reading; a copy of them can read on from the same record.
_READING_STATE = (
    "_read",
    "_reported_violations",
    "_reported_marks",
    "_newest_flight",
    "_messages_in_flight",
    "_disks",
    "_last",
    "_machines",
    "_now",
    "_timers",
    "_cut",
    "_conditions",
)


class Timeline:
    """The windows of `history` as far as it has been read; call `read` when it has grown."""

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
        # A history does not hold state machines; the applied entries rebuild them.
        self._machines: dict[str, KeyValue] = {}
        self._now: dict[str, Json] = dict.fromkeys(self.processes, DOWN)
        # When each running timer was set, and when it will run out if nothing sets it anew.
        self._timers: dict[str, dict[str, list[int | None]]] = {name: {} for name in self.processes}
        self._cut: list[list[str]] = []
        self._conditions: Json = {}
        self._windows: list[Json] = []
        self._reported_violations = 0
        self._newest_flight = 0
        self._reported_marks = 0
        # The state of reading at the start of each window, so that a fork can begin there.
        self._window_starts: list[Json] = []
        self._open(0)

    # Reading ---------------------------------------------------------------------------

    def window(self, number: int) -> Json | None:
        """Window `number`, as far as the history goes; None after its end."""
        self.read()
        return self._windows[number] if 0 <= number < len(self._windows) else None

    def read(self) -> None:
        """Read the records that were added since the last call."""
        records = self.history.records
        while self._read < len(records):
            record = records[self._read]
            self._advance(record.time)
            self._take(record)
            self._read += 1
        self._advance(self.history.end)
        self._report_violations()

    def fork(self, history: History, time: int) -> "Timeline":
        """The timeline of a history that has the same records before `time` as this one.

        If they are the same objects, only the last window that both have is read again.
        """
        common = _common(self.history.records, history.records)
        reached = [known["_read"] <= common for known in self._window_starts]
        number = min(reached.count(True) - 1, time // WINDOW)
        twin = Timeline(history)
        twin.__dict__.update(deepcopy(self._window_starts[number]))
        twin.marks = self.marks[: twin._reported_marks]
        if number:
            flying = twin._flying()
            twin._windows = windows_as_of(self._windows[:number], number * WINDOW, flying)
            twin._window_starts = self._window_starts[:number]
            twin._open(number)
        return twin

    # Windows ---------------------------------------------------------------------------

    def _advance(self, time: int) -> None:
        """Open the windows up to that of `time`, and show the writes that become durable."""
        while time >= len(self._windows) * WINDOW:
            self._settle_disks(len(self._windows) * WINDOW)
            self._open(len(self._windows))
        self._settle_disks(time)

    def _settle_disks(self, time: int) -> None:
        """Show the writes that have become durable by `time`."""
        for at, server in self._disks.settle(time):
            state = self._last.get(server)
            if state is not None and self._now[server]["up"]:
                self._change_state(at, server, self._process_data(server, state))

    def _open(self, number: int) -> None:
        """Begin a window with the present state of everything."""
        self._reported_marks = len(self.marks)
        self._window_starts.append(deepcopy({name: self.__dict__[name] for name in _READING_STATE}))
        self._windows.append(
            {
                "number": number,
                "start": number * WINDOW,
                "states": dict(self._now),
                "timers": {name: dict(running) for name, running in self._timers.items()},
                "cut": list(self._cut),
                "conditions": self._conditions,
                "state_changes": [],
                "timer_changes": [],
                "cut_changes": [],
                "condition_changes": [],
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
            self._report_flight(flight)
        if isinstance(record, Step):
            self._take_step(record)
        elif isinstance(record, Acted):
            self._take_action(record)
        elif isinstance(record, Lost):
            words = f"{short(record.message)} to {record.message.target} is lost"
            self._event(record.time, record.message.source, words, None, calm=False)

    def _take_step(self, step: Step) -> None:
        """Read a step: the new state of the process, its timers, and the reason."""
        name, state = step.process, step.state
        before = None if isinstance(step.event, Started) else self._last.get(name)
        self._disks.wrote(step)
        self._apply(step)
        for timer, change in step.effects.timers:
            self._change_timer(step.time, name, timer, change)
        fired = getattr(step.event, "timer", None)
        if fired is not None and all(fired != timer for timer, _ in step.effects.timers):
            self._change_timer(step.time, name, fired, "stop")
        if isinstance(state, ServerState):
            self._mark_changes(step, before)
            self._last[name] = state
        elif hasattr(state, "look"):
            self._mark_look(step, state.look())
        shown = self._process_data(name, state)
        if commands := answered_commands(self._now[name], step.event):
            shown["answered"] = commands
        if shown != self._now[name]:
            self._change_state(step.time, name, shown)
        reason = reason_for(before, step)
        words = reason.words if reason else _event_words(step)
        calm = _is_calm(step.event) and (before is None or _same(before, state))
        self._event(step.time, name, words, reason.rule if reason else None, calm)

    def _apply(self, step: Step) -> None:
        """Apply a step's entries to the server's state machine; a start makes a new one."""
        if isinstance(step.event, Started):
            self._machines[step.process] = KeyValue()
        for _, entry in step.effects.applied:
            self._machines[step.process].apply(entry)

    def _process_data(self, name: str, state: Any) -> Json:
        """The data of a process, with its disk, its key-value store, and whether it is paused."""
        peers = tuple(server for server in self.servers if server != name)
        shown = server_data(state, peers, self._disks.durable.get(name))
        if self._machines[name].values:
            shown["values"] = dict(self._machines[name].values)
        return shown | {"paused": True} if self._now[name].get("paused") else shown

    def _change_state(self, time: int, name: str, shown: Json) -> None:
        """Record that a process has new data."""
        self._now[name] = shown
        self._open_window["state_changes"].append([time, name, shown])

    def _change_timer(self, time: int, name: str, timer: str, change: str) -> None:
        """Record that a timer is set anew or stops."""
        running = self._timers[name]
        if change == "stop":
            if running.pop(timer, None) is None:
                return
        else:
            running[timer] = [time, self.history.deadline(name, timer, time)]
        until = running[timer][1] if timer in running else None
        self._open_window["timer_changes"].append([time, name, timer, change, until])

    def _set_timers(self, time: int) -> None:
        """Record the timers that an action has set at an instant."""
        for name, running in self._timers.items():
            for timer in tuple(running):
                if self.history.deadline(name, timer, time) is not None:
                    self._change_timer(time, name, timer, "restart")

    def _event(self, time: int, who: str, words: str, rule: str | None, calm: bool) -> None:
        """Record an event; a calm one is shown only if the viewer steps through every event."""
        self._open_window["events"].append([time, who, words, rule, int(calm)])

    # Actions ---------------------------------------------------------------------------

    def _take_action(self, record: Acted) -> None:
        """Read an action from outside."""
        action, time = record.action, record.time
        server: str = getattr(action, "server", "") or ""
        match action:
            case Crash():
                self._disks.crash(server)
                self._last.pop(server, None)
                for timer in tuple(self._timers[server]):
                    self._change_timer(time, server, timer, "stop")
                last = self._disks.durable.get(server)
                disk = {"disk": disk_data(last)} if last is not None else {}
                self._change_state(time, server, DOWN | disk)
            case Pause() | Resume():
                now = {key: value for key, value in self._now[server].items() if key != "paused"}
                paused = {"paused": True} if isinstance(action, Pause) and now["up"] else {}
                self._change_state(time, server, now | paused)
            case Cut() | Mend() | Partition() | Heal():
                self._cut = cut_links_after(self._cut, action, self.processes)
                self._open_window["cut_changes"].append([time, list(self._cut)])
            case NetworkConditions(loss, duplicate, slow, latency_slow):
                self._conditions = {"loss": loss, "duplicate": duplicate, "slow": slow,
                                 "latency_slow": latency_slow}  # fmt: skip
                self._open_window["condition_changes"].append([time, self._conditions])
            case SetTimer() | HandsOff():
                self._set_timers(time)
        self._disks.act(action)
        kind = {Crash: "crash", Restart: "restart"}.get(type(action), "action")
        words = action_in_words(action)
        self._mark(time, kind, server, words)
        # The words already name the server.
        self._event(time, "", words, None, calm=False)

    # Marks -----------------------------------------------------------------------------

    def _mark(self, time: int, kind: str, server: str, words: str) -> None:
        """Record an instant that a viewer may want to jump to."""
        self.marks.append([time, kind, server, words])

    def _mark_changes(self, step: Step, before: ServerState | None) -> None:
        """Add the marks of a Raft server's step: a new leader, a candidate, a commit."""
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
        """Add a mark if another kind of process has changed its look."""
        known = self._now[step.process].get("look")
        if known is not None and known[2] != look.in_words:
            self._mark(step.time, "action", step.process, f"{step.process} is {look.in_words}")

    def _report_violations(self) -> None:
        """Add a mark for each broken property that has none yet."""
        for violation in self.history.violations[self._reported_violations :]:
            words = f"{violation.property} ({violation.section}) is broken: {violation.detail}"
            self._mark(violation.time, "violation", "", words)
        self._reported_violations = len(self.history.violations)

    @property
    def violations(self) -> list[Json]:
        """The broken properties as plain data."""
        return [_violation(each) for each in self.history.violations]

    # Flights ---------------------------------------------------------------------------

    def _report_flight(self, flight: MessageInFlight) -> None:
        """Add a flight that begins to the window; update one that ends in each of its windows."""
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
        """The rows of the messages on their way now."""
        return [row_of(flight) for flight in self._messages_in_flight.flying]


def _common(one: list[Any], other: list[Any]) -> int:
    """The number of records that two histories share, compared by identity."""
    shorter = range(min(len(one), len(other)))
    return bisect_left(shorter, True, key=lambda place: one[place] is not other[place])


def _violation(violation: InvariantViolation) -> Json:
    """A broken property as plain data; the player outlines its servers."""
    return {
        "time": violation.time,
        "servers": violation.servers,
        "indexes": violation.indexes,
        "words": f"{violation.property} ({violation.section}) is broken: {violation.detail}",
    }


def _event_words(step: Step) -> str:
    """The event of a step in words, for a process that is no Raft server."""
    event = step.event
    return f"gets {short(event)}" if hasattr(event, "source") else type(event).__name__


def _is_calm(event: Any) -> bool:
    """Whether an event is of a heartbeat, its answer or its timer, or was shown as an action."""
    if isinstance(event, Call):  # The action `Ask` is shown already.
        return True
    if isinstance(event, AppendEntriesRequest):
        return not event.entries
    if isinstance(event, AppendEntriesResponse):
        return event.success
    return getattr(event, "timer", None) == "heartbeat"


def _same(before: ServerState, after: Any) -> bool:
    """Whether a step changed neither standing, nor log, nor commit index."""
    return (
        isinstance(after, ServerState)
        and before.standing == after.standing
        and before.log is after.log
        and before.commit_index == after.commit_index
    )
