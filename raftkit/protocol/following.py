"""A follower's part (§5.3; Figure 2, AppendEntries): taking entries from the leader.

Whether they fit, what they replace and what they commit are decided by the rules.
"""

from raftkit.protocol.messages import AppendEntriesRequest, AppendEntriesResponse
from raftkit.protocol.replication import Conflict
from raftkit.protocol.roles import FOLLOWER
from raftkit.protocol.server_state import State
from raftkit.protocol.terms import IGNORE, REFUSE
from raftkit.protocol.timers import HEARD_FROM_LEADER, HEARD_FROM_OLD_LEADER

_NO_CONFLICT = Conflict(0, 0)


class Following(State):
    """What a server does with AppendEntries."""

    def _on_append_entries(self, request: AppendEntriesRequest) -> None:
        """A leader sends entries, or shows that it is alive (AppendEntries receiver, 1 to 5)."""
        rules, standing = self.rules, self.standing
        treat_request = rules.treat_request
        treatment = treat_request(standing.current_term, request)
        if treatment == IGNORE:
            return
        if treatment == REFUSE:
            self._election_timer(HEARD_FROM_OLD_LEADER)
            self._answer_entries(request, False, 0, _NO_CONFLICT)
            return
        if standing.role != FOLLOWER:
            return
        self.leader_id = request.source
        self._election_timer(HEARD_FROM_LEADER)
        previous_entry_matches = rules.previous_entry_matches
        success = previous_entry_matches(self.log, request)
        if success:
            merge_entries, match_index_after = rules.merge_entries, rules.match_index_after
            self.log = log = merge_entries(self.log, request)
            match_index, conflict = match_index_after(log, request), _NO_CONFLICT
        else:
            match_index, conflict = 0, rules.find_conflict(self.log, request)
        follower_commit_index = rules.follower_commit_index
        self.commit_index = follower_commit_index(self.commit_index, request, success)
        self._answer_entries(request, success, match_index, conflict)

    def _answer_entries(
        self, request: AppendEntriesRequest, success: bool, match_index: int, conflict: Conflict
    ) -> None:
        """What the leader is told: how far the logs agree now, or where they part."""
        self._effects.messages += (
            AppendEntriesResponse(
                self.id,
                request.source,
                self.standing.current_term,
                success,
                match_index,
                request.prev_log_index,
                conflict.term,
                conflict.index,
            ),
        )
