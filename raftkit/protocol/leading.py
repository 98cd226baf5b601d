"""A leader's part (§5.3; Figure 2, Leaders): heartbeats, entries, and what followers answer.

It keeps the followers' progress and moves the commit index. What to send, what an
answer means and what is committed are decided by the rules.
"""

from operator import attrgetter

from raftkit.protocol.log import Entry
from raftkit.protocol.messages import AppendEntriesResponse, ClientRequest
from raftkit.protocol.roles import LEADER, MAJORITY_OF_VOTES
from raftkit.protocol.server_state import State
from raftkit.protocol.terms import Standing
from raftkit.protocol.timers import RESTART_HEARTBEAT, WON_ELECTION, HeartbeatOccasion

_match_index = attrgetter("match_index")


class Leading(State):
    """What a server does once it is elected."""

    def _become_leader(self) -> None:
        """Enter office: know nothing of the followers yet, and tell them at once (§5.2, §5.3)."""
        standing = self.standing
        self._take(Standing(LEADER, standing.current_term, standing.voted_for), MAJORITY_OF_VOTES)
        self.leader_id = self.id
        last = self.log.last_index
        self.progress = {
            peer: self.rules.initial_progress(last, self.progress.get(peer)) for peer in self.peers
        }
        self._sent_index = {
            peer: progress.next_index - 1 for peer, progress in self.progress.items()
        }
        self._unanswered = {}
        self._election_timer(WON_ELECTION)
        if self.settings.no_op:
            self.log = self.log.extend((Entry(standing.current_term),))
            self._acknowledge_own_disk()
        self._send_heartbeats(WON_ELECTION)

    def _send_heartbeats(self, occasion: HeartbeatOccasion) -> None:
        """Send to whom the rules name, beginning with what is not acknowledged."""
        owing = tuple(peer for peer in self.peers if self._unanswered.get(peer))
        for peer in self.rules.heartbeat_targets(occasion, self.peers, owing):
            # What is not acknowledged by now may be lost: send it again.
            self._sent_index[peer] = self.progress[peer].next_index - 1
            self._send_entries(peer)
        self._effects.timers += RESTART_HEARTBEAT

    def _send_entries(self, peer: str) -> None:
        """Send `peer` what is not yet on its way to it; an empty request if that is nothing."""
        sent_index = self._sent_index
        make_append_entries = self.rules.make_append_entries
        request = make_append_entries(
            self.id,
            peer,
            self.standing.current_term,
            self.log,
            sent_index[peer] + 1,
            self.commit_index,
            self.settings.batch,
        )
        self._unanswered[peer] = True
        self._effects.messages += (request,)
        if request.entries:
            sent_index[peer] = request.prev_log_index + len(request.entries)

    def _on_client_request(self, request: ClientRequest) -> None:
        """A client asks for a command: append it and send it on, or say who leads (§5.3, §8)."""
        standing = self.standing
        entry = Entry(standing.current_term, request.command, request.source, request.serial)
        append_command = self.rules.append_command
        log = append_command(standing, self.log, entry)
        if log is None:
            self._redirect(request)
            return
        self.log = log
        self._waiting_clients[log.last_index] = request
        if standing.role != LEADER:
            return
        for peer in self.peers:
            self._send_entries(peer)
        self._effects.timers += RESTART_HEARTBEAT
        self._acknowledge_own_disk()
        self._answer_clients()

    def _acknowledge_own_disk(self) -> None:
        """Alone, a server's own disk is the majority, so it commits once its write is durable."""
        if not self.peers:
            self._effects.messages += (
                AppendEntriesResponse(
                    self.id, self.id, self.standing.current_term, True, self.log.last_index
                ),
            )

    def _on_append_response(self, response: AppendEntriesResponse) -> None:
        """A follower has answered: note how far it is, send what it lacks, commit what is safe."""
        if self.standing.role != LEADER:
            return
        if not self.peers:
            # What it has appended since may not be on its disk yet.
            self._advance_commit_index(response.match_index)
            return
        peer = response.source
        self._unanswered[peer] = False
        before = self.progress[peer]
        if response.success:
            advance_progress = self.rules.advance_progress
            after = advance_progress(self.standing, before, response)
        else:
            after = self.rules.back_up(self.standing, self.log, before, response)
        if after is not before:
            self.progress[peer] = after
            sent_index = self._sent_index
            if response.success:
                if after.match_index > sent_index[peer]:
                    sent_index[peer] = after.match_index
                wants_more = sent_index[peer] < self.log.last_index
            else:
                sent_index[peer] = after.next_index - 1
                # Differs from the paper: Figure 2 retries after every refusal. Here only a fall
                # of next_index is news. Without one, the missing entry may merely be late: the
                # next command or heartbeat carries it, and refusals cannot chase resends.
                wants_more = after.next_index < before.next_index
            if wants_more:
                self._send_entries(peer)
        if after.match_index > self.commit_index:
            self._advance_commit_index(self.log.last_index)

    def _advance_commit_index(self, own_match_index: int) -> None:
        """Let the rules say what is committed, from what every server is known to hold."""
        matches = [*map(_match_index, self.progress.values()), own_match_index]
        advance_commit_index = self.rules.advance_commit_index
        self.commit_index = advance_commit_index(
            self.log, self.standing.current_term, self.commit_index, matches
        )
