"""Elections (§5.2; Figure 2, RequestVote and Candidates): asking for votes, giving them, counting.

Who deserves a vote and what is a majority are decided by the rules.
"""

from raftkit.protocol.leading import Leading
from raftkit.protocol.messages import RequestVoteRequest, RequestVoteResponse
from raftkit.protocol.roles import ELECTION_TIMEOUT, LEADER
from raftkit.protocol.terms import IGNORE, REFUSE, Standing
from raftkit.protocol.timers import GRANTED_VOTE, REFUSED_VOTE, STARTED_ELECTION


class Campaigning(Leading):
    """What a server does in elections, as candidate and as voter; a winner goes on to lead."""

    def _start_election(self) -> None:
        """Nobody has been heard of for too long: stand for election in the next term (§5.2)."""
        log = self.log
        campaign = self.rules.start_election(
            self.standing, self.id, self.peers, log.last_index, log.last_term
        )
        self._take(campaign.standing, ELECTION_TIMEOUT)
        self.tally = campaign.tally
        self._election_timer(STARTED_ELECTION)
        # Differs from the paper: §5.1 retries an RPC that is not answered; here a candidate asks
        # each server once. A lost request costs it at most this election.
        self._effects.messages += campaign.requests
        if self.peers:
            self._become_leader_if_elected()
        else:
            # Differs from the paper: alone, its own vote is the majority once it is durable. It
            # comes back as a message, because messages wait for the disk.
            self._effects.messages += (
                RequestVoteResponse(self.id, self.id, self.standing.current_term, True),
            )

    def _on_request_vote(self, request: RequestVoteRequest) -> None:
        """A candidate asks: answer with a vote, or a refusal with the own term (RequestVote)."""
        treatment = self.rules.treat_request(self.standing.current_term, request)
        if treatment == IGNORE:
            return
        granted = treatment != REFUSE and self._grants(request)
        standing = self.standing
        if granted:
            self.standing = Standing(standing.role, standing.current_term, request.source)
        self._election_timer(GRANTED_VOTE if granted else REFUSED_VOTE)
        self._effects.messages += (
            RequestVoteResponse(self.id, request.source, standing.current_term, granted),
        )

    def _grants(self, request: RequestVoteRequest) -> bool:
        """Whether the rules give this candidate the vote of a term that is not over."""
        up_to_date = self.rules.is_up_to_date(
            request.last_log_term, request.last_log_index, self.log.last_term, self.log.last_index
        )
        return self.rules.should_grant_vote(self.standing, request, up_to_date)

    def _on_vote(self, response: RequestVoteResponse) -> None:
        """An answer has come: count it, and lead as soon as the votes suffice."""
        if not self.peers and response.term != self.standing.current_term:
            # Alone, its disk confirms an earlier vote; that of this term is not durable yet.
            return
        if self.tally is not None:
            self.tally = self.rules.count_vote(self.standing, self.tally, response)
            self._become_leader_if_elected()

    def _become_leader_if_elected(self) -> None:
        """A candidate with the votes of a majority leads at once (Figure 2, Candidates)."""
        tally = self.tally
        if tally is None or self.standing.role == LEADER:
            return
        if self.rules.has_majority(len(tally.granted), len(tally.refused), len(self.servers)):
            self._become_leader()
