"""Entries of older terms (§5.4.2, Figure 8): on a majority, and still not committed.

The figure's steps (c) and (e) are told to one leader by hand; (d), where the old entry is
lost again, happens on a whole cluster in virtual time.
"""

from raftkit.protocol import Log, Persistent, Settings
from raftkit.protocol.roles import LEADER
from raftkit.scenarios.logs.append_entries import acknowledge, leader, name_entries
from raftkit.scenarios.logs.whole_clusters import elect, start_with
from raftkit.scenarios.lone_server import LoneServer
from raftkit.scenarios.scenario import Suite, expect
from raftkit.scenarios.system_under_test import SystemUnderTest
from raftkit.simulator import Timeout

SUITE = Suite("raftkit commits", tells_rule=True)


def _figure_8_c(system: SystemUnderTest) -> LoneServer:
    """S1 in (c): it leads with entries 1 and 2, has one of its own, and 2 is on a majority."""
    server = leader(system, 1, 2, servers=5)
    server.propose("x=3")
    for peer in ("S2", "S3"):
        acknowledge(server, peer, 2)
    return server


@SUITE.scenario("Figure 8 (c): an old entry on a majority waits", "Figure8c")
def old_entry_waits(system: SystemUnderTest) -> None:
    """Only an entry of the leader's own term commits by counting copies (§5.4.2, Figure 8 c).

    After C24: it asks for the term of another entry than the one that it commits.
    """
    server = _figure_8_c(system)
    expect(
        server.commit_index == 0,
        f"S1 leads term {server.term} with {name_entries(server.log)}; S2 and S3 hold entry 2 of "
        f"term "
        f"2, but not entry 3. commitIndex is {server.commit_index}, expected 0.",
    )


@SUITE.scenario("Figure 8 (d): what was overwritten, nobody had applied", "Figure8d")
def old_entry_is_lost(system: SystemUnderTest) -> None:
    """An entry of an older term may be lost even from a majority (§5.4.2, Figure 8 d).

    After C1: S1 finds entry 2 on three of five and commits it; S5 has a later term and wins.
    """
    cluster = system.cluster(servers=5, seed=93)
    one, other = Log.of_terms(1, 2), Log.of_terms(1, 3)
    disks = {server: Persistent(3, None, Log.of_terms(1)) for server in cluster.servers}
    disks |= {"S1": Persistent(3, None, one), "S2": Persistent(3, None, one)}
    start_with(cluster, disks | {"S5": Persistent(3, None, other)})
    cluster.cut_off("S4", "S5")
    elect(cluster, "S1")
    cluster.run(100)
    cluster.crash("S1")
    cluster.connect("S4", "S5")
    # S5 has every right to win, unless S1 began its term with an entry of its own.
    for _ in range(3):
        cluster.do(Timeout("S5"))
        cluster.run(50)
    cluster.agree("end", 4)
    cluster.restart("S1")
    cluster.agree("again")


@SUITE.scenario("Figure 8 (e): an entry of its own term commits the old ones, too", "Figure8e")
def own_entry_commits_all(system: SystemUnderTest) -> None:
    """Once an entry of its own term is committed, everything before it is, too (§5.4.2, Figure 8
    e).

    After C2: it looks for the next index to commit, finds an old term there, and stops for good.
    """
    server = _figure_8_c(system)
    last = server.log.last_index
    for peer in ("S2", "S3"):
        acknowledge(server, peer, last)
    expect(
        server.commit_index == last,
        f"S1 leads term {server.term} with {name_entries(server.log)}; S2 and S3 hold all of it. "
        f"commitIndex is {server.commit_index}, expected {last}.",
    )


@SUITE.scenario("A no-op commits what is old, without a client", "NoOpWithoutClient")
def no_op_without_client(system: SystemUnderTest) -> None:
    """With no_op on, a new leader appends a blank entry at once and so commits old ones (§8).

    After C17: if no client comes, it never learns what is committed.
    """
    log = Log.of_terms(1, 1)
    disks = {name: Persistent(1, None, log) for name in ("S1", "S2", "S3")}
    servers = system.exchange(3, disks, Settings(no_op=True))
    servers.time_out("S1")
    servers.beat("S1")
    servers.beat("S1")
    expect(servers["S1"].role == LEADER, f"S1 is a {servers['S1'].role}, expected the leader.")
    for name, server in servers.servers.items():
        expect(
            server.commit_index >= 2,
            f"All servers hold 1 1, S1 leads and has sent two heartbeats; {name}'s commitIndex is "
            f"{server.commit_index}, expected 2 or more.",
        )
