"""`LoneServer`: one server that a scenario drives by hand, with messages and timers.

It keeps the server's disk and delivers what the server sends to itself, because
both belong to a server's contract. Everything else is handed to the scenario.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    Effects,
    Entry,
    Event,
    Log,
    Message,
    Persistent,
    RequestVoteResponse,
    Rules,
    ServerState,
    Settings,
    TimerFired,
)
from raftkit.protocol.effects import RESTART, STOP
from raftkit.protocol.messages import ELECTION, HEARTBEAT
from raftkit.protocol.roles import LEADER
from raftkit.scenarios.scenario import expect
from raftkit.simulator.raft_system import MakeServer


def heartbeat(term: int, source: str = "S2", target: str = "S1") -> AppendEntriesRequest:
    """An empty request of a leader that has no entries."""
    return AppendEntriesRequest(source, target, term, 0, 0, (), 0)


class LoneServer:
    """A started server named `id` of the cluster `servers`; `disk` is what is durable."""

    def __init__(
        self,
        make_server: MakeServer,
        id: str,
        servers: tuple[str, ...],
        rules: Rules,
        settings: Settings,
        persistent: Persistent | None = None,
    ) -> None:
        self.id = id
        self.peers = tuple(name for name in servers if name != id)
        self.settings = settings
        self.disk = persistent
        self.applied: list[Entry] = []
        self._running: set[str] = set()  # timers
        # prevLogIndex of the latest request to a peer that ended at an index.
        self._requests: dict[tuple[str, int], int] = {}
        # Whatever builds a server must be able to do so again, from the disk alone.
        self._build: Callable[[Persistent | None], Any] = partial(
            make_server, id, servers, rules, settings
        )
        self.restart()

    # Looking ---------------------------------------------------------------------------

    @property
    def state(self) -> ServerState:
        """What can be seen of the server now."""
        state: ServerState = self.process.observe()
        return state

    @property
    def role(self) -> str:
        """Follower, candidate or leader."""
        return self.state.standing.role

    @property
    def term(self) -> int:
        """currentTerm."""
        return self.state.standing.current_term

    @property
    def voted_for(self) -> str | None:
        """votedFor."""
        return self.state.standing.voted_for

    @property
    def log(self) -> Log:
        """The log."""
        return self.state.log

    @property
    def commit_index(self) -> int:
        """commitIndex."""
        return self.state.commit_index

    # Driving ---------------------------------------------------------------------------

    def restart(self) -> None:
        """Start, or start again with nothing but the disk."""
        self.process = self._build(self.disk)
        self.applied = []
        self._timers: list[tuple[str, str]] = []
        self._running.clear()
        self._carry_out(self.process.start())

    def hear(self, event: Event) -> list[Message]:
        """Hand the server an event; what it sends to others."""
        if isinstance(event, TimerFired):
            self._running.discard(event.timer)
        self._timers = []
        return self._carry_out(self.process.handle(event))

    def time_out(self) -> list[Message]:
        """Let the election timer run out; what the server sends."""
        return self.hear(TimerFired(ELECTION))

    def beat(self) -> list[Message]:
        """Let the heartbeat timer run out; what the server sends."""
        return self.hear(TimerFired(HEARTBEAT))

    def propose(self, command: str) -> list[Message]:
        """Hand the server a client's command; what it sends to other servers."""
        return self.hear(ClientRequest("C1", self.id, 1, command))

    def become_leader(self) -> list[Message]:
        """Time out and hear a vote from every peer; what the server sends on winning."""
        self.time_out()
        sent: list[Message] = []
        for peer in self.peers:
            if self.role != LEADER:
                sent = self.hear(RequestVoteResponse(peer, self.id, self.term, True))
        expect(self.role == LEADER, f"{self.id} did not become leader with every server's vote.")
        return sent

    def acknowledge(self, peer: str, index: int) -> list[Message]:
        """Tell the leader that `peer` holds everything up to `index`; what it sends.

        The answer repeats prevLogIndex of the last request that ended there, if there was one.
        """
        previous = self._requests.get((peer, index), index)
        return self.hear(AppendEntriesResponse(peer, self.id, self.term, True, index, previous))

    def timer(self, name: str) -> str:
        """What the last event did to timer `name`: "restart", "stop" or "keep"."""
        changes = [change for timer, change in self._timers if timer == name]
        return changes[-1] if changes else "keep"

    def runs(self, name: str) -> bool:
        """Whether timer `name` runs: started, and since then neither stopped nor run out."""
        return name in self._running

    def _carry_out(self, effects: Effects) -> list[Message]:
        """Do what a host would: write, apply and send; what others are sent is the answer.

        Writes come first, because a message may leave only when they are durable (Figure 2).
        """
        self.effects = effects
        self._timers += effects.timers
        self._change_timers(effects)
        if effects.writes:
            self.disk = effects.writes[-1]
        self.applied.extend(entry for _, entry in effects.applied)
        sent = [*effects.early_messages, *effects.messages]
        for request in sent:
            if isinstance(request, AppendEntriesRequest):
                previous = request.prev_log_index
                self._requests[request.target, previous + len(request.entries)] = previous
        others = [message for message in sent if message.target != self.id]
        for message in sent:
            # A server may count its own vote by sending it to itself: that crosses no network.
            if message.target == self.id:
                others += self._carry_out(self.process.handle(message))
        return others

    def _change_timers(self, effects: Effects) -> None:
        """Start and stop timers as the server says; only the scenario lets one run out."""
        for timer, change in effects.timers:
            if change == STOP:
                self._running.discard(timer)
            elif change == RESTART:
                self._running.add(timer)
