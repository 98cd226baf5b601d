"""What happens in each prepared scene, whatever state the cluster is in when it begins.

Each works for three servers or more. It does actions that depend on what it finds, and lets time
pass between them.
"""

from raftkit.protocol.roles import LEADER
from raftkit.simulator import (
    Crash,
    Cut,
    Delay,
    Heal,
    MendDisk,
    NetworkConditions,
    Partition,
    Propose,
    RaftSystem,
    Restart,
    Resume,
    SetTimer,
    SlowDisk,
    Timeout,
    TornWrite,
)

SOON_MS = 30  # a request and its answer, on links that nobody has made worse
ROUNDS_OF_A_DUEL = 4


def election(cluster: RaftSystem) -> None:
    """One follower's election timer runs out before all others."""
    for name in _followers(cluster)[:1]:
        cluster.do(SetTimer(name, 5_000))


def command(cluster: RaftSystem) -> None:
    """A command is handed to the leader."""
    _await_leader(cluster)
    cluster.do(Propose("x=1"))


def leader_falls(cluster: RaftSystem) -> None:
    """The leader crashes, and the election timers of all others run out at the same instant."""
    leader, waiting = _await_leader(cluster), _followers(cluster)
    if leader:
        cluster.do(Crash(leader))
    for name in waiting:
        cluster.do(SetTimer(name, 20_000))


def duel(cluster: RaftSystem) -> None:
    """Two candidates, each of which stands before the other's votes have come back."""
    first, second = _without_leader(cluster)[:2]
    for _ in range(ROUNDS_OF_A_DUEL):
        for name in (first, second):
            others = len(cluster.servers) - 1
            cluster.do(Delay(4 * SOON_MS * 1_000, target=name, kind="RequestVoteResponse",
                             count=others))  # fmt: skip
            cluster.do(Timeout(name))
            cluster.run(ms=SOON_MS)


def everybody_is_back(cluster: RaftSystem) -> None:
    """All servers that are down or paused run again."""
    for name in cluster.servers:
        cluster.do(Restart(name), Resume(name), MendDisk(name))


def minority(cluster: RaftSystem) -> None:
    """The leader is left with a minority, takes a command, and so does the next one."""
    leader = _await_leader(cluster) or cluster.servers[0]
    others = _others(cluster, leader)
    kept = (len(cluster.servers) - 1) // 2 - 1
    cluster.do(Partition(((leader, *others[:kept]),)), Propose("lost=1", leader))
    cluster.run_until(lambda now: _leads_any(now, others), ms=2_000)
    for name in others:
        if _leads_any(cluster, [name]):
            cluster.do(Propose("kept=1", name))


def stale_reader(cluster: RaftSystem) -> None:
    """A leader that was cut off is asked to read what another leader has changed meanwhile."""
    old = _await_leader(cluster) or cluster.servers[0]
    new = _others(cluster, old)[0]
    cluster.do(Propose("x=1", old))
    cluster.run(ms=2 * SOON_MS)
    cluster.do(Partition(((old,),)), Timeout(new))
    cluster.run(ms=SOON_MS)
    cluster.do(Propose("x=2", new))
    cluster.run(ms=2 * SOON_MS)
    cluster.do(Propose("x", old))


def one_way_cut(cluster: RaftSystem) -> None:
    """Everybody hears the leader, and the leader hears nobody."""
    leader = _await_leader(cluster) or cluster.servers[0]
    for name in _others(cluster, leader):
        cluster.do(Cut(name, leader, one_way=True))
    cluster.do(Propose("x=1", leader))


def heal(cluster: RaftSystem) -> None:
    """Every link works, and loses, repeats and delays no message."""
    cluster.do(Heal(), NetworkConditions())


