"""Figure 2's boxes "State" and "All Servers": what a server holds and does in any role.

Standing, log and indexes live here, and so do entering a new standing, applying,
persisting and answering clients. What a role adds stands in followers.py,
candidates.py and leaders.py.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from raftkit.protocol.effects import KEEP, RESTART, Effects, Reply
from raftkit.protocol.election import Tally
from raftkit.protocol.event_handlers import Handler, handlers_of
from raftkit.protocol.messages import (
    ELECTION,
    ClientRequest,
    ClientResponse,
)
from raftkit.protocol.persistence import Persistent
from raftkit.protocol.replication import Progress
from raftkit.protocol.roles import CURRENT_LEADER, HIGHER_TERM, LEADER, Occasion, check_transition
from raftkit.protocol.rules import Rules
from raftkit.protocol.server_state import ServerState
from raftkit.protocol.terms import Standing
from raftkit.protocol.timers import (
    ADOPTED_TERM,
    RESTART_ELECTION,
    STEPPED_DOWN,
    STOP_HEARTBEAT,
    Settings,
    TimerOccasion,
)


class AllServers:
    """The state of the server called `id`, and what happens to it in any role."""

    effects: Effects  # of the step under way

    # A table of each class, because asking a server for a method by its name would cost every
    # step more.
    _handlers: ClassVar[dict[type, tuple[Handler, bool]]]

    def __init_subclass__(cls) -> None:
        """Look up the handlers of a class once; those of a subclass take the place of these."""
        super().__init_subclass__()
        cls._handlers = handlers_of(cls)

    def __init__(
        self,
        id: str,
        servers: Iterable[str],
        rules: Rules | None = None,
        settings: Settings | None = None,
        persistent: Persistent | None = None,
    ) -> None:
        self.id = id
        self.servers = tuple(servers)
        self.peers = tuple(server for server in self.servers if server != id)
        self.rules = rules or Rules()
        self.settings = settings or Settings()
        self.on_disk = persistent or Persistent()
        restarted = self.rules.restart(self.on_disk)

        # Figure 2, State. `standing` holds the role, currentTerm and votedFor.
        self.standing = restarted.standing
        self.log = self.on_disk.log
        self.commit_index = restarted.commit_index
        self.last_applied = restarted.last_applied
        self.progress: dict[str, Progress] = {}  # on leaders: nextIndex and matchIndex

        # What Figure 2 leaves implied.
        self.tally: Tally | None = None  # a candidate's votes
        self.leader_id: str | None = None  # where to send clients
        self.waiting_clients: dict[int, ClientRequest] = {}  # a leader's, by log index
        self.unanswered: dict[str, bool] = {}  # a leader's peers that owe it an answer
        # Differs from the paper: by peer, the last index already on its way to it, so that a
        # command is not sent again with the next one. A heartbeat sends again what is not
        # acknowledged.
        self.sent_index: dict[str, int] = {}
        self._observed: ServerState | None = None

    def observe(self) -> ServerState:
        """The state as a value, for histories, checkers and pictures.

        While nothing changes it is the same object: so a quiet cluster's history stays small.
        """
        last, standing = self._observed, self.standing
        progress = tuple(self.progress.values()) if standing.role == LEADER else ()
        if (
            last is not None
            and standing is last.standing
            and self.log is last.log
            and self.commit_index is last.commit_index
            and self.last_applied is last.last_applied
            and self.tally is last.tally
            and progress == last.progress
        ):
            return last
        self._observed = observed = ServerState(
            standing, self.log, self.commit_index, self.last_applied, self.tally, progress
        )
        return observed

    # All servers (§5.1) ----------------------------------------------------------------

    def adopt_term(self, standing: Standing, message: Any) -> None:
        """Enter the standing that the term on `message` calls for, before it is handled."""
        higher = message.term > self.standing.current_term
        self.change_standing(standing, HIGHER_TERM if higher else CURRENT_LEADER)

    def change_standing(self, standing: Standing, occasion: Occasion) -> None:
        """Enter a new standing, if the rules know the way (Figure 4)."""
        before = self.standing
        if standing == before:
            return
        if standing.role != before.role or occasion != CURRENT_LEADER:
            check_transition(self.rules.next_role, self.id, before.role, occasion, standing.role)
        self.standing = standing
        if standing.current_term != before.current_term:
            self.leader_id = None
            self.tally = None
        if before.role == LEADER:
            self.waiting_clients.clear()
            self.effects.timers += STOP_HEARTBEAT
            self.change_election_timer(STEPPED_DOWN)
        elif occasion == HIGHER_TERM:
            self.change_election_timer(ADOPTED_TERM)

    def apply_entries(self, through: int) -> None:
        """Hand committed entries to the state machine, in order, and answer their clients."""
        first = self.last_applied + 1
        entries = self.log.entries(first, through)
        self.effects.applied = tuple(enumerate(entries, first))
        self.last_applied += len(entries)
        if self.waiting_clients:
            self.answer_clients()

    def persist(self) -> None:
        """Write down what has changed; what may not be said before that waits (Figure 2)."""
        effects, standing = self.effects, self.standing
        in_memory = Persistent(standing.current_term, standing.voted_for, self.log)
        writes = self.rules.writes_needed(self.on_disk, in_memory)
        if not writes:
            return
        effects.writes = writes
        self.on_disk = writes[-1]
        waits = self.rules.waits_for_disk
        for message in effects.messages:
            if not waits(message):
                effects.early_messages = tuple(m for m in effects.messages if not waits(m))
                effects.messages = tuple(m for m in effects.messages if waits(m))
                return

    # Clients (§5.3, §8) ----------------------------------------------------------------

    def answer_clients(self) -> None:
        """Answer the clients whose entries are done, the oldest first."""
        waiting = self.waiting_clients
        while waiting:
            index = next(iter(waiting))
            if not self.rules.may_answer_client(index, self.commit_index, self.last_applied):
                return
            request = waiting.pop(index)
            self.effects.replies += (Reply(request.source, request.serial, index),)

    def redirect_client(self, request: ClientRequest) -> None:
        """Refuse a command, with a hint to the leader if one is known (§8)."""
        hint = self.leader_id if self.leader_id != self.id else None
        self.effects.replies += (
            ClientResponse(self.id, request.source, request.serial, ok=False, leader_hint=hint),
        )

    # Timers (§5.2) ---------------------------------------------------------------------

    def change_election_timer(self, occasion: TimerOccasion) -> None:
        """Let the rules say what an occasion does to the election timer."""
        change = self.rules.election_timer_change(self.standing.role, occasion)
        if change == RESTART:
            self.effects.timers += RESTART_ELECTION
        elif change != KEEP:
            self.effects.timers += ((ELECTION, change),)
