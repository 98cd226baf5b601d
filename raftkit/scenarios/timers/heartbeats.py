"""When a leader sends heartbeats, and to which servers (§5.2; Figure 2, Leaders).

Most drive one server; a stream of commands takes a cluster, because it is about who
else times out.
"""

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Message,
    Persistent,
    RequestVoteRequest,
)
from raftkit.protocol.messages import HEARTBEAT
from raftkit.protocol.roles import LEADER
from raftkit.scenarios.scenario import Suite, expect
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("raftkit timers")

COMMANDS, EVERY_MS = 100, 20


@SUITE.scenario("A new leader is heard at once", "HeardAtOnce")
def heard_at_once(system: SystemUnderTest) -> None:
    """A new leader sends AppendEntries to everybody in the step in which it wins (Figure 2).

    Aimed at leaders that wait for the heartbeat timer first: those who have not voted for them
    stand for the next term meanwhile.
    """
    server = system.server(servers=5, persistent=Persistent(1))
    told = _told(server.become_leader())
    expect(
        told == ["S2", "S3", "S4", "S5"],
        f"S1 has just won term 2 and sent AppendEntries to {_named(told)}; expected one to each "
        "of S2, S3, S4, S5. A leader sends heartbeats upon election (Figure 2, Leaders; §5.2), "
        "to tell all servers that the election is over.",
    )


@SUITE.scenario("A leader goes on beating", "BeatsOn")
def beats_on(system: SystemUnderTest) -> None:
    """Each heartbeat starts the wait for the next one (Figure 2, Leaders: "idle periods").

    Aimed at a heartbeat timer that is started once and fires once.
    """
    server = system.server_in_role(LEADER)
    for number in range(5):
        expect(
            server.runs(HEARTBEAT),
            f"S1 leads term 2 and has sent {number} heartbeats since it won; now its heartbeat "
            "timer does not run, and its followers hear nothing more. A leader repeats heartbeats "
            "during idle periods to prevent election timeouts (Figure 2, Leaders).",
        )
        told = _told(server.beat())
        expect(
            told == ["S2", "S3"],
            f"S1 leads term 2, its heartbeat was due, and it sent AppendEntries to {_named(told)}; "
            "expected S2 and S3 (§5.2; Figure 2, Leaders).",
        )


@SUITE.scenario("A silent server silences nobody", "NobodyLeftOut")
def nobody_is_left_out(system: SystemUnderTest) -> None:
    """Heartbeats go to all, to those who answer and to those who do not (§5.2, §5.3).

    Aimed at leaders that wait for answers before they go on, and at those that beat only for the
    servers that owe one, or only for those that do not.
    """
    server = system.server_in_role(LEADER)
    for _ in range(3):
        # S2 answers each time; S3 never does, because it is down or its answers get lost.
        server.hear(AppendEntriesResponse("S2", "S1", 2, True))
        told = _told(server.beat())
        expect(
            told == ["S2", "S3"],
            f"S1 leads term 2, S2 has answered its last request and S3 has not; the next heartbeat "
            f"went to {_named(told)}, expected S2 and S3. Who answers must hear the leader or it "
            "times out (§5.2), and who does not is asked again and again (§5.3): one server that "
            "is down is nobody else's business.",
        )


@SUITE.scenario("A busy leader is heard, too", "BusyLeader")
def busy(system: SystemUnderTest) -> None:
    """A leader that gets a command every few milliseconds keeps its followers (§5.2).

    Aimed at leaders that restart the heartbeat timer at each command without sending anything.
    """
    cluster = system.cluster(servers=3, seed=72)
    leader = cluster.one_leader()
    term = cluster.state(leader).standing.current_term
    for number in range(COMMANDS):
        cluster.propose(leader, f"x={number}")
        cluster.run(ms=EVERY_MS)
        standing = cluster.state(leader).standing
        cluster.expect(
            standing.role == LEADER and standing.current_term == term,
            f"nothing failed, yet {leader}, which led term {term}, is a {standing.role} of term "
            f"{standing.current_term} after {number + 1} commands in {(number + 1) * EVERY_MS} ms. "
            "A leader is heard within every election timeout, however busy it is (§5.2): a "
            "command that only puts the next heartbeat off silences it.",
        )


@SUITE.scenario("A deposed leader falls silent", "FallsSilent")
def falls_silent(system: SystemUnderTest) -> None:
    """A leader that has stepped down sends no more AppendEntries (§5.2; Figure 2, Leaders).

    Aimed at a heartbeat timer that beats on in a term that somebody else wins.
    """
    for candidate_log in ((0, 0), (3, 3)):
        server = system.server_in_role(LEADER)
        server.propose("x=1")
        server.hear(RequestVoteRequest("S2", "S1", 3, *candidate_log))
        # Stopped, or left to run out and ignored: both are silence.
        told = _told(server.beat()) if server.runs(HEARTBEAT) else []
        expect(
            not told,
            f"S1 led term 2 and stepped down for S2's term 3; then its heartbeat fell due and it "
            f"sent AppendEntries of term {server.term} to {_named(told)}. Only the leader that a "
            "term has elected sends AppendEntries in it (§5.2): stop the heartbeat timer with the "
            "office, or ask for the role when it fires.",
        )


def _told(sent: list[Message]) -> list[str]:
    """Who is sent AppendEntries, in the order of names."""
    return sorted({message.target for message in sent if isinstance(message, AppendEntriesRequest)})


def _named(servers: list[str]) -> str:
    """Servers in a sentence."""
    return ", ".join(servers) or "nobody"
