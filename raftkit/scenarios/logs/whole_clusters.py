"""Replication on a whole cluster in virtual time (§5.3), with all of Figure 3 watched.

Messages take their time here, cross each other and come twice.
"""

from raftkit.checkers.figure_7 import FIGURE_7_FOLLOWERS, FIGURE_7_LEADER
from raftkit.protocol import Log, Persistent
from raftkit.scenarios.logs.append_entries import name_entries
from raftkit.scenarios.scenario import Suite, terms_of
from raftkit.scenarios.system_under_test import SystemUnderTest
from raftkit.scenarios.watched_cluster import WatchedCluster
from raftkit.simulator import NetworkConditions, Timeout

SUITE = Suite("raftkit logs", tells_rule=True)

# One entry for each refusal, and one round trip of at most 20 ms for each entry: 15 entries
# need 300 ms; five heartbeats more for answers that cross each other.
REPAIR_MS = 600


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
