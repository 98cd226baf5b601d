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
        rules, standing = self.rules, self.standing
        treatment = rules.treat_request(standing.current_term, request)
        if treatment == IGNORE:
            return
        if treatment == REFUSE:
            self._election_timer(HEARD_FROM_OLD_LEADER)
            self._answer_entries(request, False, _NO_CONFLICT)
            return
        if standing.role != FOLLOWER:
            return
        self.leader_id = request.source
        self._election_timer(HEARD_FROM_LEADER)
        success = rules.previous_entry_matches(self.log, request)
        conflict = _NO_CONFLICT
        if success:
            self.log = rules.merge_entries(self.log, request)
        else:
            conflict = rules.find_conflict(self.log, request)
        self.commit_index = rules.follower_commit_index(self.commit_index, request, success)
        self._answer_entries(request, success, conflict)

    def _answer_entries(
        self, request: AppendEntriesRequest, success: bool, conflict: Conflict
    ) -> None:
        self._effects.messages.append(
            AppendEntriesResponse(
                self.id,
                request.source,
                self.standing.current_term,
                success,
                self.rules.match_index_after(self.log, request) if success else 0,
                request.prev_log_index,
                conflict.term,
                conflict.index,
            )
        )
