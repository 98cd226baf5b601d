"""Replication among several servers (§5.3): back-up after refusals, resending, and lost messages.

Leader and followers obey the same rules under test. Any strategy of backing up will do that
ends where the logs agree.
"""

from raftkit.checkers.figure_7 import FIGURE_7_FOLLOWERS, FIGURE_7_LEADER
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Log,
    Persistent,
    Settings,
)
from raftkit.protocol.roles import LEADER
from raftkit.scenarios.exchange import Exchange
from raftkit.scenarios.lone_server import LoneServer
from raftkit.scenarios.scenario import Suite, expect, name_entries, terms_of
from raftkit.scenarios.system_under_test import SystemUnderTest
from raftkit.scenarios.watched_cluster import WatchedCluster
from raftkit.simulator import NetworkConditions, Timeout

SUITE = Suite("raftkit logs", tells_rule=True)

# More than the entries of any log here, so that backing up by one will do.
BEATS = 8
# More entries than functions can call each other in Python.
LONG = 1_500
# One entry for each refusal, and one round trip of at most 20 ms for each entry: 15 entries
# need 300 ms; five heartbeats more for answers that cross each other.
REPAIR_MS = 600


@SUITE.scenario("Backing up never goes forwards", "BacksUpOnly")
def backs_up_only(system: SystemUnderTest) -> None:
    """After a refusal nextIndex decreases, until the logs match (§5.3; Figure 2, Leaders).

    After L19: the leader has no entry of the conflicting term, or none that early, and its
    search by terms sends it back to where it was refused.
    """
    for leads, follows in (
        ((1, 1, 1, 3), (1, 2, 2)),
        ((1, 1, 1, 1, 4), (1, 2, 3)),
        ((1, 1, 4, 4), (1, 2, 2, 2)),
    ):
        _expect_repaired(_pair(system, leads, follows), follows)


def _pair(system: SystemUnderTest, leads: tuple[int, ...], follows: tuple[int, ...]) -> Exchange:
    """S1 and S2 with logs of these terms, S3 out of reach; S1 is elected and beats for a while."""
    logs = Log.of_terms(*leads), Log.of_terms(*follows)
    disks = {
        name: Persistent(logs[0].last_term, None, log)
        for name, log in zip(("S1", "S2"), logs, strict=True)
    }
    servers = system.exchange(3, disks)
    servers.cut_off("S3")
    servers.time_out("S1")
    expect(servers["S1"].role == LEADER, f"S1 is a {servers['S1'].role}, expected the leader.")
    for _ in range(BEATS):
        servers.beat("S1")
    return servers


def _expect_repaired(servers: Exchange, follows: tuple[int, ...]) -> None:
    """Fail unless S2 holds what its leader S1 does."""
    expect(
        servers["S2"].log == servers["S1"].log,
        f"S1 leads with {name_entries(servers['S1'].log)}, S2 held "
        f"{name_entries(Log.of_terms(*follows))}. "
        f"After {BEATS} heartbeats S2 holds {terms_of(servers['S2'].log)}.",
    )


@SUITE.scenario("A lost request is sent again", "LostIsSentAgain")
def lost_is_sent_again(system: SystemUnderTest) -> None:
    """A leader sends entries until every follower has stored them (§5.3).

    After L35: it takes for granted that what it has sent has arrived.
    """
    servers = system.exchange(3)
    servers.time_out("S1")
    servers.cut_off("S1")
    servers.propose("S1", "x=1")
    servers.mend()
    servers.propose("S1", "x=2")
    for _ in range(BEATS):
        servers.beat("S1")
    for name in ("S2", "S3"):
        expect(
            servers[name].log == servers["S1"].log,
            f"S1's first request was lost. Since then it has taken another command and sent "
            f"{BEATS} heartbeats, and {name} holds {servers[name].log.last_index} of its "
            f"{servers['S1'].log.last_index} entries.",
        )


@SUITE.scenario("The last entry is sent, too", "LastEntryIsSent")
def last_entry_is_sent(system: SystemUnderTest) -> None:
    """If the last index is nextIndex or more, the entries up to it are sent (Figure 2, Leaders).

    After L36: the end of a slice or range is not part of it, and the newest command is left out.
    """
    # Smaller batches than the backlog, so that several requests have to follow each other.
    for batch in (100, 2):
        servers = system.exchange(3, settings=Settings(batch=batch))
        servers.time_out("S1")
        servers.cut("S1", "S3")
        for number in range(1, 6):
            servers.propose("S1", f"x={number}")
        servers.mend()
        for _ in range(6):
            servers.beat("S1")
        expected = servers["S1"].log
        for name in ("S2", "S3"):
            log = servers[name].log
            expect(
                log == expected,
                f"The leader took five commands and sent six heartbeats; {name} holds "
                f"{log.last_index} of its {expected.last_index} entries.",
            )


