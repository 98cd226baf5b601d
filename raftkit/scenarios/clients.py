"""What clients are told (§5.3, §8): after retries, partitions and crashes, from outside.

When a leader answers is asked of it alone: in the small world, and in repeats.py if a command comes
again.
"""

from raftkit.scenarios.scenario import Suite
from raftkit.scenarios.system_under_test import SystemUnderTest
from raftkit.scenarios.watched_cluster import WatchedCluster
from raftkit.simulator import Ask, Drop, Heal, Partition

SUITE = Suite("raftkit clients")

ANSWER_WITHIN_MS = 10_000
CUT_OFF_MS = 1_000
ANSWER_SOON_MS = 3_000


def told(
    cluster: WatchedCluster, client: str, command: str, within_ms: int = ANSWER_WITHIN_MS
) -> str | None:
    """What `client` is told when it asks for `command`; fails if it is not answered in time."""
    cluster.do(Ask(client, command))
    end = cluster.now_ms + within_ms
    while cluster.now_ms < end:
        call = [call for call in cluster.cluster.calls if call.client == client][-1]
        if call.returned is not None:
            return call.result
        cluster.run(1)
    cluster.fail(
        f"{client} waited {within_ms:,} ms for an answer to {command}, in vain; a client of a "
        "connected majority is answered (§8)."
    )


@SUITE.scenario("A repeated command is carried out once", "DoneOnce")
def repeated_is_done_once(system: SystemUnderTest) -> None:
    """A command whose answer was lost is repeated by its client, and carried out once (§8).

    After C16: the log then holds it twice, and its client and serial tell that it is one.
    """
    cluster = system.cluster(servers=3, seed=82, clients=1)
    cluster.one_leader()
    told(cluster, "C1", "x=1")
    cluster.do(Drop(target="C1", kind="ClientResponse"))
    answer = told(cluster, "C1", "x+=2")
    value = told(cluster, "C1", "x")
    cluster.expect(
        (answer, value) == ("12", "12"),
        f"C1 appended 2 to x, which was 1; the answer was lost and C1 asked again. It was told "
        f"{answer}, and x is {value}, expected 12: a repeated command is recognised by its client "
        "and its serial, and not carried out again (§8).",
    )


@SUITE.scenario("A leader that was cut off answers no reads", "NoStaleRead")
def no_stale_read(system: SystemUnderTest) -> None:
    """A leader that was cut off does not know that others lead, so it answers no reads (§8).

    After C15: its state is the past, and a client that was told of the present sees it.
    """
    cluster = system.cluster(servers=3, seed=83, clients=2)
    leader = cluster.one_leader()
    told(cluster, "C1", "x=1")
    others = tuple(server for server in cluster.servers if server != leader)
    cluster.do(Partition(((leader, "C1"), (*others, "C2"))))
    told(cluster, "C2", "x=2")
    cluster.do(Ask("C1", "x"))
    cluster.run(CUT_OFF_MS)
    read = [call for call in cluster.cluster.calls if call.client == "C1"][-1]
    cluster.expect(
        read.returned is None or read.result == "2",
        f"{leader} was cut off with C1, the others elected a leader, and C2 was told that x is 2. "
        f"Then {leader} told C1 that x is {read.result}. A leader makes sure that it still leads "
        "before it answers a read (§8): otherwise it may be an old one.",
    )
    cluster.do(Heal())
    value = told(cluster, "C1", "x")
    cluster.expect(value == "2", f"The network is whole again, x was set to 2, and it is {value}.")


@SUITE.scenario("A dead server holds up no client", "NobodyWaits")
def dead_server_holds_up_nobody(system: SystemUnderTest) -> None:
    """A majority is enough for an answer, even if all others are down (§5.3).

    After T9d: entries go to all followers at once, without waiting for any answer.
    """
    cluster = system.cluster(servers=3, seed=84, clients=1)
    leader = cluster.one_leader()
    for place in (1, 2):
        down = cluster.after(leader, place)
        cluster.crash(down)
        told(cluster, "C1", f"x={place}", ANSWER_SOON_MS)
        cluster.restart(down)
        cluster.run(CUT_OFF_MS)
