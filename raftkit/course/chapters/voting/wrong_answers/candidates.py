"""Answers about the candidate in a whole server (§5.2): asking, counting and giving up.

Wrong ones count other votes than their own, ask too few servers, or ignore messages; odd
ones campaign differently and are right.
"""

from typing import Any

from raftkit.course.wrong_answer import (
    ELECTION_SAFETY,
    LEADER_COMPLETENESS,
    LEADER_ELECTED,
    WASTED_WORK,
    OddAnswers,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import (
    AppendEntriesRequest,
    Effects,
    Entry,
    Event,
    RequestVoteRequest,
    RequestVoteResponse,
    Server,
    Standing,
    Tally,
    previous_entry_matches,
)

WRONG, ODD = WrongAnswers(), OddAnswers()
wrong, odd = WRONG.answer, ODD.answer

SUITE = "raftkit small world"


# Asking -----------------------------------------------------------------------------------


@wrong("V24d", SUITE, LEADER_ELECTED, case="elections")
@thinking("I look whether I have won when an answer comes.")
@breaks("Its own vote is the majority of a cluster of one (§5.2).")
class NeedsAnAnswer(Server):
    """Alone it gets no answer, and stands for election after election."""

    def start_election(self) -> None:
        super().start_election()
        messages = self.effects.messages
        self.effects.messages = tuple(m for m in messages if m.target != self.id)


@wrong("V25b", SUITE, WASTED_WORK, case="elections")
@thinking("Nobody has my vote in this term, so I can stand in it myself.")
@breaks("To begin an election, a follower increments its current term (§5.2).")
class StandsInTheRunningTerm(Server):
    """Safe, and useless: most of the others have given their vote of that term."""

    def start_election(self) -> None:
        standing = self.standing
        if standing.voted_for is None and standing.current_term > 0:
            self.standing = Standing(standing.role, standing.current_term - 1, None)
        super().start_election()


@wrong("V33", SUITE, LEADER_COMPLETENESS, case="elections")
@thinking("I prepare my first entry, so that I can send it as soon as I have won.")
@breaks("A candidate is judged by the log it has; only a leader appends (§5.3, §5.4.1).")
class AppendsBeforeItAsks(Server):
    """With an entry of the new term at its end, any log is the most up-to-date."""

    def start_election(self) -> None:
        self.log = self.log.extend((Entry(self.standing.current_term + 1),))
        super().start_election()


@wrong("V35", SUITE, LEADER_ELECTED, case="elections")
@thinking("Whoever refused me once refuses me again, so I save the message.")
@breaks("A candidate asks all other servers, in every election (§5.2; Figure 2, Candidates).")
class NeverAsksARefuserAgain(Server):
    """After a split vote the two candidates never ask each other again."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._refused_me: set[str] = set()

    def on_request_vote_response(self, response: RequestVoteResponse) -> None:
        super().on_request_vote_response(response)
        if not response.vote_granted:
            self._refused_me.add(response.source)

    def start_election(self) -> None:
        super().start_election()
        messages = self.effects.messages
        self.effects.messages = tuple(m for m in messages if m.target not in self._refused_me)


# Counting ---------------------------------------------------------------------------------


@wrong("V29", SUITE, ELECTION_SAFETY, case="elections")
@thinking("I have a counter, and every vote of my term adds one.")
@breaks("An election is won by the votes of its own term (§5.2).")
class NeverStartsFromZero(Server):
    """Two lost elections with one vote each make a won one."""

    votes = 1

    def on_request_vote_response(self, response: RequestVoteResponse) -> None:
        standing = self.standing
        candidate = standing.role == "candidate" and response.term == standing.current_term
        if candidate and response.vote_granted:
            self.votes += 1
            if self.votes > len(self.servers) // 2:
                self.become_leader()


@wrong("V30", SUITE, WASTED_WORK, case="answers")
@thinking("Each time a vote comes in and I have a majority, I become leader.")
@breaks("nextIndex and matchIndex are set once, upon election (Figure 2, State).")
class WinsAgain(Server):
    """The last votes make it forget what followers have, and send everything again."""

    def on_request_vote_response(self, response: RequestVoteResponse) -> None:
        tally = self.tally
        if tally and response.vote_granted and response.term == self.standing.current_term:
            self.tally = Tally(tuple(sorted({*tally.granted, response.source})))
            if len(self.tally.granted) > len(self.servers) // 2:
                self.become_leader()


# Giving up --------------------------------------------------------------------------------


@wrong("V16c", SUITE, WASTED_WORK, case="terms")
@thinking("While I am a candidate, I only look at votes.")
@breaks("A candidate that hears from its term's leader becomes follower (§5.2).")
class LooksAtVotesOnly(Server):
    """It finishes its election first, and unseats the leader that all others follow."""

    def handle(self, event: Event) -> Effects:
        if self.standing.role == "candidate" and isinstance(event, AppendEntriesRequest):
            return Effects()
        return super().handle(event)


@wrong("V16d", SUITE, WASTED_WORK, case="terms")
@thinking("A leader whose entries do not fit my log is no leader for me.")
@breaks("The term of AppendEntries decides whether a candidate concedes, not its log (§5.2).")
class ConcedesIfTheEntriesFit(Server):
    """A candidate that is behind refuses the very leader that would bring it up to date."""

    def adopt_term(self, standing: Standing, message: Any) -> None:
        concedes = message.term == self.standing.current_term
        if not concedes or previous_entry_matches(self.log, message):
            super().adopt_term(standing, message)


@wrong("V17c", SUITE, WASTED_WORK, case="terms")
@thinking("A refusal does not help me, so I need not read it.")
@breaks("A higher term is adopted from every message, a refusal too (§5.1).")
class SkipsRefusals(Server):
    """After a partition it catches up with the others' term by one term an election."""

    def handle(self, event: Event) -> Effects:
        if isinstance(event, RequestVoteResponse) and not event.vote_granted:
            return Effects()
        return super().handle(event)


# Odd but right ----------------------------------------------------------------------------


@odd("OV1", SUITE, style="its own vote comes back as a message")
class SendsItselfItsVote(Server):
    """Starts with an empty tally and counts its own vote like any other."""

    def start_election(self) -> None:
        super().start_election()
        self.tally = Tally()
        if self.peers:
            vote = RequestVoteResponse(self.id, self.id, self.standing.current_term, True)
            self.effects.messages += (vote,)


@odd("OV2", SUITE, style="a candidate that a majority has refused is a follower again at once")
class ResignsWhenRefused(Server):
    """Keeps term, vote and timer, as etcd does, and asks again when the timer runs out."""

    def on_request_vote_response(self, response: RequestVoteResponse) -> None:
        super().on_request_vote_response(response)
        refused = self.tally.refused if self.tally else ()
        if self.standing.role == "candidate" and len(refused) > len(self.servers) // 2:
            self.standing = Standing("follower", response.term, self.standing.voted_for)
            self.tally = None


@odd("OV3", SUITE, style="requests leave one by one, the last server first, and are made by hand")
class AsksByHand(Server):
    """Does not use the rule that starts an election."""

    def start_election(self) -> None:
        term = self.standing.current_term + 1
        self.change_standing(Standing("candidate", term, self.id), "election timeout")
        self.tally = Tally((self.id,), ())
        self.effects.timers += (("election", "restart"),)
        end = (self.log.last_index, self.log.last_term)
        for server in self.servers[::-1]:
            if server != self.id:
                self.effects.messages += (RequestVoteRequest(self.id, server, term, *end),)
        if not self.peers:
            self.effects.messages += (RequestVoteResponse(self.id, self.id, term, True),)
