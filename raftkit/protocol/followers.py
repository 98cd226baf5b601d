"""Figure 2's box "Followers": answering the RPCs of leaders and candidates (§5.2 to §5.4).

Servers of the other roles answer them, too. Whether entries fit, what they replace,
what they commit and who deserves a vote are decided by the rules.
"""

from raftkit.protocol.all_servers import AllServers
from raftkit.protocol.event_handlers import handles
from raftkit.protocol.messages import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    RequestVoteRequest,
    RequestVoteResponse,
)
from raftkit.protocol.replication import Conflict
from raftkit.protocol.roles import FOLLOWER
from raftkit.protocol.terms import IGNORE, REFUSE, Standing
from raftkit.protocol.timers import (
    GRANTED_VOTE,
    HEARD_FROM_LEADER,
    HEARD_FROM_OLD_LEADER,
    REFUSED_VOTE,
)

_NO_CONFLICT = Conflict(0, 0)


class Followers(AllServers):
    """What a server does with AppendEntries and RequestVote."""

    # AppendEntries (§5.3) --------------------------------------------------------------

    @handles(AppendEntriesRequest)
    def on_append_entries(self, request: AppendEntriesRequest) -> None:
        """A leader sends entries, or shows that it is alive (AppendEntries receiver, 1 to 5)."""
        rules, standing = self.rules, self.standing
        treatment = rules.treat_request(standing.current_term, request)
        if treatment == IGNORE:
            return
        if treatment == REFUSE:
            self.change_election_timer(HEARD_FROM_OLD_LEADER)
            self.answer_append_entries(request, False, 0, _NO_CONFLICT)
            return
        if standing.role != FOLLOWER:
            return
        self.leader_id = request.source
        self.change_election_timer(HEARD_FROM_LEADER)
        success = rules.previous_entry_matches(self.log, request)
        if success:
            self.log = log = rules.merge_entries(self.log, request)
            match_index, conflict = rules.match_index_after(log, request), _NO_CONFLICT
        else:
            match_index, conflict = 0, rules.find_conflict(self.log, request)
        self.commit_index = rules.follower_commit_index(self.commit_index, request, success)
        self.answer_append_entries(request, success, match_index, conflict)

    def answer_append_entries(
        self, request: AppendEntriesRequest, success: bool, match_index: int, conflict: Conflict
    ) -> None:
        """Tell the leader how far the logs agree now, or where they part."""
        self.effects.messages += (
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

    # RequestVote (§5.2, §5.4.1) --------------------------------------------------------

    @handles(RequestVoteRequest)
    def on_request_vote(self, request: RequestVoteRequest) -> None:
        """A candidate asks: grant or refuse it the vote, with this server's term (RequestVote)."""
        treatment = self.rules.treat_request(self.standing.current_term, request)
        if treatment == IGNORE:
            return
        granted = treatment != REFUSE and self.grants_vote(request)
        standing = self.standing
        if granted:
            self.standing = Standing(standing.role, standing.current_term, request.source)
        self.change_election_timer(GRANTED_VOTE if granted else REFUSED_VOTE)
        self.effects.messages += (
            RequestVoteResponse(self.id, request.source, standing.current_term, granted),
        )

    def grants_vote(self, request: RequestVoteRequest) -> bool:
        """Whether the rules give this candidate the vote of a term that is not over."""
        up_to_date = self.rules.is_up_to_date(
            request.last_log_term, request.last_log_index, self.log.last_term, self.log.last_index
        )
        return self.rules.should_grant_vote(self.standing, request, up_to_date)
