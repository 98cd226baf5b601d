"""Each process's lifeline in a history: spans of one role and term, crashes, pauses, and marks.

It reads states and actions from the records, and keeps positions in `History.records`. It does
not know where these are drawn.
"""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from raftkit.protocol import ServerState
from raftkit.protocol.log import Log
from raftkit.protocol.look import Look
from raftkit.protocol.messages import ELECTION, ClientRequest, ClientResponse, TimerFired
from raftkit.simulator.clients import Call
from raftkit.simulator.faults import Crash, Pause, Restart, Resume
from raftkit.simulator.history import History
from raftkit.simulator.process import Started
from raftkit.simulator.records import Acted, Step
from raftkit.views.descriptions import command_in_words

Condition = Literal["running", "paused", "down"]
MarkKind = Literal[
    "timeout", "command", "commit", "crash", "restart", "pause", "resume", "call", "answer"
]

_ACTIONS: Final[dict[type, tuple[MarkKind, Condition]]] = {
    Crash: ("crash", "down"),
    Restart: ("restart", "running"),
    Pause: ("pause", "paused"),
    Resume: ("resume", "running"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a lifeline from record `start` to the next span, with one condition and look."""

    start: int
    condition: Condition
    look: Look | None


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to mark at record `position`; `label` is short, `words` a whole phrase."""

    position: int
    kind: MarkKind
    label: str
    words: str


@dataclass(slots=True)
class Lifeline:
    """The spans and marks of one process, in order."""

    name: str
    is_server: bool
    spans: list[Span] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    def span_at(self, position: int) -> Span | None:
        """The span just before record `position`."""
        before = [span for span in self.spans if span.start < position]
        return before[-1] if before else None


def lifelines_of(history: History) -> dict[str, Lifeline]:
    """The lifeline of every process, the servers first."""
    servers = set(history.setup.get("servers", ()))
    readers = {name: _LifelineReader(Lifeline(name, name in servers)) for name in history.processes}
    for position, record in enumerate(history.records):
        if isinstance(record, Step) and record.process in readers:
            readers[record.process].step(position, record)
        elif isinstance(record, Acted) and type(record.action) in _ACTIONS:
            reader = readers.get(record.action.server)
            if reader is not None:
                reader.act(position, record.action)
    return {name: reader.lifeline for name, reader in readers.items()}


class _LifelineReader:
    """Reads the lifeline of one process, record by record."""

    def __init__(self, lifeline: Lifeline) -> None:
        self.lifeline = lifeline
        # A process is down until its first start, which is a record.
        self._condition: Condition = "down"
        self._look: Look | None = None
        self._log: Log | None = None
        self._commit_index = 0

    def step(self, position: int, step: Step) -> None:
        """Read a step: a start, a Raft server's new state, or a client's call and its answer."""
        if isinstance(step.event, Started):
            self._enter(position, "running", None)
            self._commit_index = 0
        if hasattr(step.state, "look"):
            look = step.state.look()
            if not same_look(look, self._look):
                self._enter(position, "running", look)
        if isinstance(step.state, ServerState):
            self._server_step(position, step.event, step.state)
        elif isinstance(step.event, Call):
            words = f"is asked for {command_in_words(step.event.command)}"
            self._mark(position, "call", step.event.command, words)
        elif isinstance(step.event, ClientResponse) and step.event.ok:
            result = step.event.result
            words = "is done" if result is None else f"is told “{result}”"
            self._mark(position, "answer", "done" if result is None else result, words)

    def act(self, position: int, action: Any) -> None:
        """Read a crash, restart, pause or resumption of this process."""
        kind, condition = _ACTIONS[type(action)]
        # An action that changes nothing (the crash of a server that is down) has no mark.
        if condition == self._condition or (self._condition == "down" and kind != "restart"):
            return
        self._mark(position, kind, "", f"{kind}s".replace("crashs", "crashes"))
        if kind != "restart":  # The first step after a restart begins a span.
            self._enter(position, condition, None if kind == "crash" else self._look)

    def _server_step(self, position: int, event: Any, state: ServerState) -> None:
        """Mark the changes in a Raft server, by comparing its state with the last one."""
        if event == TimerFired(ELECTION):
            self._mark(position, "timeout", "", "election timeout")
        # Only a leader appends a client's command; other servers refuse it, which has no mark.
        grown = self._log is not None and state.log.last_index > self._log.last_index
        if isinstance(event, ClientRequest) and grown:
            words = f"appends {command_in_words(event.command)} at index {state.log.last_index}"
            self._mark(position, "command", event.command or "no-op", words)
        if state.commit_index > self._commit_index:
            words = f"commits up to index {state.commit_index}"
            self._mark(position, "commit", str(state.commit_index), words)
        self._log, self._commit_index = state.log, state.commit_index

    def _enter(self, position: int, condition: Condition, look: Look | None) -> None:
        """Begin a span; it replaces one that begins at the same record."""
        self._condition, self._look = condition, look
        spans = self.lifeline.spans
        if spans and spans[-1].start == position:
            spans.pop()
        spans.append(Span(position, condition, look))

    def _mark(self, position: int, kind: MarkKind, label: str, words: str) -> None:
        self.lifeline.marks.append(Mark(position, kind, label, words))


def same_look(now: Look, before: Look | None) -> bool:
    """Whether two looks have the same role, term and badge, and so the same lane."""
    if before is None:
        return False
    return (now.role, now.term, now.badge) == (before.role, before.term, before.badge)