def logs_that_differ(cluster: RaftSystem) -> None:
    """A leader that is cut off appends entries, another is elected, and the network is healed."""
    leader, followers = _await_leader(cluster), _followers(cluster)
    if not leader or len(followers) < 2:
        return
    old, new = leader, followers[0]
    cluster.do(Partition(((old,),)), Propose("a=1", old), Propose("a=2", old))
    cluster.run(ms=SOON_MS)
    cluster.do(Timeout(new))
    cluster.run(ms=2 * SOON_MS)
    for each in ("b=1", "b=2", "b=3"):
        cluster.do(Propose(each, new))
        cluster.run(ms=SOON_MS)
    cluster.do(Heal())


def figure_8(cluster: RaftSystem) -> None:
    """Figure 8 (a) to (d): an entry of an older term is on a majority, and is overwritten."""
    everybody_is_back(cluster)
    heal(cluster)
    old = _await_leader(cluster) or cluster.servers[0]
    *others, new = _others(cluster, old)
    few = others[: len(cluster.servers) - _majority(cluster) - 1]
    # (a) The leader's entry reaches fewer than a majority.
    cluster.do(Partition(((old, *few),)), Propose("x=2", old))
    cluster.run(ms=SOON_MS)
    # (b) Another is elected by the rest, and takes a command that nobody else gets.
    cluster.do(Crash(old), Heal())
    _elect(cluster, new)
    cluster.do(Partition(((new,),)), Propose("x=3", new))
    cluster.run(ms=SOON_MS)
    # (c) The first one leads again, and its old entry comes to be on a majority.
    cluster.do(Crash(new), Heal(), Restart(old))
    _elect(cluster, old)
    cluster.run(ms=2 * SOON_MS)
    # (d) The second one's entry is of a later term: it wins, and overwrites.
    cluster.do(Crash(old), Restart(new))
    _elect(cluster, new)
    cluster.run(ms=2 * SOON_MS)


def slow_disk(cluster: RaftSystem) -> None:
    """One follower's disk takes half a second for each write, and a command comes."""
    _await_leader(cluster)
    for name in _followers(cluster)[:1]:
        cluster.do(SlowDisk(name, 500_000))
    cluster.do(Propose("x=1"))


def crash_before_the_answer(cluster: RaftSystem) -> None:
    """A follower has written an entry, and dies before it can say so; then it starts again."""
    _await_leader(cluster)
    victims = _followers(cluster)[:1]
    for name in victims:
        cluster.do(TornWrite(name, keep=1))
    cluster.do(Propose("x=1"))
    cluster.run(ms=2 * SOON_MS)
    for name in victims:
        cluster.do(Restart(name))


# What they find ------------------------------------------------------------------------------


def _majority(cluster: RaftSystem) -> int:
    return len(cluster.servers) // 2 + 1


def _followers(cluster: RaftSystem) -> list[str]:
    """The running servers that are not the leader."""
    return [name for name in cluster.servers if cluster.state(name) and name != cluster.leader]


def _elect(cluster: RaftSystem, name: str) -> None:
    """Let a server stand until it leads: the first time its term may be one that others know."""
    for _ in range(3):
        if not _leads_any(cluster, [name]):
            cluster.do(Timeout(name))
            cluster.run(ms=SOON_MS)


def _leads_any(cluster: RaftSystem, servers: list[str]) -> bool:
    """Whether one of these servers takes itself for the leader."""
    states = [cluster.state(name) for name in servers]
    return any(state is not None and state.standing.role == LEADER for state in states)


def _others(cluster: RaftSystem, server: str) -> list[str]:
    return [name for name in cluster.servers if name != server]


def _await_leader(cluster: RaftSystem) -> str | None:
    """The leader; if there is none, wait for one, so that the scene works at any time."""
    if cluster.leader is None:
        cluster.run_until(lambda now: now.leader, ms=2_000)
        # Until all have heard of it.
        cluster.run(ms=SOON_MS)
    return cluster.leader


def _without_leader(cluster: RaftSystem) -> list[str]:
    """Crash the leader; the servers that still run."""
    leader = _await_leader(cluster)
    left = _followers(cluster)
    if leader:
        cluster.do(Crash(leader))
    return left
