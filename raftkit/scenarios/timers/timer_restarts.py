"""What starts and restarts the election timer (§5.2; Figure 2, Followers).

One server at a time, driven by messages. What must not start it anew stands in
timer_runs_on.py.
"""

from contextlib import suppress

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Entry,
    ForbiddenTransition,
    Log,
    Message,
    Persistent,
    RequestVoteRequest,
    RequestVoteResponse,
)
from raftkit.protocol.messages import ELECTION
from raftkit.protocol.roles import CANDIDATE, FOLLOWER, LEADER
from raftkit.scenarios.scenario import Suite, expect
from raftkit.scenarios.system_under_test import SystemUnderTest
from raftkit.simulator import Timeout

SUITE = Suite("raftkit timers")

# What a step did to a timer, in a sentence.
DONE = {"restart": "restarted", "stop": "stopped", "keep": "left running as it was"}

# Twenty elections: split votes are rare, so this is never bad luck.
ELECT_WITHIN_MS = 6_000


@SUITE.scenario("A server waits for a leader from the start", "StartsWaiting")
def starts_waiting(system: SystemUnderTest) -> None:
    """A server's election timer runs from its first moment, and again after a restart (§5.2).

    Aimed at servers that wait to be told before they watch for a leader: if all do, nobody tells.
    """
    server = system.server()
    expect(
        server.runs(ELECTION),
        "S1 has just started, and its election timer does not run. A server starts up as a "
        "follower, and a follower that hears from nobody starts an election (§5.2): look at what "
        "your server does when it starts.",
    )
    server = system.server(persistent=Persistent(4, "S2", Log.of_terms(1, 4)))
    expect(
        server.runs(ELECTION),
        "S1 has restarted from its disk in term 4, and its election timer does not run. After a "
        "crash it is a follower like any other, which starts an election if it hears from nobody "
        "(§5.2): if all have restarted, there is nobody to wait for.",
    )


@SUITE.scenario("Who has voted waits anew", "VoterWaits")
def voted(system: SystemUnderTest) -> None:
    """A vote that is given starts the wait anew (Figure 2, Followers).

    Aimed at servers that time out while their candidate is winning, and at those that then wait for
    ever.
    """
    for candidate, term in (("S2", 4), ("S3", 3)):
        server = system.server(persistent=Persistent(3, None, Log.of_terms(1, 3)))
        server.hear(RequestVoteRequest(candidate, "S1", term, 2, 3))
        expect(
            server.voted_for == candidate,
            f"S1 of term 3 was asked by {candidate} of term {term}, whose log is as good as its "
            f"own, and did not vote for it (§5.4.1).",
        )
        change = server.timer(ELECTION)
        expect(
            change == "restart",
            f"S1 gave its vote to {candidate}, and its election timer was {DONE[change]}; "
            "expected that it was restarted. A follower waits anew when it grants a vote (Figure "
            "2, Followers): to time out sooner would disturb the candidate that it has just voted "
            "for, and without a timer nobody would try again if that candidate fails.",
        )


# What the leader of term 3 may send to a follower whose log has the terms 1 and 2.
_FROM_THE_LEADER: tuple[tuple[str, AppendEntriesRequest], ...] = (
    ("a heartbeat", AppendEntriesRequest("S2", "S1", 3, 2, 2, (), 0)),
    ("a new entry", AppendEntriesRequest("S2", "S1", 3, 2, 2, (Entry(3, "x=1"),), 0)),
    ("entries beyond the end of its log", AppendEntriesRequest("S2", "S1", 3, 5, 3, (), 0)),
    ("entries after one of another term", AppendEntriesRequest("S2", "S1", 3, 2, 3, (), 0)),
)


@SUITE.scenario("All that the leader sends restarts the wait", "LeaderIsHeard")
def heard(system: SystemUnderTest) -> None:
    """All AppendEntries of the current leader start the wait anew, refused or not (Figure 2).

    Aimed at servers that take a refused request for no sign of life, and at those that stop the
    timer because there is a leader now.
    """
    for what, request in _FROM_THE_LEADER:
        for role in (FOLLOWER, CANDIDATE):
            server = system.server(persistent=Persistent(2, None, Log.of_terms(1, 2)))
            if role == CANDIDATE:
                server.time_out()
            server.hear(request)
            change = server.timer(ELECTION)
            expect(
                change == "restart",
                f"S1, a {role}, heard {what} from S2, the leader of term 3, and its election timer "
                f"was {DONE[change]}; expected that it was restarted. Every AppendEntries of the "
                "current leader shows that it is alive, also one whose entries are refused, and "
                "for one timeout only (Figure 2, Followers; §5.2).",
            )


@SUITE.scenario("A deposed leader waits for the next one", "DeposedWaits")
def deposed(system: SystemUnderTest) -> None:
    """A leader that steps down waits for the next leader, as every follower does (§5.1, §5.2).

    Aimed at servers that stop the timer on winning and never start it again.
    """
    messages: tuple[Message, ...] = (
        RequestVoteRequest("S2", "S1", 7, 0, 0),
        AppendEntriesResponse("S2", "S1", 7, False),
        RequestVoteResponse("S2", "S1", 7, False),
    )
    for message in messages:
        # With an entry that the candidate lacks, so that stepping down is all that happens.
        server = system.server(persistent=Persistent(1, None, Log.of_terms(1)))
        server.become_leader()
        server.hear(message)
        expect(
            server.role != LEADER and server.runs(ELECTION),
            f"S1 led term 2, heard {type(message).__name__} of term 7 and is a {server.role}"
            f"{'' if server.runs(ELECTION) else ' whose election timer does not run'}; expected a "
            "follower that waits for a leader. Who steps down is a follower (§5.1), and followers "
            "time out (§5.2): perhaps only this server can win the next election.",
        )


@SUITE.scenario("A leader does not time out", "LeaderStays")
def leads_on(system: SystemUnderTest) -> None:
    """A leader does not time out: no election timer unseats it (§5.2; Figure 4).

    Aimed at servers that leave the timer of the won election running, and obey it.
    """
    server = system.server_in_role(LEADER)
    # A server may leave it running: but when it runs out, a leader has no use for it.
    if not server.runs(ELECTION):
        return
    became = "stands against itself"
    # That Figure 4 has no such arrow, the sentence below says with more help.
    with suppress(ForbiddenTransition):
        server.time_out()
        became = f"is a {server.role} of term {server.term}"
    expect(
        became == "is a leader of term 2",
        f"S1 led term 2, its election timer ran out, and it {became}. A leader leads until it "
        "hears of a higher term (§5.1): nobody sends it heartbeats, so it stops the election timer "
        "on winning, or ignores it (Figure 4).",
    )


@SUITE.scenario("A split vote is tried again", "SplitVoteAgain")
def split_vote(system: SystemUnderTest) -> None:
    """After a split vote candidates time out and try again, until one of them wins (§5.2).

    Aimed at candidates that ask once and then wait for answers that nobody will send.
    """
    cluster = system.cluster(servers=3, seed=71)
    # All three at once: each has voted for itself before it hears of another.
    cluster.do(*(Timeout(server) for server in cluster.servers))
    cluster.run(ms=50)
    end = cluster.now_ms + ELECT_WITHIN_MS
    while cluster.cluster.leader is None and cluster.now_ms < end:
        cluster.run(ms=50)
    cluster.expect(
        cluster.cluster.leader is not None,
        f"all three servers asked at once, nobody won, and {ELECT_WITHIN_MS:,} ms later there is "
        "no leader. A candidate that neither wins nor loses times out and starts another "
        "election (§5.2): look at the election timer of a new candidate.",
    )
