"""One server, its terms, roles and timers (§5.1, §5.2): TinyKV's core tests.

Each hands messages to a server by hand and looks at what it does. Nothing here
has a network or a clock.
"""

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Log,
    Message,
    Persistent,
    RequestVoteRequest,
    RequestVoteResponse,
)
from raftkit.protocol.messages import ELECTION, HEARTBEAT
from raftkit.protocol.roles import CANDIDATE, FOLLOWER, LEADER
from raftkit.scenarios.lone_server import heartbeat
from raftkit.scenarios.scenario import Suite, expect, terms_of
from raftkit.scenarios.system_under_test import SystemUnderTest
from tests.evidence.tinykv.words import by_target

SUITE = Suite("TinyKV")


def _adopts_higher_term(system: SystemUnderTest, role: str) -> None:
    """A server in `role` hears each of the four messages in term 7 and must follow (§5.1)."""
    messages: tuple[Message, ...] = (
        heartbeat(7),
        RequestVoteRequest("S2", "S1", 7, 0, 0),
        AppendEntriesResponse("S2", "S1", 7, False),
        RequestVoteResponse("S2", "S1", 7, False),
    )
    for message in messages:
        server = system.server_in_role(role)
        server.hear(message)
        what = f"{type(message).__name__} of term 7"
        expect(server.term == 7, f"After {what}, a {role} of term 2 is in term {server.term}.")
        expect(server.role == FOLLOWER, f"After {what}, a {role} of term 2 is a {server.role}.")


@SUITE.scenario("A follower adopts a higher term", "FollowerUpdateTermFromMessage")
def follower_adopts(system: SystemUnderTest) -> None:
    """A follower adopts a higher term from any message.

    Otherwise its term falls behind, and it refuses the leader that all others follow.
    """
    _adopts_higher_term(system, FOLLOWER)


@SUITE.scenario("A candidate adopts a higher term", "CandidateUpdateTermFromMessage")
def candidate_adopts(system: SystemUnderTest) -> None:
    """A candidate adopts a higher term from any message and gives up.

    Otherwise it goes on with an election that is over.
    """
    _adopts_higher_term(system, CANDIDATE)


@SUITE.scenario("A leader adopts a higher term", "LeaderUpdateTermFromMessage")
def leader_adopts(system: SystemUnderTest) -> None:
    """A leader adopts a higher term from any message and steps down.

    Otherwise two leaders go on side by side, and the old one is never stopped.
    """
    _adopts_higher_term(system, LEADER)


@SUITE.scenario("A leader sends heartbeats to all", "LeaderBcastBeat")
def leader_beats(system: SystemUnderTest) -> None:
    """A leader whose heartbeat is due sends an empty request to every other server.

    A peer that owes an answer gets its heartbeat all the same: it may just be slow.
    """
    server = system.server_in_role(LEADER)
    for answered in (False, True):
        if answered:
            server.hear(AppendEntriesResponse("S2", "S1", 2, True))
        sent = server.beat()
        targets = sorted(message.target for message in sent)
        expect(targets == ["S2", "S3"], f"A heartbeat went to {targets}, expected S2 and S3.")
        expect(
            all(isinstance(message, AppendEntriesRequest) for message in sent),
            f"A heartbeat is an AppendEntriesRequest, not {sent}.",
        )
        expect(
            server.timer(HEARTBEAT) == "restart", "The leader did not wait for its next heartbeat."
        )


def _starts_election(system: SystemUnderTest, role: str) -> None:
    """A server in `role` times out: everything that Figure 2 lists under "on conversion"."""
    server = system.server_in_role(role)
    sent = by_target(server.time_out())
    expect(server.term == 3, f"A {role} of term 2 timed out and is in term {server.term}.")
    expect(server.role == CANDIDATE, f"A {role} timed out and is a {server.role}.")
    expect(server.voted_for == "S1", f"A new candidate voted for {server.voted_for}, not itself.")
    expected = [RequestVoteRequest("S1", peer, 3, 0, 0) for peer in ("S2", "S3")]
    expect(sent == expected, f"A new candidate sent {sent}, expected {expected}.")
    expect(server.timer(ELECTION) == "restart", "A new candidate did not restart its timer.")


@SUITE.scenario("A follower starts an election", "FollowerStartElection")
def follower_starts_election(system: SystemUnderTest) -> None:
    """A follower that hears nothing becomes a candidate and asks everybody.

    The term, the vote for itself, the requests and the timer belong together.
    """
    _starts_election(system, FOLLOWER)


@SUITE.scenario("A candidate starts another election", "CandidateStartNewElection")
def candidate_starts_election(system: SystemUnderTest) -> None:
    """A candidate that neither wins nor loses starts anew.

    A candidate without a timer waits forever after a split vote.
    """
    _starts_election(system, CANDIDATE)


