"""What every part of a server shares: Figure 2's state, and the acts that no role owns.

Standing, log and indexes live here, and so do entering a new standing, applying,
persisting and answering clients. Which role does what stands in campaigning.py,
leading.py and following.py.
"""

from collections.abc import Iterable
from typing import Any

from raftkit.protocol.effects import KEEP, RESTART, Effects, Reply
from raftkit.protocol.election import Tally
from raftkit.protocol.messages import (
    ELECTION,
    ClientRequest,
    ClientResponse,
)
from raftkit.protocol.observed import ServerState
from raftkit.protocol.persistence import Persistent
from raftkit.protocol.replication import Progress
from raftkit.protocol.roles import CURRENT_LEADER, HIGHER_TERM, LEADER, Occasion, check_transition
from raftkit.protocol.rules import Rules
from raftkit.protocol.terms import Standing
from raftkit.protocol.timers import (
    ADOPTED_TERM,
    RESTART_ELECTION,
    STEPPED_DOWN,
    STOP_HEARTBEAT,
    Settings,
    TimerOccasion,
)


class State:
    """Figure 2's box "State" of the server called `id`, and what happens to it in any role."""

    _effects: Effects  # of the step under way

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
        self._on_disk = persistent or Persistent()
        self._standing_on_disk: Standing | None = None  # one whose term and vote the disk holds
        restarted = self.rules.restart(self._on_disk)

        # Figure 2, State. `standing` holds the role, currentTerm and votedFor.
        self.standing = restarted.standing
        self.log = self._on_disk.log
        self.commit_index = restarted.commit_index
        self.last_applied = restarted.last_applied
        self.progress: dict[str, Progress] = {}  # on leaders: nextIndex and matchIndex

        # What Figure 2 leaves implied.
        self.tally: Tally | None = None  # a candidate's votes
        self.leader_id: str | None = None  # where to send clients
        self._waiting_clients: dict[int, ClientRequest] = {}  # a leader's, by log index
        self._unanswered: dict[str, bool] = {}  # a leader's peers that owe it an answer
        # Differs from the paper: by peer, the last index already on its way to it, so that a
        # command is not sent again with the next one. A heartbeat sends again what is not
        # acknowledged.
        self._sent_index: dict[str, int] = {}

    def observe(self) -> ServerState:
        """The state as a value, for histories, checkers and pictures."""
        standing = self.standing
        return ServerState(
            standing,
            self.log,
            self.commit_index,
            self.last_applied,
            self.tally,
            tuple(self.progress.values()) if standing.role == LEADER else (),
        )

    # All servers (§5.1) ----------------------------------------------------------------

    def _adopt(self, standing: Standing, message: Any) -> None:
        higher = message.term > self.standing.current_term
        self._take(standing, HIGHER_TERM if higher else CURRENT_LEADER)

    def _take(self, standing: Standing, occasion: Occasion) -> None:
        """Enter a new standing, if the rules know the way (Figure 4)."""
        before = self.standing
        if standing == before:
            return
        if standing.role != before.role or occasion != CURRENT_LEADER:
            next_role = self.rules.next_role
            check_transition(next_role, self.id, before.role, occasion, standing.role)
        self.standing = standing
        if standing.current_term != before.current_term:
            self.leader_id = None
            self.tally = None
        if before.role == LEADER:
            self._waiting_clients.clear()
            self._effects.timers += STOP_HEARTBEAT
            self._election_timer(STEPPED_DOWN)
        elif occasion == HIGHER_TERM:
            self._election_timer(ADOPTED_TERM)

    def _apply(self, through: int) -> None:
        """Hand committed entries to the state machine, in order, and answer who waits for them."""
        first = self.last_applied + 1
        entries = self.log.entries(first, through)
        self._effects.applied = tuple(enumerate(entries, first))
        self.last_applied += len(entries)
        if self._waiting_clients:
            self._answer_clients()

    def _persist(self) -> None:
        """Write down what has changed; what may not be said before that waits (Figure 2)."""
        effects, standing, on_disk = self._effects, self.standing, self._on_disk
        if (
            self.log is on_disk.log
            and standing.current_term == on_disk.current_term
            and standing.voted_for == on_disk.voted_for
        ):
            self._standing_on_disk = standing
            return
        in_memory = Persistent(standing.current_term, standing.voted_for, self.log)
        writes_needed = self.rules.writes_needed
        writes = writes_needed(on_disk, in_memory)
        if not writes:
            return
        effects.writes = writes
        self._on_disk = writes[-1]
        waits = self.rules.waits_for_disk
        for message in effects.messages:
            if not waits(message):
                effects.early_messages = tuple(m for m in effects.messages if not waits(m))
                effects.messages = tuple(m for m in effects.messages if waits(m))
                return

    # Clients (§5.3, §8) ----------------------------------------------------------------

    def _answer_clients(self) -> None:
        """Answer the clients whose entries are done, the oldest first."""
        waiting, may_answer_client = self._waiting_clients, self.rules.may_answer_client
        while waiting:
            index = next(iter(waiting))
            if not may_answer_client(index, self.commit_index, self.last_applied):
                return
            request = waiting.pop(index)
            self._effects.replies += (Reply(request.source, request.serial, index),)

    def _redirect(self, request: ClientRequest) -> None:
        """Refuse a command, with a hint to the leader if one is known (§8)."""
        hint = self.leader_id if self.leader_id != self.id else None
        self._effects.replies += (
            ClientResponse(self.id, request.source, request.serial, ok=False, leader_hint=hint),
        )

    # Timers (§5.2) ---------------------------------------------------------------------

    def _election_timer(self, occasion: TimerOccasion) -> None:
        """Let the rules say what an occasion does to the election timer."""
        election_timer_change = self.rules.election_timer_change
        change = election_timer_change(self.standing.role, occasion)
        if change == RESTART:
            self._effects.timers += RESTART_ELECTION
        elif change != KEEP:
            self._effects.timers += ((ELECTION, change),)
