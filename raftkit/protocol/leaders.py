"""Figure 2's box "Leaders": heartbeats, entries, and what followers answer (§5.3, §5.4.2).

It keeps the followers' progress and moves the commit index. What to send, what an
answer means and what is committed are decided by the rules.
"""

from operator import attrgetter

from raftkit.protocol.all_servers import AllServers
from raftkit.protocol.event_handlers import handles
from raftkit.protocol.log import Entry
from raftkit.protocol.messages import AppendEntriesResponse, ClientRequest
from raftkit.protocol.roles import LEADER, MAJORITY_OF_VOTES
from raftkit.protocol.terms import Standing
from raftkit.protocol.timers import RESTART_HEARTBEAT, WON_ELECTION, HeartbeatOccasion

_match_index = attrgetter("match_index")


class Leaders(AllServers):
    """What a server does once it is elected."""

    def become_leader(self) -> None:
        """Enter office: know nothing of the followers yet, and tell them at once (§5.2, §5.3)."""
        standing = self.standing
        leads = Standing(LEADER, standing.current_term, standing.voted_for)
        self.change_standing(leads, MAJORITY_OF_VOTES)
        self.leader_id = self.id
        last = self.log.last_index
        self.progress = {
            peer: self.rules.initial_progress(last, self.progress.get(peer)) for peer in self.peers
        }
        self.sent_index = {
            peer: progress.next_index - 1 for peer, progress in self.progress.items()
        }
        self.unanswered = {}
        self.change_election_timer(WON_ELECTION)
        if self.settings.no_op:
            self.log = self.log.extend((Entry(standing.current_term),))
            self.acknowledge_own_disk()
        self.send_heartbeats(WON_ELECTION)

    def send_heartbeats(self, occasion: HeartbeatOccasion) -> None:
        """Send to the peers that the rules name, beginning with what is not acknowledged."""
        owing = tuple(peer for peer in self.peers if self.unanswered.get(peer))
        for peer in self.rules.heartbeat_targets(occasion, self.peers, owing):
            # What is not acknowledged by now may be lost: send it again.
            self.sent_index[peer] = self.progress[peer].next_index - 1
            self.send_append_entries(peer)
        self.effects.timers += RESTART_HEARTBEAT

    def send_append_entries(self, peer: str) -> None:
        """Send `peer` what is not yet on its way to it; an empty request if that is nothing."""
        sent_index = self.sent_index
        request = self.rules.make_append_entries(
            self.id,
            peer,
            self.standing.current_term,
            self.log,
            sent_index[peer] + 1,
            self.commit_index,
            self.settings.batch,
        )
        self.unanswered[peer] = True
        self.effects.messages += (request,)
        if request.entries:
            sent_index[peer] = request.prev_log_index + len(request.entries)

    def has_more_for(self, peer: str) -> bool:
        """Whether the last log index is at or after the next one to send `peer` (Figure 2)."""
        return self.log.last_index >= self.sent_index[peer] + 1

    @handles(ClientRequest)
    def on_client_request(self, request: ClientRequest) -> None:
        """A client asks for a command: append it and send it on, or say who leads (§5.3, §8)."""
        standing = self.standing
        entry = Entry(standing.current_term, request.command, request.source, request.serial)
        log = self.rules.append_command(standing, self.log, entry)
        if log is None:
            self.redirect_client(request)
            return
        self.log = log
        self.waiting_clients[log.last_index] = request
        if standing.role != LEADER:
            return
        for peer in self.peers:
            self.send_append_entries(peer)
        self.effects.timers += RESTART_HEARTBEAT
        self.acknowledge_own_disk()
        self.answer_clients()

    def acknowledge_own_disk(self) -> None:
        """Alone, a server's own disk is the majority, so it commits once its write is durable."""
        if not self.peers:
            self.effects.messages += (
                AppendEntriesResponse(
                    self.id, self.id, self.standing.current_term, True, self.log.last_index
                ),
            )

    @handles(AppendEntriesResponse)
    def on_append_entries_response(self, response: AppendEntriesResponse) -> None:
        """A follower has answered: note how far it is, send what it lacks, commit what is safe."""
        if self.standing.role != LEADER:
            return
        if not self.peers:
            # What it has appended since may not be on its disk yet.
            self.advance_commit_index(response.match_index)
            return
        peer = response.source
        self.unanswered[peer] = False
        before = self.progress[peer]
        if response.success:
            after = self.rules.advance_progress(self.standing, before, response)
        else:
            after = self.rules.back_up(self.standing, self.log, before, response)
        if after is not before:
            self.progress[peer] = after
            if response.success:
                if after.match_index > self.sent_index[peer]:
                    self.sent_index[peer] = after.match_index
                wants_more = self.has_more_for(peer)
            else:
                self.sent_index[peer] = after.next_index - 1
                # Differs from the paper: Figure 2 retries after every refusal. Here only a fall
                # of next_index is news. Without one, the missing entry may merely be late: the
                # next command or heartbeat carries it, and refusals cannot chase resends.
                wants_more = after.next_index < before.next_index
            if wants_more:
                self.send_append_entries(peer)
        if after.match_index > self.commit_index:
            self.advance_commit_index(self.log.last_index)

    def advance_commit_index(self, own_match_index: int) -> None:
        """Let the rules say what is committed, from what every server is known to hold."""
        matches = [*map(_match_index, self.progress.values()), own_match_index]
        self.commit_index = self.rules.advance_commit_index(
            self.log, self.standing.current_term, self.commit_index, matches
        )
