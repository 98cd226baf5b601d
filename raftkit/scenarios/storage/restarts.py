"""What a restart begins with (Figure 2, State: volatile on all servers), and what it may not lose.

A server that comes back is a follower that has a log and knows nothing of commits.
"""

from raftkit.protocol import AppendEntriesRequest, Entry, Log, Persistent
from raftkit.protocol.roles import FOLLOWER
from raftkit.scenarios.clients.client_calls import told
from raftkit.scenarios.lone_server import heartbeat
from raftkit.scenarios.scenario import Suite, expect
from raftkit.scenarios.storage.crash_points import asks, grants
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("raftkit storage")

DISKS = (
    Persistent(),
    Persistent(3, "S1", Log.of_terms(1, 1, 3)),
    Persistent(3, "S2", Log.of_terms(1, 1, 3)),
)


@SUITE.scenario("A server starts as a follower", "StartsAsFollower")
def starts_as_follower(system: SystemUnderTest) -> None:
    """Whatever it was before, a server starts as a follower (§5.2).

    After P9 and P19: others may have elected a leader while it was away.
    """
    for disk in DISKS:
        server = system.server(persistent=disk)
        expect(
            server.role == FOLLOWER,
            f"S1 started as a {server.role}: servers start up as followers (§5.2; Figure 4).",
        )
        sent = server.hear(asks("S3", 9))
        expect(grants(sent), "S1 restarted and refused a vote in a term that was new to it (§5.2).")


@SUITE.scenario("A restart knows of no commit", "KnowsOfNoCommit")
def knows_of_no_commit(system: SystemUnderTest) -> None:
    """A log on the disk is no proof that anything in it is committed (Figure 2, State).

    After P8: commitIndex starts at 0, and the leader says how far it has come.
    """
    server = system.server(persistent=Persistent(3, None, Log.of_terms(1, 1, 3)))
    server.hear(heartbeat(3))
    expect(
        server.commit_index == 0 and not server.applied,
        f"S1 restarted with three entries, and its commitIndex is {server.commit_index} before "
        "any leader said so. It starts at 0: the entries may be a former leader's, which the next "
        "one replaces (Figure 2, State: volatile on all servers).",
    )


@SUITE.scenario("A restart applies from the beginning", "AppliesAgain")
def applies_from_the_beginning(system: SystemUnderTest) -> None:
    """A restarted state machine is empty, so the log is applied from its first entry on.

    After P22: lastApplied is as volatile as the state machine (Figure 2, State).
    """
    log = Log([Entry(1, "x=1"), Entry(1, "x+=2"), Entry(3, "x+=3")])
    server = system.server(persistent=Persistent(3, None, log))
    server.hear(AppendEntriesRequest("S2", "S1", 3, 3, 3, (), 3))
    found = [entry.command for entry in server.applied]
    expect(
        found == ["x=1", "x+=2", "x+=3"],
        f"S1 restarted with three entries, which its leader then committed; it applied {found}. "
        "Its state machine is empty after a restart, so lastApplied starts at 0 "
        "(Figure 2, State: volatile on all servers).",
    )


@SUITE.scenario("What was answered survives a crash of all", "AnsweredIsDurable")
def answered_means_durable(system: SystemUnderTest) -> None:
    """A command that was answered survives the crash of all servers, the leader's for good (§5.3).

    After P14: committed means durable on a majority, not in the memory of one.
    """
    cluster = system.cluster(servers=3, seed=81, clients=1)
    leader = cluster.one_leader()
    told(cluster, "C1", "x=1")
    cluster.crash(*cluster.servers)
    cluster.restart(*(server for server in cluster.servers if server != leader))
    value = told(cluster, "C1", "x")
    cluster.expect(
        value == "1",
        f"C1 was told that x=1 is done. Then all servers crashed, {leader} for good, and x is "
        f"{value}: an entry is committed when it is durable on a majority (§5.3; Figure 2, State).",
    )
