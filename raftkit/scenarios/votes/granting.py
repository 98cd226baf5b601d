"""Which votes a server grants and refuses (§5.1, §5.2, §5.4.1).

One server is asked by several candidates; only logs are compared among three, because
what is committed shows only between servers.
"""

from raftkit.protocol import (
    AppendEntriesRequest,
    Log,
    Message,
    Persistent,
    RequestVoteRequest,
    RequestVoteResponse,
)
from raftkit.protocol.roles import CANDIDATE, LEADER
from raftkit.scenarios.lone_server import LoneServer
from raftkit.scenarios.scenario import Suite, expect, name_vote
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("raftkit votes")


def _expect_vote(
    server: LoneServer, request: RequestVoteRequest, granted: bool, so_far: str, why: str
) -> None:
    """Let a candidate ask the server, and fail unless it grants the vote or refuses as expected."""
    # Who else hears of the vote is the business of another scenario.
    answers = [answer for answer in server.hear(request) if answer.target == request.source]
    mine = [answer for answer in answers if isinstance(answer, RequestVoteResponse)]
    expected = [RequestVoteResponse("S1", request.source, request.term, granted)]
    expect(
        mine == expected,
        f"{so_far}, was asked by {request.source} for its vote in term {request.term}, and "
        f"{name_vote(list(mine))}; expected that it {name_vote(list(expected))}. {why}",
    )


@SUITE.scenario("A vote outlives the leader's heartbeat", "VoteOutlivesBeat")
def outlives_heartbeats(system: SystemUnderTest) -> None:
    """A vote is kept as long as its term lasts, also when its leader is known (§5.2).

    Aimed at servers that free their vote when the election is over: a candidate of the same term
    whose requests come late then wins as well.
    """
    server = system.server(servers=5, persistent=Persistent(2, None, Log.of_terms(1)))
    server.hear(RequestVoteRequest("S2", "S1", 3, 1, 1))
    server.hear(AppendEntriesRequest("S2", "S1", 3, 1, 1, (), 0))
    _expect_vote(
        server,
        RequestVoteRequest("S3", "S1", 3, 1, 1),
        False,
        "S1 voted for S2 in term 3, heard S2's first heartbeat",
        "A server votes for one candidate in a term, and the vote is kept as long as the term "
        "lasts (§5.2): look at what a heartbeat does to votedFor.",
    )


@SUITE.scenario("A winner's vote stays given", "WinnerKeepsVote")
def winner_keeps_vote(system: SystemUnderTest) -> None:
    """A leader has given its vote of the term to itself, and gives no second one (§5.2).

    Aimed at servers that free their vote when they win: with it a rival leads the same term.
    """
    server = system.server_in_role(LEADER)
    _expect_vote(
        server,
        RequestVoteRequest("S3", "S1", 2, 5, 1),
        False,
        "S1 won term 2 with its own vote and S2's",
        "Its own vote of the term elected itself (§5.2): given to a rival as well, that one leads "
        "the same term. Look at what winning does to votedFor.",
    )


@SUITE.scenario("A candidate does not give its vote away", "CandidateKeepsVote")
def candidate_keeps_vote(system: SystemUnderTest) -> None:
    """A candidate has given its vote to itself, also if a rival's log is better (§5.2).

    Aimed at servers that make way for the better candidate in the middle of a term.
    """
    server = system.server_in_role(CANDIDATE)
    _expect_vote(
        server,
        RequestVoteRequest("S3", "S1", 2, 5, 1),
        False,
        "S1 is a candidate of term 2 with an empty log and its own vote",
        "A server votes once in a term, and a candidate has voted for itself (§5.2): others may "
        "have counted on it. The better log wins the next term.",
    )


@SUITE.scenario("A follower has a new vote in a new term", "NewTermNewVote")
def new_vote(system: SystemUnderTest) -> None:
    """A server that adopts a higher term has a new vote to give in it (§5.1).

    Aimed at servers that clear the vote only when they step down: followers, which have no role
    to lose, go on with the vote of their last term.
    """
    server = system.server(persistent=Persistent(1, "S2", Log.of_terms(1)))
    _expect_vote(
        server,
        RequestVoteRequest("S3", "S1", 2, 1, 1),
        True,
        "S1, a follower, voted for S2 in term 1",
        "A new term begins without a vote (§5.1; Figure 2: votedFor is that of the current term): "
        "look whether adopting a term clears votedFor in every role.",
    )


@SUITE.scenario("Logs are compared to their very ends", "WholeLogs")
def whole_logs(system: SystemUnderTest) -> None:
    """Logs are compared to their very ends, committed or not (§5.4.1).

    Aimed at servers that leave out what they do not know to be committed: followers learn late
    of a commit, and until then elect a server that lacks the entry.
    """
    servers = system.exchange(3)
    servers.time_out("S1")
    # S3 hears nothing of the command. S2 stores it, but not that it is committed.
    servers.cut_off("S3")
    servers.propose("S1", "x=1")
    index = servers["S1"].commit_index
    expect(
        index >= 1,
        "S1 and S2 of three hold x=1, and S1, which leads, did not commit it (§5.3).",
    )
    servers.mend()
    servers.cut_off("S1")
    servers.time_out("S3")
    expect(
        servers["S3"].role != LEADER,
        "S1 committed x=1 with S2's help and was cut off; then S2 elected S3, which lacks x=1. A "
        "voter refuses a candidate whose log is behind its own, all entries counted (§5.4.1): the "
        "last ones may be committed although this server has not heard of it yet.",
    )


@SUITE.scenario("A vote goes to its candidate alone", "PrivateVote")
def private_vote(system: SystemUnderTest) -> None:
    """A vote is an answer to one candidate, and nobody else hears of it (Figure 2, RequestVote).

    Aimed at servers that tell everybody: another candidate of the term counts it as its own.
    """
    server = system.server(servers=5, persistent=Persistent(2))
    sent = server.hear(RequestVoteRequest("S2", "S1", 3, 0, 0))
    votes: list[Message] = [m for m in sent if isinstance(m, RequestVoteResponse)]
    targets = [vote.target for vote in votes]
    expect(
        targets == ["S2"],
        f"S2 asked S1 for its vote in term 3, and S1 sent its vote to "
        f"{', '.join(targets) or 'nobody'}; expected S2 alone. A vote answers the candidate that "
        "asked (Figure 2, RequestVote): any other candidate of the term would count it too (§5.2).",
    )