@SUITE.scenario("Logs may be long", "LongLogs")
def long_logs(system: SystemUnderTest) -> None:
    """However many entries are committed at once, each is applied in its turn (§5.3).

    Aimed at servers that go to the next entry by calling themselves: Python soon ends that.
    """
    log = Log.of_terms(*[1] * LONG)
    restarted, conflicting, leader = (
        system.server(persistent=Persistent(1, None, log), settings=Settings(batch=LONG))
        for _ in range(3)
    )
    restarted.hear(AppendEntriesRequest("S2", "S1", 1, 0, 0, log.entries(1, LONG), LONG))
    _expect_applied(restarted, "restarted with its log, and was sent all of it and its commit")
    conflicting.hear(AppendEntriesRequest("S2", "S1", 3, LONG, 2, (), 0))
    leader.become_leader()
    leader.hear(AppendEntriesResponse("S2", "S1", leader.term, False, 0, LONG, 0, 1))
    leader.propose("x=1")
    leader.acknowledge("S2", LONG + 1)
    _expect_applied(leader, "led with its log, took one more, and S2 acknowledged them all")


def _expect_applied(server: LoneServer, what: str) -> None:
    """Fail unless a server with a long log has applied all that it has committed, in order."""
    expect(
        server.applied == list(server.log.prefix(server.commit_index)),
        f"S1 {what}: {LONG:,} entries or one more. Its commitIndex is {server.commit_index:,}, and "
        f"it applied {len(server.applied):,}.",
    )


# In virtual time -------------------------------------------------------------------------


def start_with(cluster: WatchedCluster, disks: dict[str, Persistent]) -> None:
    """Restart servers with other disks than they had, as if they had a past."""
    cluster.crash(*disks)
    for server, disk in disks.items():
        cluster.cluster.host(server).disk.durable = disk
    cluster.restart(*disks)


def elect(cluster: WatchedCluster, server: str) -> None:
    """Let a server's election timer run out until it leads."""
    for _ in range(5):
        cluster.do(Timeout(server))
        cluster.run(50)
        if cluster.state(server).standing.role == "leader":
            return
    cluster.fail(f"{server} asked for votes five times and does not lead.")


@SUITE.scenario("Figure 7's followers are brought into line", "Figure7InTime")
def figure_7(system: SystemUnderTest) -> None:
    """A leader finds the last entry on which it agrees with each follower (§5.3, Figure 7).

    After L15 and L41: in a cluster of seven, the leader of term 8 meets followers a to f.
    """
    cluster = system.cluster(servers=7, seed=91)
    logs = [FIGURE_7_LEADER, *FIGURE_7_FOLLOWERS.values()]
    names = dict(zip(cluster.servers, ("the leader", *FIGURE_7_FOLLOWERS), strict=True))
    held = {server: Log.of_terms(*terms) for server, terms in zip(names, logs, strict=True)}
    start_with(cluster, {server: Persistent(7, None, log) for server, log in held.items()})
    elect(cluster, "S1")
    cluster.propose_to_leader("S1", "x=11")
    cluster.run(REPAIR_MS)
    leads = cluster.state("S1").log
    for server, letter in names.items():
        log = cluster.state(server).log
        cluster.expect(
            log == leads,
            f"{server} began as Figure 7's {letter} with {name_entries(held[server])}. "
            f"{REPAIR_MS} ms "
            f"after the election it holds {terms_of(log)}, unlike the leader's {terms_of(leads)}.",
        )


@SUITE.scenario("Copies and detours lose nothing", "CopiesAndDetours")
def copies_and_detours(system: SystemUnderTest) -> None:
    """Handling AppendEntries twice, or late, does what handling it once did (§5.3, §5.5).

    After L9: every third message comes twice, and every other one takes a detour.
    """
    cluster = system.cluster(servers=5, seed=92)
    cluster.do(NetworkConditions(duplicate=0.33, slow=0.5, latency_slow=60_000))
    for number in range(30):
        cluster.agree(f"x={number}", 3)
    cluster.do(NetworkConditions())
    cluster.agree("end")
    logs = {server: cluster.state(server).log for server in cluster.servers}
    longest = max(logs.values(), key=len)
    for server, log in logs.items():
        cluster.expect(
            log == longest, f"{server} holds {terms_of(log)}, another {terms_of(longest)}."
        )
