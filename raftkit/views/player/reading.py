"""`Reading`: follows a history record by record, and fills windows if somebody looks.

It knows the state of everything after the records read so far: servers, timers, disks, cut links,
and messages on their way. A copy of it reads on by itself, so that a long history needs only a
few of them to be told again from any instant. It does not know who looks.
"""

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
from raftkit.simulator.records import Acted, Lost, Step
from raftkit.views.descriptions import action_in_words, short
from raftkit.views.player.cut_links import cut_links_after
from raftkit.views.player.disks import Disks
from raftkit.views.player.explanations import reason_for
from raftkit.views.player.message_routes import MessageRoutes
from raftkit.views.player.messages_in_flight import MessageInFlight, MessagesInFlight
from raftkit.views.player.server_data import DOWN, Json, answered_commands, down_data, server_data


class Reading:
    """The state of reading a history with this set-up, before its first record.

    `read` is the number of records read, `marks` are those found by this reading alone.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self.read = 0
        self.marks: list[list[Any]] = []
        self.processes = history.processes
        self.servers: tuple[str, ...] = tuple(history.setup.get("servers", ()))
        self._routes = MessageRoutes(history.setup)
        self._messages = MessagesInFlight(self.processes)
        self._disks = Disks()
        self._last: dict[str, ServerState] = {}
        # A history does not hold state machines; the applied entries rebuild them.
        self._machines: dict[str, KeyValue] = {}
        self._now: dict[str, Json] = dict.fromkeys(self.processes, DOWN)
        # The Raft servers whose data have changed while nobody looked.
        self._outdated: set[str] = set()
        # When each running timer was set.
        self._timers: dict[str, dict[str, int]] = {name: {} for name in self.processes}
        self._cut: list[list[str]] = []
        self._conditions: Json = {}
        self._lost: dict[tuple[str, str], Any] = {}  # the last message that each link has lost
        self._window: Json | None = None

    def copy(self, history: History) -> "Reading":
        """A reading that goes on from here by itself, without a window and without marks.

        It reads `history`, which has the same past up to here.
        """
        twin = object.__new__(Reading)
        twin.__dict__.update(self.__dict__)
        twin._history = history
        twin.marks, twin._window = [], None
        twin._messages, twin._disks = deepcopy(self._messages), self._disks.copy()
        # The values in these are never changed in place.
        twin._last, twin._now = dict(self._last), dict(self._now)
        twin._outdated, twin._lost = set(self._outdated), dict(self._lost)
        twin._machines = deepcopy(self._machines)
        twin._timers = {name: dict(running) for name, running in self._timers.items()}
        return twin

    @property
    def flying(self) -> list[MessageInFlight]:
        """The messages on their way now."""
        return self._messages.flying

    def open_window(self) -> Json:
        """A window that begins with the present state; what is read from now on is told in it."""
        for name in tuple(self._outdated):
            self._up_to_date(name)
        self._window = {
            "states": dict(self._now),
            "timers": {
                name: {
                    timer: [since, self._deadline(name, timer)] for timer, since in running.items()
                }
                for name, running in self._timers.items()
            },
            "cut": list(self._cut),
            "conditions": self._conditions,
            "state_changes": [],
            "timer_changes": [],
            "cut_changes": [],
            "condition_changes": [],
            "events": [],
        }
        return self._window

    # Records ---------------------------------------------------------------------------

    def take(self, records: list[Any]) -> list[MessageInFlight]:
        """Read the next of the records; returns the flights that begin, change or end with it."""
        record = records[self.read]
        changed = self._messages.take(record, records, self.read)
        for flight in changed:
            if flight.via is None:
                ends = flight.message.source, flight.message.target
                flight.via = self._routes.between(*ends, self._cut)
        if isinstance(record, Step):
            self._take_step(record)
        elif isinstance(record, Acted):
            self._take_action(record)
        elif isinstance(record, Lost):
            self._lose(record.time, record.message)
        self.read += 1
        return changed

    def settle(self, time: int) -> None:
        """Let the writes become durable that are so by `time`."""
        for at, server in self._disks.settle(time):
            state = self._last.get(server)
            if state is not None:
                self._show_server(at, server, state)

    def _take_step(self, step: Step) -> None:
        """Read a step: the new state of the process, its timers, and the reason."""
        name, state, effects = step.process, step.state, step.effects
        before = None if isinstance(step.event, Started) else self._last.get(name)
        if effects.writes:
            self._disks.wrote(step)
        self._apply(step)
        for timer, change in effects.timers:
            self._change_timer(step.time, name, timer, change)
        fired = getattr(step.event, "timer", None)
        if fired is not None and all(fired != timer for timer, _ in effects.timers):
            self._change_timer(step.time, name, fired, "stop")
        if not isinstance(state, ServerState):
            self._show_process(step)
        # An unchanged server mostly has the very same state, and there is nothing new to show.
        elif state is not before or effects.writes or effects.applied:
            self._mark_changes(step, before)
            self._last[name] = state
            self._show_server(step.time, name, state)
        if self._window is not None:
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

    # What is shown ---------------------------------------------------------------------

    def _show_server(self, time: int, name: str, state: ServerState) -> None:
        """Tell the data of a Raft server if they are new; if nobody looks, only note that."""
        if self._window is None:
            self._outdated.add(name)
        else:
            self._change_state(time, name, self._process_data(name, state))

    def _show_process(self, step: Step) -> None:
        """Tell the data of another process if they are new; some rest on those before."""
        name, state = step.process, step.state
        if hasattr(state, "look"):
            self._mark_look(step, state.look())
        shown = self._process_data(name, state)
        if commands := answered_commands(self._now[name], step.event):
            shown["answered"] = commands
        self._change_state(step.time, name, shown)

    def _process_data(self, name: str, state: Any) -> Json:
        """The data of a process, with its disk, its key-value store, and whether it is paused."""
        peers = tuple(server for server in self.servers if server != name)
        shown = server_data(state, peers, self._disks.durable.get(name))
        if self._machines[name].values:
            shown["values"] = dict(self._machines[name].values)
        return shown | {"paused": True} if self._now[name].get("paused") else shown

    def _up_to_date(self, name: str) -> Json:
        """The present data of a process."""
        if name in self._outdated:
            self._outdated.remove(name)
            self._now[name] = self._process_data(name, self._last[name])
        return self._now[name]

    def _change_state(self, time: int, name: str, shown: Json) -> None:
        """Note the data of a process, and tell them if they are new."""
        if shown != self._now[name]:
            self._now[name] = shown
            self._tell("state_changes", [time, name, shown])

    def _change_timer(self, time: int, name: str, timer: str, change: str) -> None:
        """Note that a timer is set anew or stops."""
        running = self._timers[name]
        if change == "stop":
            if running.pop(timer, None) is None:
                return
        else:
            running[timer] = time
        if self._window is not None:
            until = self._deadline(name, timer)
            self._window["timer_changes"].append([time, name, timer, change, until])

    def _deadline(self, name: str, timer: str) -> int | None:
        """When a timer runs out if nothing sets it anew; None if it does not run, or is unknown."""
        since = self._timers[name].get(timer)
        return None if since is None else self._history.deadlines.find(name, timer, since)

    def _set_timers(self, time: int) -> None:
        """Note the timers that an action has set at an instant."""
        for name, running in self._timers.items():
            for timer in tuple(running):
                if self._history.deadlines.find(name, timer, time) is not None:
                    self._change_timer(time, name, timer, "restart")

    def _event(self, time: int, who: str, words: str, rule: str | None, calm: bool) -> None:
        """Tell an event; a calm one is shown only if the viewer steps through every event."""
        self._tell("events", [time, who, words, rule, int(calm)])

    def _tell(self, rows: str, row: list[Any]) -> None:
        """Add a row to the window, if there is one."""
        if self._window is not None:
            self._window[rows].append(row)

    def _lose(self, time: int, message: Any) -> None:
        """Tell that a message is lost; what is lost again and again is no news."""
        link = message.source, message.target
        calm = _is_calm(message) or self._lost.get(link) == message
        self._lost[link] = message
        if self._window is not None:
            self._event(time, link[0], f"{short(message)} to {link[1]} is lost", None, calm)

    # Actions ---------------------------------------------------------------------------

    def _take_action(self, record: Acted) -> None:
        """Read an action from outside."""
        action, time = record.action, record.time
        server: str = getattr(action, "server", "") or ""
        match action:
            case Crash():
                self._disks.crash(server)
                self._outdated.discard(server)
                self._last.pop(server, None)
                for timer in tuple(self._timers[server]):
                    self._change_timer(time, server, timer, "stop")
                self._change_state(time, server, down_data(self._disks.durable.get(server)))
            case Pause() | Resume():
                now = self._up_to_date(server)
                running = {key: value for key, value in now.items() if key != "paused"}
                paused = {"paused": True} if isinstance(action, Pause) and now["up"] else {}
                self._change_state(time, server, running | paused)
            case Cut() | Mend() | Partition() | Heal():
                self._cut = cut_links_after(self._cut, action, self.processes)
                self._tell("cut_changes", [time, list(self._cut)])
            case NetworkConditions(loss, duplicate, slow, latency_slow):
                self._conditions = {"loss": loss, "duplicate": duplicate, "slow": slow,
                                 "latency_slow": latency_slow}  # fmt: skip
                self._tell("condition_changes", [time, self._conditions])
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
    return before is after or (
        isinstance(after, ServerState)
        and before.standing == after.standing
        and before.log is after.log
        and before.commit_index == after.commit_index
    )
