"""Figure 2's box "Candidates": starting an election, counting the votes, winning (§5.2).

What an election starts with and what is a majority are decided by the rules.
"""

from raftkit.protocol.election import Tally
from raftkit.protocol.event_handlers import handles
from raftkit.protocol.leaders import Leaders
from raftkit.protocol.messages import RequestVoteResponse
from raftkit.protocol.roles import ELECTION_TIMEOUT, LEADER
from raftkit.protocol.timers import STARTED_ELECTION


class Candidates(Leaders):
    """What a server does in its own elections; a winner goes on to lead."""

    def start_election(self) -> None:
        """The election timer has run out: stand for election in the next term (§5.2)."""
        log = self.log
        campaign = self.rules.start_election(
            self.standing, self.id, self.peers, log.last_index, log.last_term
        )
        self.change_standing(campaign.standing, ELECTION_TIMEOUT)
        self.tally = campaign.tally
        self.change_election_timer(STARTED_ELECTION)
        # Differs from the paper: §5.1 retries an RPC that is not answered; here a candidate asks
        # each server once. A lost request costs it at most this election.
        # A rule of somebody else may return a list.
        self.effects.messages += tuple(campaign.requests)
        if self.peers:
            self.become_leader_if_elected()
        else:
            # Differs from the paper: alone, its own vote is the majority once it is durable. It
            # comes back as a message, because messages wait for the disk.
            self.effects.messages += (
                RequestVoteResponse(self.id, self.id, self.standing.current_term, True),
            )

    @handles(RequestVoteResponse)
    def on_request_vote_response(self, response: RequestVoteResponse) -> None:
        """An answer has come: count it, and lead as soon as the votes suffice."""
        if not self.peers and response.term != self.standing.current_term:
            # Alone, its disk confirms an earlier vote; that of this term is not durable yet.
            return
        if self.tally is not None:
            self.tally = self.rules.count_vote(self.standing, self.tally, response)
            self.become_leader_if_elected()

    def become_leader_if_elected(self) -> None:
        """A candidate with the votes of a majority leads at once (Figure 2, Candidates)."""
        tally = self.tally
        if tally is None or self.standing.role == LEADER:
            return
        if self.has_majority(tally, self.servers):
            self.become_leader()

    def has_majority(self, tally: Tally, servers: tuple[str, ...]) -> bool:
        """Whether the votes of these `servers` alone are a majority of them (§5.2)."""
        granted = [voter for voter in tally.granted if voter in servers]
        refused = [voter for voter in tally.refused if voter in servers]
        return self.rules.has_majority(len(granted), len(refused), len(servers))