@SUITE.scenario("A candidate follows a leader", "CandidateFallback")
def candidate_falls_back(system: SystemUnderTest) -> None:
    """A candidate follows a leader of its own or a later term, and keeps its vote in its own.

    Who clears the vote on the way votes a second time in the same term.
    """
    for term in (2, 3):
        server = system.server_in_role(CANDIDATE)
        server.hear(heartbeat(term))
        expect(
            server.role == FOLLOWER,
            f"A candidate of term 2 heard the leader of term {term} and is a {server.role}.",
        )
        expect(server.term == term, f"It is in term {server.term}, expected {term}.")
        vote = "S1" if term == 2 else None
        expect(server.voted_for == vote, f"Its vote is {server.voted_for}, expected {vote}.")
    server = system.server_in_role(CANDIDATE)
    server.hear(heartbeat(1))
    expect(server.role == CANDIDATE, "A candidate of term 2 gave way to a leader of term 1.")


def _randomized(system: SystemUnderTest, role: str) -> None:
    """A hundred draws give many different timeouts, all within the bounds of the settings."""
    server = system.server_in_role(role)
    low, high = server.settings.election_timeout_min, server.settings.election_timeout_max
    waits = {server.process.timer_duration(ELECTION, draw / 100) for draw in range(100)}
    expect(
        low <= min(waits) and max(waits) <= high,
        f"A {role}'s timeout is {min(waits)} to {max(waits)} µs, expected {low} to {high}.",
    )
    # Half of the draws may fall together, and still no two servers move in step for long.
    expect(len(waits) >= 50, f"A {role} waits one of only {len(waits)} times in 100 draws.")


@SUITE.scenario("A follower's timeout is random", "FollowerElectionTimeoutRandomized")
def follower_timeout(system: SystemUnderTest) -> None:
    """A follower's election timeout is random within its bounds.

    Servers that wait equally long ask at the same time, and split the vote each time.
    """
    _randomized(system, FOLLOWER)


@SUITE.scenario("A candidate's timeout is random", "CandidateElectionTimeoutRandomized")
def candidate_timeout(system: SystemUnderTest) -> None:
    """A candidate's election timeout is random within its bounds.

    Drawn anew for each election, or a split vote repeats itself.
    """
    _randomized(system, CANDIDATE)


@SUITE.scenario("Timeouts rarely meet", "ElectionTimeoutNonconflict")
def timeouts_rarely_meet(system: SystemUnderTest) -> None:
    """In most elections one of five servers times out well before the others.

    A spread as wide as a few messages take is enough; a narrower one is not.
    """
    server = system.server_in_role(FOLLOWER)
    # In µs: half of the longest way of a message on the default link.
    trials, crossing, conflicts = 500, 5_000, 0
    for _ in range(trials):
        waits = sorted(
            server.process.timer_duration(ELECTION, system.below(1_000) / 1_000) for _ in range(5)
        )
        conflicts += waits[1] - waits[0] < crossing
    expect(
        conflicts <= 0.3 * trials,
        f"In {conflicts} of {trials} elections two servers timed out within {crossing} µs.",
    )


@SUITE.scenario("Every role steps down for a higher term", "AllServerStepdown")
def everybody_steps_down(system: SystemUnderTest) -> None:
    """In whatever role, a server that sees term 3 becomes a follower; a leader stops beating.

    Whatever it was before, what it then holds on its disk is the same.
    """
    log = Log.of_terms(1)
    for role in (FOLLOWER, CANDIDATE, LEADER):
        for message in (RequestVoteRequest("S2", "S1", 3, 1, 1), heartbeat(3)):
            server = system.server(persistent=Persistent(1, None, log))
            if role != FOLLOWER:
                server.time_out()
            if role == LEADER:
                server.hear(RequestVoteResponse("S2", "S1", server.term, True))
            server.hear(message)
            case = f"After {type(message).__name__} of term 3, a {role}"
            expect(server.role == FOLLOWER, f"{case} is a {server.role}.")
            expect(server.term == 3, f"{case} is in term {server.term}.")
            expect(
                server.log == log, f"{case} holds {terms_of(server.log)}, expected {terms_of(log)}."
            )
            vote = "S2" if isinstance(message, RequestVoteRequest) else None
            expect(
                server.voted_for == vote, f"{case} has voted for {server.voted_for}, not {vote}."
            )
            expect(server.disk == Persistent(3, vote, log), f"{case} has not written its new term.")
            if role == LEADER:
                expect(server.timer(HEARTBEAT) == "stop", f"{case} goes on beating.")
