"""When an entry is committed, and who learns of it (§5.3, §5.4.2): TinyKV's core tests.

A leader is told by hand what its followers hold; nothing here has a clock.
"""

from raftkit.protocol import (
    AppendEntriesRequest,
    Entry,
    Log,
    Persistent,
    Settings,
)
from raftkit.protocol.roles import LEADER
from raftkit.scenarios.scenario import Suite, expect, terms_of
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("TinyKV")

# Servers, how many followers acknowledge, and whether the entry is committed.
ACKNOWLEDGED = (
    (1, 0, True),
    (3, 0, False),
    (3, 1, True),
    (3, 2, True),
    (5, 0, False),
    (5, 1, False),
    (5, 2, True),
    (5, 3, True),
    (5, 4, True),
)


@SUITE.scenario("A leader commits and tells", "LeaderCommitEntry")
def leader_commits(system: SystemUnderTest) -> None:
    """An entry on a majority is committed and applied, and the next request says so.

    Followers learn it from leaderCommit, at the latest with the next heartbeat.
    """
    server = system.server_in_role(LEADER)
    server.propose("x=1")
    server.acknowledge("S2", 1)
    expect(server.commit_index == 1, f"commitIndex is {server.commit_index}, expected 1.")
    found = [entry.command for entry in server.applied]
    expect(found == ["x=1"], f"The leader applied {found}, expected x=1.")
    told = {message.target: getattr(message, "leader_commit", None) for message in server.beat()}
    expect(told == {"S2": 1, "S3": 1}, f"The next requests carry leaderCommit {told}, expected 1.")


@SUITE.scenario("A majority commits", "LeaderAcknowledgeCommit")
def acknowledgements(system: SystemUnderTest) -> None:
    """A leader commits when a majority holds the entry, itself included, and not before.

    The leader is one of the majority: two of five followers are enough.
    """
    for servers, count, committed in ACKNOWLEDGED:
        server = system.server(servers=servers)
        # Alone a server wins on its own vote, so there is nobody whose vote could be heard.
        server.become_leader() if server.peers else server.time_out()
        server.propose("x=1")
        for peer in server.peers[:count]:
            server.acknowledge(peer, 1)
        case = f"{count + 1} of {servers} servers hold the entry"
        # True counts as 1: the first entry is committed, or none is.
        expect(server.commit_index == committed, f"{case}; commitIndex is {server.commit_index}.")


@SUITE.scenario("Older entries commit with a new one", "LeaderCommitPrecedingEntries")
def preceding_entries(system: SystemUnderTest) -> None:
    """With its own entry a leader commits everything before it, older terms too.

    Once an own entry is committed, Log Matching makes everything before it safe.
    """
    for terms in ((), (2,), (1, 2), (1,)):
        log = Log.of_terms(*terms)
        server = system.server(persistent=Persistent(2, None, log))
        server.become_leader()
        server.propose("x=1")
        index = log.last_index + 1
        server.acknowledge("S2", index)
        found = [entry.term for entry in server.applied]
        expect(
            found == [*terms, 3],
            f"The leader of term 3 had {terms_of(log)}, then its own entry; it applied {found}.",
        )


@SUITE.scenario("A follower commits what its leader has", "FollowerCommitEntry")
def follower_commits(system: SystemUnderTest) -> None:
    """A follower commits what the leader has, in order, and not past the last new entry.

    Behind the last entry of the request may lie entries of an old leader.
    """
    entries = (Entry(1, "x=1"), Entry(1, "x=2"))
    for new, leader_commit in ((entries[:1], 1), (entries, 2), (entries, 1), (entries[:1], 2)):
        server = system.server(persistent=Persistent(1))
        server.hear(AppendEntriesRequest("S2", "S1", 1, 0, 0, new, leader_commit))
        expected = list(new[:leader_commit])
        case = f"{len(new)} entries and leaderCommit {leader_commit}"
        expect(
            server.commit_index == len(expected),
            f"After {case} commitIndex is {server.commit_index}, expected {len(expected)}.",
        )
        expect(server.applied == expected, f"After {case} the follower applied {server.applied}.")
    # The case for which Figure 2 says "index of last new entry": the match ends before the log.
    server = system.server(persistent=Persistent(2, None, Log.of_terms(1, 1, 1)))
    server.hear(AppendEntriesRequest("S2", "S1", 2, 1, 1, (), 3))
    expect(
        server.commit_index == 1,
        f"leaderCommit 3 with a match up to 1 made commitIndex {server.commit_index}: "
        "what lies behind the match may be an old leader's.",
    )


@SUITE.scenario(
    "An older term's entry does not commit alone", "LeaderOnlyCommitsLogFromCurrentTerm"
)
def own_term_only(system: SystemUnderTest) -> None:
    """A leader commits an older entry only together with one of its own term.

    Without the look at the term, Figure 8 undoes what was committed.
    """
    # Entries 1 and 2 are older than term 3: held by a majority, and still not committed.
    for acknowledged, expected in ((1, 0), (2, 0), (3, 3)):
        log = Log.of_terms(1, 2)
        server = system.server(persistent=Persistent(2, None, log))
        server.become_leader()
        server.propose("x=3")
        server.acknowledge("S2", acknowledged)
        expect(
            server.commit_index == expected,
            f"A majority holds entries up to {acknowledged} of terms 1, 2, 3; the leader of term 3 "
            f"committed up to {server.commit_index}, expected {expected}.",
        )


@SUITE.scenario("A cluster of one commits", "SingleNodeCommit")
def alone(system: SystemUnderTest) -> None:
    """A cluster of one elects its server and commits at once.

    The own vote and the own disk are the majority, once both are durable.
    """
    servers = system.exchange(1)
    servers.time_out("S1")
    expect(servers["S1"].role == LEADER, f"S1 is alone and a {servers['S1'].role}.")
    for command in ("x=1", "x=2"):
        servers.propose("S1", command)
    expect(
        servers["S1"].commit_index == 2,
        f"S1 is alone; commitIndex is {servers['S1'].commit_index}, expected 2.",
    )


@SUITE.scenario("A no-op commits a predecessor's entries", "CommitWithoutNewTermEntry")
def no_op_commits(system: SystemUnderTest) -> None:
    """With a no-op at its election, a new leader commits its predecessor's entries (§8).

    Without a client nothing else would bring an entry of the new term.
    """
    servers = system.exchange(5, settings=Settings(no_op=True))
    servers.time_out("S1")
    for other in ("S3", "S4", "S5"):
        servers.cut("S1", other)
    servers.propose("S1", "x=1")
    servers.propose("S1", "x=2")
    expect(
        servers["S1"].commit_index == 1,
        f"Two of five hold the commands; commitIndex is {servers['S1'].commit_index}, expected 1.",
    )

    servers.mend()
    servers.time_out("S2")
    expect(servers["S2"].role == LEADER, f"S2 is a {servers['S2'].role}, expected the new leader.")
    servers.beat("S2")
    for name, server in servers.servers.items():
        expect(server.commit_index == 4, f"{name} committed up to {server.commit_index}, not 4.")
