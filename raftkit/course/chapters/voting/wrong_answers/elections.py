"""Answers about elections and their counting (2.6, 2.7).

Each wrong one must lose points on the case that it names; the odd but right ones lose none.
"""

from dataclasses import replace

from raftkit.course.chapters.nemesis import broken_rafts
from raftkit.course.wrong_answer import (
    CONTRACT,
    ELECTION_SAFETY,
    LEADER_ELECTED,
    ONE_VOTE_PER_TERM,
    WASTED_WORK,
    OddAnswers,
    Told,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import (
    Campaign,
    RequestVoteRequest,
    RequestVoteResponse,
    Standing,
    Tally,
    count_vote,
)

WRONG, ODD = WrongAnswers(), OddAnswers()
wrong, odd = WRONG.answer, ODD.answer

Names = tuple[str, ...]


def _requests(
    server: str, peers: Names, term: int, *log_end: int
) -> tuple[RequestVoteRequest, ...]:
    """The right requests, for answers with another mistake."""
    index, last_term = log_end
    return tuple(RequestVoteRequest(server, peer, term, index, last_term) for peer in peers)


# 2.6 Starting an election -----------------------------------------------------------------


@wrong("V24a", "2.6", LEADER_ELECTED, case="votes for itself, once")
@thinking("Votes come from others.")
@breaks("A candidate votes for itself (Figure 2, Candidates).")
def forgets_itself(standing: Standing, server: str, peers: Names, *log_end: int) -> Campaign:
    """Needs one vote more than a majority: if only a majority is up, nobody is elected."""
    term = standing.current_term + 1
    requests = _requests(server, peers, term, *log_end)
    return Campaign(Standing("candidate", term, server), Tally(), requests)


@wrong("V24b", "2.6", ELECTION_SAFETY, case="votes for itself, once")
@thinking("I vote for myself, and I am for myself.")
@breaks("A server has one vote (§5.2).")
def counts_itself_twice(standing: Standing, server: str, peers: Names, *log_end: int) -> Campaign:
    """With three servers it wins alone, and so may each of the others."""
    term = standing.current_term + 1
    requests = _requests(server, peers, term, *log_end)
    return Campaign(Standing("candidate", term, server), Tally((server, server)), requests)


@wrong("V24c", "2.6", ONE_VOTE_PER_TERM, case="begins a new term as its candidate")
@thinking("The tally has my vote, so votedFor can wait.")
@breaks("Its own vote is a candidate's only vote (§5.2).")
def leaves_its_vote_free(standing: Standing, server: str, peers: Names, *log_end: int) -> Campaign:
    """Its vote can go to a rival in the same term, and then both have a majority."""
    term = standing.current_term + 1
    requests = _requests(server, peers, term, *log_end)
    return Campaign(Standing("candidate", term, None), Tally((server,)), requests)


@wrong("V25", "2.6", LEADER_ELECTED, case="after a split vote, begins yet another term")
@thinking("I am a candidate already, so I just ask again.")
@breaks("Every election begins a new term (§5.2).")
def stays_in_its_term(standing: Standing, server: str, peers: Names, *log_end: int) -> Campaign:
    """After a split vote every vote of the term is given, so asking again never helps."""
    term = standing.current_term if standing.role == "candidate" else standing.current_term + 1
    requests = _requests(server, peers, term, *log_end)
    return Campaign(Standing("candidate", term, server), Tally((server,)), requests)


@wrong("V26", "2.6", WASTED_WORK, case="asks every other server")
@thinking("Ask everybody.")
@breaks("Requests go to the other servers (Figure 2, Candidates).")
def asks_itself_too(standing: Standing, server: str, peers: Names, *log_end: int) -> Campaign:
    """Harmless only as long as the tally counts servers and not messages."""
    term = standing.current_term + 1
    requests = _requests(server, (server, *peers), term, *log_end)
    return Campaign(Standing("candidate", term, server), Tally((server,)), requests)


@wrong("V27", "2.6", ONE_VOTE_PER_TERM, case="says how its log ends")
@thinking("I ask first, and count up when I have won.")
@breaks("The new term begins before the requests leave (§5.2).")
def asks_in_the_old_term(standing: Standing, server: str, peers: Names, *log_end: int) -> Campaign:
    """A vote given in the old term does not count in the new one, so nobody wins."""
    requests = _requests(server, peers, standing.current_term, *log_end)
    new = Standing("candidate", standing.current_term + 1, server)
    return Campaign(new, Tally((server,)), requests)


@odd("O8", "2.6", style="a loop, peers in another order")
def with_a_loop(
    standing: Standing, server: str, peers: tuple[str, ...], last_log_index: int, last_log_term: int
) -> Campaign:
    term = 1 + standing.current_term
    requests: list[RequestVoteRequest] = []
    for peer in reversed(peers):
        request = RequestVoteRequest(
            source=server,
            target=peer,
            term=term,
            last_log_term=last_log_term,
            last_log_index=last_log_index,
        )
        requests.append(request)
    tally = Tally(granted=(server,), refused=())
    return Campaign(
        standing=Standing(role="candidate", current_term=term, voted_for=server),
        tally=tally,
        requests=tuple(requests),
    )


# 2.7 Counting votes -----------------------------------------------------------------------


wrong("V11", "2.7", ELECTION_SAFETY, case="counts each server once")(
    Told(
        broken_rafts.counts_messages,
        thinking="Every yes brings me nearer.",
        breaks="Each server has one vote, and a network may deliver it twice (§5.2).",
    )
)


@wrong("V12", "2.7", ELECTION_SAFETY, case="does not count a vote of an older term")
@thinking("A vote is a vote, whenever it comes.")
@breaks("A vote counts in the term in which it was given (§5.2).")
def a_vote_is_a_vote(standing: Standing, tally: Tally, response: RequestVoteResponse) -> Tally:
    """The voter may have given its vote of the new term to somebody else."""
    return count_vote(standing, tally, replace(response, term=standing.current_term))


@wrong("V13", "2.7", CONTRACT, case="counts nothing when no longer a candidate")
@thinking("Late votes do no harm.")
@breaks("Only a candidate counts votes (§5.2).")
def counts_after_the_election(
    standing: Standing, tally: Tally, response: RequestVoteResponse
) -> Tally:
    """The tally grows after the election is decided, which misleads later readers of it."""
    return count_vote(replace(standing, role="candidate"), tally, response)


@wrong("V28b", "2.7", ELECTION_SAFETY, case="notes a refusal")
@thinking("A response is a vote for me.")
@breaks("A candidate counts each server's vote of its term, if it is given (§5.2).")
def counts_whatever_comes(standing: Standing, tally: Tally, response: RequestVoteResponse) -> Tally:
    """Refusals, copies and votes of older terms are all counted, even after the election."""
    return Tally((*tally.granted, response.source), tally.refused)


@odd("O9", "2.7", style="sets, sorted names")
def with_sets(standing: Standing, tally: Tally, response: RequestVoteResponse) -> Tally:
    known = {*tally.granted, *tally.refused}
    valid = standing.role == "candidate" and standing.current_term == response.term
    if not valid or response.source in known:
        return Tally(tally.granted, tally.refused)
    if response.vote_granted:
        return Tally(tuple(sorted({*tally.granted, response.source})), tally.refused)
    return Tally(tally.granted, tuple(sorted({*tally.refused, response.source})))
