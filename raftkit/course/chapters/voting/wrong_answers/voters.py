"""Answers about the voter in a whole server (§5.1, §5.2, §5.4.1).

Each single rule of notebook 02 is right here; the mistake is in what the server does around
the rules.
"""

from dataclasses import replace
from typing import Any

from raftkit.course.wrong_answer import (
    ELECTION_SAFETY,
    LEADER_COMPLETENESS,
    ONE_VOTE_PER_TERM,
    WASTED_WORK,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import (
    AppendEntriesRequest,
    RequestVoteRequest,
    RequestVoteResponse,
    Server,
    Standing,
)

WRONG = WrongAnswers()
wrong = WRONG.answer

SUITE = "raftkit small world"


@wrong("V2c", SUITE, ONE_VOTE_PER_TERM, case="votes")
@thinking("A heartbeat means that the election is over, so my vote is free again.")
@breaks("A vote is kept as long as its term lasts (§5.2).")
class FreesItsVoteAtTheFirstHeartbeat(Server):
    """A candidate of the same term whose requests were late collects votes a second time."""

    def on_append_entries(self, request: AppendEntriesRequest) -> None:
        super().on_append_entries(request)
        if request.term == self.standing.current_term and self.standing.role == "follower":
            self.standing = Standing("follower", request.term, None)


@wrong("V4b", SUITE, WASTED_WORK, case="votes")
@thinking("Becoming a follower clears the vote, and a follower is one already.")
@breaks("A new term begins without a vote, whatever the role (§5.1; Figure 2, All servers).")
class ClearsItsVoteWhenItStepsDown(Server):
    """Only former candidates and leaders vote: a dead leader's followers refuse everybody."""

    def adopt_term(self, standing: Standing, message: Any) -> None:
        if self.standing.role == "follower":
            standing = Standing("follower", standing.current_term, self.standing.voted_for)
        super().adopt_term(standing, message)


@wrong("V22b", SUITE, ELECTION_SAFETY, case="elections")
@thinking("The election is won, so nobody's vote matters any more, not even mine.")
@breaks("A server has one vote in a term, and a leader gave it to itself (§5.2).")
class FreesItsVoteWhenItWins(Server):
    """A rival whose request is late gets the winner's vote, and leads the same term."""

    def become_leader(self) -> None:
        super().become_leader()
        self.standing = Standing("leader", self.standing.current_term, None)


@wrong("V22c", SUITE, ONE_VOTE_PER_TERM, case="votes")
@thinking("Its log is better than mine, so I withdraw and vote for it.")
@breaks("A server votes for one candidate in a term, and has voted for itself (§5.2).")
class GivesWayToABetterLog(Server):
    """Its own vote counts in its own election already, so this is a second vote."""

    def on_request_vote(self, request: RequestVoteRequest) -> None:
        theirs = (request.last_log_term, request.last_log_index)
        rivals = request.term == self.standing.current_term and self.standing.role == "candidate"
        if rivals and theirs > (self.log.last_term, self.log.last_index):
            self.tally = None
            self.standing = Standing("follower", request.term, None)
        super().on_request_vote(request)


@wrong("V32", SUITE, LEADER_COMPLETENESS, case="votes and logs")
@thinking("Entries that are not committed may be lost anyway, so I compare without them.")
@breaks("Logs are compared by their last entries, committed or not (§5.4.1).")
class ComparesWhatIsCommitted(Server):
    """Followers learn late of a commit; until then they elect leaders that lack the entry."""

    def start_election(self) -> None:
        super().start_election()
        index = self.commit_index
        term = self.log.term_at(index)
        self.effects.messages = tuple(
            replace(request, last_log_index=index, last_log_term=term)
            for request in self.effects.messages
            if isinstance(request, RequestVoteRequest)
        )

    def grants_vote(self, request: RequestVoteRequest) -> bool:
        theirs = (request.last_log_term, request.last_log_index)
        own = (self.log.term_at(self.commit_index), self.commit_index)
        return self.rules.should_grant_vote(self.standing, request, theirs >= own)


@wrong("V34", SUITE, ELECTION_SAFETY, case="votes")
@thinking("Everybody should know how I voted.")
@breaks("A vote is an answer to the candidate that asked for it (Figure 2, RequestVote).")
class VotesInPublic(Server):
    """Another candidate of the term reads the vote as its own."""

    def on_request_vote(self, request: RequestVoteRequest) -> None:
        super().on_request_vote(request)
        answer = self.effects.messages[-1]
        if isinstance(answer, RequestVoteResponse) and answer.vote_granted:
            others = [peer for peer in self.peers if peer != request.source]
            self.effects.messages += tuple(replace(answer, target=other) for other in others)
