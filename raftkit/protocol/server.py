"""One Raft server: events in, effects out (Figure 2 and §5).

`Server` puts the parts together and owns the order of things within a step; every
decision is asked of its `Rules`, every change of role is checked against them.
The parts stand in server_state, leading, campaigning and following. It reads no
clock, draws no number and does no I/O: the simulator, real processes, a search and
a test all drive this one class through `start()` and `handle(event)`.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from raftkit.protocol.campaigning import Campaigning
from raftkit.protocol.effects import Effects
from raftkit.protocol.following import Following
from raftkit.protocol.messages import (
    ELECTION,
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    Event,
    RequestVoteRequest,
    RequestVoteResponse,
    TimerFired,
)
from raftkit.protocol.roles import LEADER, STARTS_UP, check_transition
from raftkit.protocol.timers import HEARTBEAT_DUE, STARTED_UP


class Server(Campaigning, Following):
    """A Raft server named `id` in a cluster of `servers` (names, its own among them).

    `persistent` is what its disk holds; nothing for a new server. `start()` must come first.

    >>> server = Server("S1", ("S1", "S2", "S3"))
    >>> server.start().timers
    (('election', 'restart'),)
    >>> [request.target for request in server.handle(TimerFired("election")).messages]
    ['S2', 'S3']
    >>> from raftkit.protocol import RequestVoteResponse
    >>> effects = server.handle(RequestVoteResponse("S2", "S1", 1, vote_granted=True))
    >>> server.standing
    Standing(role='leader', current_term=1, voted_for='S1')
    """

    # By event: its handler, and whether it carries a term. A table, because asking a server for
    # a method by its name would cost every step more.
    _handlers: ClassVar[Mapping[type, tuple[Callable[[Any, Any], None], bool]]]

    def __init_subclass__(cls) -> None:
        """A subclass's own handlers take the place of these, as in any class."""
        cls._handlers = _handlers_of(cls)

    def start(self) -> Effects:
        """The effects of starting up, or of starting again from disk."""
        self._effects = Effects()
        check_transition(self.rules.next_role, self.id, None, STARTS_UP, self.standing.role)
        self._election_timer(STARTED_UP)
        return self._effects

    def handle(self, event: Event) -> Effects:
        """Take one event and answer with what must be done about it."""
        self._effects = effects = Effects()
        rules, standing = self.rules, self.standing
        on_event, has_term = self._handlers[type(event)]
        if has_term:
            adopt_term = rules.adopt_term
            adopted = adopt_term(standing, event)  # type: ignore[arg-type]
            if adopted is not standing:
                self._adopt(adopted, event)
        on_event(self, event)
        log, last_applied = self.log, self.last_applied
        apply_through = rules.apply_through
        through = apply_through(last_applied, self.commit_index, log.last_index)
        if through > last_applied:
            self._apply(through)
        if log is not self._on_disk.log or self.standing is not self._standing_on_disk:
            self._persist()
        return effects

    def _on_timer_fired(self, event: TimerFired) -> None:
        """A timer has run out: an election is due, or a leader's heartbeat."""
        if event.timer == ELECTION:
            self._start_election()
        elif self.standing.role == LEADER:
            self._send_heartbeats(HEARTBEAT_DUE)

    def timer_duration(self, timer: str, draw: float) -> int:
        """How long `timer` runs, in microseconds; `draw` is random, 0 <= draw < 1."""
        rules = self.rules
        if timer == ELECTION:
            election_timeout = rules.election_timeout
            return election_timeout(self.settings, draw)
        heartbeat_interval = rules.heartbeat_interval
        return heartbeat_interval(self.settings)


def _handlers_of(kind: type[Server]) -> dict[type, tuple[Callable[[Any, Any], None], bool]]:
    """The handler of each event in a class of servers, and whether the event carries a term."""
    return {
        AppendEntriesRequest: (kind._on_append_entries, True),
        AppendEntriesResponse: (kind._on_append_response, True),
        RequestVoteRequest: (kind._on_request_vote, True),
        RequestVoteResponse: (kind._on_vote, True),
        ClientRequest: (kind._on_client_request, False),
        TimerFired: (kind._on_timer_fired, False),
    }


Server._handlers = _handlers_of(Server)
