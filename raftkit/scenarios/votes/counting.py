"""What a candidate asks and how it counts (§5.2; Figure 2, Candidates).

A candidate is driven through several elections: most mistakes show only in the second
one, or when answers come after it is decided.
"""

from raftkit.protocol import (
    AppendEntriesResponse,
    Log,
    Persistent,
    RequestVoteRequest,
    RequestVoteResponse,
    ServerState,
)
from raftkit.protocol.roles import CANDIDATE, LEADER
from raftkit.scenarios.lone_server import LoneServer
from raftkit.scenarios.scenario import Suite, by_target, expect, terms_of
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("raftkit votes")


@SUITE.scenario("Votes of an earlier election do not count", "EachFromZero")
def each_from_zero(system: SystemUnderTest) -> None:
    """A candidate counts the votes of this election, beginning with its own (§5.2).

    Aimed at a tally that is not emptied: the votes of two lost elections add up to a majority.
    """
    server = system.server(servers=5)
    for term, voter in ((1, "S2"), (2, "S3")):
        server.time_out()
        server.hear(RequestVoteResponse(voter, "S1", term, True))
    expect(
        server.role == CANDIDATE,
        f"S1 of five servers got S2's vote in term 1 and S3's in term 2, and is a {server.role} of "
        f"term {server.term}; expected a candidate with two votes. Each election is won by the "
        "votes of its own term (§5.2): look at your count when an election begins.",
    )


@SUITE.scenario("Two candidates count their own votes", "OwnVotesOnly")
def own_votes_only(system: SystemUnderTest) -> None:
    """Two candidates of a term, in one program, count the votes that each was given (§5.2).

    Aimed at a set of votes in the class instead of the server, which all servers share.
    """
    first, second = system.server("S1", servers=5), system.server("S2", servers=5)
    first.time_out()
    second.time_out()
    first.hear(RequestVoteResponse("S3", "S1", 1, True))
    second.hear(RequestVoteResponse("S4", "S2", 1, True))
    for name, server in (("S1", first), ("S2", second)):
        expect(
            server.role == CANDIDATE,
            f"S1 and S2 of five servers stand in term 1; S3 voted for S1, S4 for S2, and {name} is "
            f"a {server.role}. Two votes of five are no majority (§5.2): whose votes does {name} "
            "count? What stands in a class belongs to all its objects; set it up in __init__.",
        )


@SUITE.scenario("Late votes change nothing", "LateVotes")
def late_votes(system: SystemUnderTest) -> None:
    """Votes that arrive after the election is won change nothing (Figure 2, State).

    Aimed at servers that win anew with each further vote: they begin all followers' nextIndex and
    matchIndex again, and send everybody what they have.
    """
    server = system.server(servers=5, persistent=Persistent(1, None, Log.of_terms(1)))
    server.time_out()
    for voter in ("S2", "S3"):
        server.hear(RequestVoteResponse(voter, "S1", 2, True))
    expect(server.role == LEADER, "S1 has three of five votes and does not lead (§5.2).")
    server.propose("x=1")
    for peer in ("S2", "S3"):
        server.hear(AppendEntriesResponse(peer, "S1", 2, True, server.log.last_index))
    before = server.state
    sent = server.hear(RequestVoteResponse("S4", "S1", 2, True))
    after = server.state
    expect(
        after.progress == before.progress,
        f"S1 led term 2 and S4's vote came late; then its matchIndex for the others went from "
        f"{_matches(before)} to {_matches(after)}. nextIndex and matchIndex are set up once, upon "
        "election (Figure 2, State): look whether only a candidate becomes leader.",
    )
    expect(
        (after.standing, after.log) == (before.standing, before.log) and not sent,
        f"S1 led term 2 and S4's vote came late; then it sent {len(sent)} messages, and its log "
        f"went from {terms_of(before.log)} to {terms_of(after.log)}; expected that nothing "
        "happens. An election is won once (§5.2): look whether only a candidate becomes leader.",
    )


def _matches(state: ServerState) -> list[int]:
    """A leader's matchIndex for each other server, in their order."""
    return [progress.match_index for progress in state.progress]


@SUITE.scenario("Every election asks everybody", "AsksEverybody")
def asks_everybody(system: SystemUnderTest) -> None:
    """Every election asks all other servers, however they answered the last time (§5.2).

    Aimed at candidates that leave out those who refused them, or who have voted for them once.
    """
    server = system.server(servers=5)
    server.time_out()
    server.hear(RequestVoteResponse("S2", "S1", 1, False))
    server.hear(RequestVoteResponse("S3", "S1", 1, True))
    sent = by_target(server.time_out())
    asked = [message.target for message in sent if isinstance(message, RequestVoteRequest)]
    expect(
        asked == ["S2", "S3", "S4", "S5"],
        f"In term 1, S2 refused S1 and S3 voted for it; in term 2, S1 asked "
        f"{', '.join(asked) or 'nobody'}; expected S2, S3, S4, S5. In a new term everybody has a "
        "new vote, so a candidate asks all other servers (§5.2; Figure 2, Candidates).",
    )


@SUITE.scenario("A server alone elects itself", "AloneElected")
def alone(system: SystemUnderTest) -> None:
    """In a cluster of one, its own vote is a majority, and it commits alone (§5.2).

    Aimed at candidates that look whether they have won only when an answer comes.
    """
    server = system.server(servers=1)
    server.time_out()
    expect(
        server.role == LEADER,
        f"S1 is alone in its cluster, timed out, and is a {server.role}. Its own vote is one of "
        "one, a majority (§5.2): nobody else will answer, so count when the election begins, or "
        "send yourself the vote, which then waits for the disk.",
    )


@SUITE.scenario("An election leaves the log as it is", "LogAsItIs")
def log_as_it_is(system: SystemUnderTest) -> None:
    """A candidate asks with the log it has, and appends nothing before it leads (§5.4.1).

    Aimed at candidates that append first: their logs end in the newest term, so they win even
    without entries that are committed.
    """
    log = Log.of_terms(1, 1)
    server = system.server(persistent=Persistent(2, None, log))
    for _ in range(2):
        sent = server.time_out()
        expect(
            server.log == log,
            f"S1's log was {terms_of(log)} before an election and {terms_of(server.log)} after it "
            "began. Only a leader appends to its own log (§5.3): an entry of the new term makes "
            "any log the most up-to-date, and voters can no longer tell who is behind (§5.4.1).",
        )
        ends = {
            (message.last_log_index, message.last_log_term)
            for message in sent
            if isinstance(message, RequestVoteRequest)
        }
        expect(
            ends == {(2, 1)},
            f"S1's log ends with entry 2 of term 1, and it asked with (index, term) {ends}; "
            "expected (2, 1), the last entry's own (Figure 2, RequestVote; §5.4.1).",
        )


@SUITE.scenario("Every election begins a new term", "NewTermEachTime")
def new_term(system: SystemUnderTest) -> None:
    """A server that begins an election begins a new term, whether it has voted or not (§5.2).

    Aimed at followers that stand in the running term because their vote of it is free.
    """
    cases: tuple[tuple[str, LoneServer], ...] = (
        ("a follower that has not voted", system.server(persistent=Persistent(2))),
        ("a follower that has voted for S2", system.server(persistent=Persistent(2, "S2"))),
        ("a candidate", system.server_in_role(CANDIDATE)),
    )
    for who, server in cases:
        server.time_out()
        expect(
            server.term == 3,
            f"S1 was {who} of term 2, timed out, and stands in term {server.term}; expected 3. To "
            "begin an election, a server increments its current term (§5.2): in the running one "
            "the others have voted already.",
        )
