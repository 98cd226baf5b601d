"""One Raft server: events in, effects out (Figure 2 and §5).

`Server` owns the order of things within a step; every decision is asked of its
`Rules`. What it does stands where Figure 2 has it: all_servers, followers, candidates
and leaders. It reads no clock, draws no number and does no I/O: the simulator, real
processes, a search and a test all drive this class through `start()` and `handle(event)`.
"""

from raftkit.protocol.candidates import Candidates
from raftkit.protocol.effects import Effects
from raftkit.protocol.event_handlers import handles
from raftkit.protocol.followers import Followers
from raftkit.protocol.messages import ELECTION, Event, TimerFired
from raftkit.protocol.roles import LEADER, STARTS_UP, check_transition
from raftkit.protocol.timers import HEARTBEAT_DUE, STARTED_UP


class Server(Candidates, Followers):
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

    A subclass may override every method whose name has no underscore, and read and set every
    such attribute. An `on_...` method handles one event: what it wants done it adds to
    `self.effects`, as in `self.effects.messages += (message,)`. `handles` declares the method
    for an event of the subclass's own.
    """

    def start(self) -> Effects:
        """The effects of starting up, or of starting again from disk."""
        self.effects = Effects()
        check_transition(self.rules.next_role, self.id, None, STARTS_UP, self.standing.role)
        self.change_election_timer(STARTED_UP)
        return self.effects

    def handle(self, event: Event) -> Effects:
        """Take one event and answer with what must be done about it.

        It may also be of a class that a subclass `handles`; TypeError for one without a handler.
        """
        self.effects = effects = Effects()
        rules, standing = self.rules, self.standing
        try:
            on_event, has_term = self._handlers[type(event)]
        except KeyError:
            raise TypeError(f"{self.id} has no method that handles {event!r}") from None
        if has_term:
            adopted = rules.adopt_term(standing, event)  # type: ignore[arg-type]
            if adopted is not standing:
                self.adopt_term(adopted, event)
        on_event(self, event)
        log, last_applied = self.log, self.last_applied
        through = rules.apply_through(last_applied, self.commit_index, log.last_index)
        if through > last_applied:
            self.apply_entries(through)
        standing, on_disk = self.standing, self.on_disk
        if (
            log is not on_disk.log
            or standing.current_term != on_disk.current_term
            or standing.voted_for != on_disk.voted_for
        ):
            self.persist()
        return effects

    @handles(TimerFired)
    def on_timer_fired(self, event: TimerFired) -> None:
        """A timer has run out: an election is due, or a leader's heartbeat."""
        if event.timer == ELECTION:
            self.start_election()
        elif self.standing.role == LEADER:
            self.send_heartbeats(HEARTBEAT_DUE)

    def timer_duration(self, timer: str, draw: float) -> int:
        """How long `timer` runs, in microseconds; `draw` is random, 0 <= draw < 1."""
        if timer == ELECTION:
            return self.rules.election_timeout(self.settings, draw)
        return self.rules.heartbeat_interval(self.settings)
