"""What several servers commit, and what of it outlives crashes (§5.3, §5.4.2, Figure 8 d).

What one leader or one follower may commit is asked of it alone (small_world).
"""

from itertools import permutations

from raftkit.protocol import AppendEntriesRequest, Entry, Log, Persistent, Settings
from raftkit.protocol.messages import HEARTBEAT
from raftkit.protocol.roles import LEADER
from raftkit.scenarios.clients import told
from raftkit.scenarios.logs import elect, start_with
from raftkit.scenarios.lone_server import LoneServer
from raftkit.scenarios.scenario import Suite, expect, terms_of
from raftkit.scenarios.slow_disk import SlowDisk
from raftkit.scenarios.system_under_test import SystemUnderTest
from raftkit.simulator import Timeout

SUITE = Suite("raftkit commits", tells_rule=True)


@SUITE.scenario("Servers that are down hold nothing up", "MinorityMayBeDown")
def minority_may_be_down(system: SystemUnderTest) -> None:
    """A majority is enough: a minority of slow servers need not hold up the others (§2, §5.3).

    After C21: safe, and stopped by a single crash.
    """
    cluster = system.cluster(servers=5, seed=95)
    chosen = cluster.one_leader()
    cluster.crash(cluster.after(chosen, 1), cluster.after(chosen, 2))
    index = cluster.propose_to_leader(chosen, "x=1")
    cluster.run(1_000)
    count, _ = cluster.committed(index)
    cluster.expect(
        count == 3,
        f"Two of five servers are down. {chosen} took x=1 a second ago, and {count} of the other "
        "three have applied it.",
    )


@SUITE.scenario("Followers hear of commits before long", "FollowersHear")
def followers_hear(system: SystemUnderTest) -> None:
    """The leader includes its commitIndex in later requests, so that all apply the entry (§5.3).

    After C18: only the leader ever applies anything.
    """
    cluster = system.cluster(servers=5, seed=94)
    leader = cluster.one_leader()
    index = cluster.propose_to_leader(leader, "x=1")
    cluster.run(1_000)
    count, _ = cluster.committed(index)
    cluster.expect(
        count == 5, f"{leader} took x=1 a second ago, and {count} of 5 servers applied it."
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


@SUITE.scenario("A leader counts its own disk last", "OwnDiskLast")
def own_disk_is_counted_last(system: SystemUnderTest) -> None:
    """A leader is one of the majority when its own write is durable, and not before.

    After P17. It may send entries while it writes them (thesis §10.2.1), but not count itself.
    """
    _expect_asked_late(system.server())
    for begin in (_new, _with_no_ops, _replaced):
        for order in _orders("command", "command", "disk", "S2"):
            _expect_own_disk_counted(SlowDisk(begin(system)), order)
    for order in _orders("command", "refusal", "disk", "S2"):
        _expect_own_disk_counted(SlowDisk(_with_a_log(system)), order)
    for order in _orders("timeout", "timeout", "command", "command", "disk", "disk"):
        _expect_own_disk_counted(SlowDisk(system.server(servers=1)), order)


def _expect_asked_late(candidate: LoneServer) -> None:
    """Fail if a candidate that asks again, at a timer of its own, does so before it has written."""
    candidate.time_out()
    if candidate.runs(HEARTBEAT):
        candidate.beat()
    early = [type(message).__name__ for message in candidate.effects.early_messages]
    expect(
        not early,
        f"S1 stands, and {', '.join(early)} left early. The write of its own vote may still be "
        "under way, and without it S1 might vote for somebody else (Figure 2, State).",
    )


def _orders(*events: str) -> list[tuple[str, ...]]:
    """Every order of these events."""
    return sorted(set(permutations(events)))


def _expect_own_disk_counted(slow: SlowDisk, order: tuple[str, ...]) -> None:
    """Fail if a leader commits what too few disks hold, or not what enough hold, in this order."""
    happen = {
        "command": slow.take_command,
        "disk": slow.end_write,
        "S2": slow.be_acknowledged,
        "refusal": slow.be_refused,
        "timeout": slow.time_out,
    }
    for event in order:
        happen[event]()
        if slow.leader.role == LEADER:
            _expect_right_commit(slow)


def _expect_right_commit(slow: SlowDisk) -> None:
    """Fail if the leader has committed too much or too little, or leads before its disk knows."""
    leader, index, log = slow.leader, slow.leader.commit_index, slow.leader.log
    expect(
        leader.peers or slow.durable.current_term == leader.term,
        f"S1 is alone and leads term {leader.term}, and its disk knows of term "
        f"{slow.durable.current_term}: its own vote counts once it is durable (Figure 2, State).",
    )
    others = f"S2 has acknowledged what ends at entry {slow.acknowledged}, "
    own_disk = f"S1's own disk holds {terms_of(slow.durable.log)}, and nobody else holds any."
    held = others + own_disk if leader.peers else own_disk
    expect(
        slow.holders(index) >= slow.needed,
        f"S1 committed entry {index}. {held} That is no majority (§5.3). A leader that sends "
        "before it has written must not count itself yet (thesis §10.2.1).",
    )
    later = range(index + 1, len(log) + 1)
    own = [number for number in later if log.term_at(number) == leader.term]
    late = [number for number in own if slow.holders(number) >= slow.needed]
    expect(
        not late,
        f"S1 has not committed its entries {late}. {held} That is a majority, and its own "
        "disk may be the last of it (§5.3; thesis §10.2.1).",
    )


def _with_a_log(system: SystemUnderTest) -> LoneServer:
    """A server that has entries of an older term, and will send its followers what is new."""
    log = Log([Entry(1, "y=1", "C2", 1), Entry(1, "y=2", "C2", 2)])
    return system.server(persistent=Persistent(1, None, log))


def _new(system: SystemUnderTest) -> LoneServer:
    """A new server."""
    return system.server()


def _with_no_ops(system: SystemUnderTest) -> LoneServer:
    """A server that begins each term of its own with an entry."""
    return system.server(settings=Settings(no_op=True))


def _replaced(system: SystemUnderTest) -> LoneServer:
    """A server that has led, and of whose entries the next leader has left none."""
    server = system.server()
    server.become_leader()
    server.propose("x=1")
    server.propose("x=2")
    entry = Entry(server.term + 1, "y=1", "C2", 1)
    server.hear(AppendEntriesRequest("S2", "S1", entry.term, 0, 0, (entry,), 0))
    return server
