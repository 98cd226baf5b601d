"""What happens in each prepared scene, whatever state the cluster is in when it begins.

Each works for three servers or more. It does actions that depend on what it finds, and lets time
pass between them. Where it yields, the clock stands and the next question is asked, so there are
as many yields as its scene has chapters.
"""

from collections.abc import Iterator

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

Questions = Iterator[None]


def election(cluster: RaftSystem) -> Questions:
    """One follower's election timer runs out before all others."""
    _start_all(cluster)
    _mend_all(cluster)
    for name in _followers(cluster)[:1]:
        cluster.do(SetTimer(name, 5_000))
        yield
        cluster.run_until(lambda now: now.leader == name, ms=1_000)  # noqa: B023
        cluster.run(ms=SOON_MS)


def command(cluster: RaftSystem) -> Questions:
    """A command is handed to the leader."""
    _begin_anew(cluster)
    cluster.do(Propose("x=1"))
    yield
    # The followers hear of the commit with the next heartbeat.
    cluster.run(ms=4 * SOON_MS)


def leader_falls(cluster: RaftSystem) -> Questions:
    """The leader crashes, and the election timers of all others run out at the same instant."""
    leader = _begin_anew(cluster)
    waiting = _others(cluster, leader)
    cluster.do(Crash(leader))
    for name in waiting:
        cluster.do(SetTimer(name, 20_000))
    yield
    _await_leader(cluster)


def duel(cluster: RaftSystem) -> Questions:
    """Two candidates, each of which stands before the other's votes have come back."""
    leader = _begin_anew(cluster)
    first, second = _others(cluster, leader)[:2]
    cluster.do(Crash(leader))
    yield
    for _ in range(ROUNDS_OF_A_DUEL):
        for name in (first, second):
            answers = len(cluster.servers) - 2  # Neither the leader, which is down, nor its own.
            # Later than any election timeout: nobody wins by a vote that was on its way for long.
            cluster.do(Delay(20 * SOON_MS * 1_000, target=name, kind="RequestVoteResponse",
                             count=answers))  # fmt: skip
            cluster.do(Timeout(name))
            cluster.run(ms=SOON_MS)
    yield
    _await_leader(cluster)


def everybody_is_back(cluster: RaftSystem) -> Questions:
    """All servers that are down or paused run again; one that is down misses a command first."""
    if len(_running(cluster)) == len(cluster.servers):
        cluster.do(Crash(_others(cluster, _begin_anew(cluster))[0]))
    if _await_leader(cluster):
        cluster.do(Propose("y=1"))
        cluster.run(ms=2 * SOON_MS)
    _start_all(cluster)
    yield
    cluster.run(ms=10 * SOON_MS)


def minority(cluster: RaftSystem) -> Questions:
    """The leader is left with a minority, takes a command, and so does the next one."""
    leader = _begin_anew(cluster)
    others = _others(cluster, leader)
    kept = (len(cluster.servers) - 1) // 2 - 1
    cluster.do(Partition(((leader, *others[:kept]),)), Propose("a=1", leader))
    yield
    cluster.run(ms=2 * SOON_MS)
    yield
    cluster.run_until(lambda now: _leads_any(now, others), ms=2_000)
    for name in others:
        if _leads_any(cluster, [name]):
            cluster.do(Propose("b=1", name))
    cluster.run(ms=4 * SOON_MS)


def stale_reader(cluster: RaftSystem) -> Questions:
    """A leader that was cut off is asked to read what another leader has changed meanwhile."""
    old = _begin_anew(cluster)
    new = _others(cluster, old)[0]
    cluster.do(Propose("x=1", old))
    cluster.run(ms=2 * SOON_MS)
    cluster.do(Partition(((old,),)))
    yield
    _elect(cluster, new)
    cluster.do(Propose("x=2", new))
    cluster.run(ms=2 * SOON_MS)
    cluster.do(Propose("x", old))
    yield
    cluster.run(ms=4 * SOON_MS)


def one_way_cut(cluster: RaftSystem) -> Questions:
    """Everybody hears the leader, and the leader hears nobody."""
    leader = _begin_anew(cluster)
    for name in _others(cluster, leader):
        cluster.do(Cut(name, leader, one_way=True))
    cluster.do(Propose("x=1", leader))
    yield
    cluster.run(ms=10 * SOON_MS)


def heal(cluster: RaftSystem) -> Questions:
    """Every link works, and loses, repeats and delays nothing; if none was cut, one was before."""
    if _is_whole(cluster):
        for _ in minority(cluster):
            pass
    _mend_all(cluster)
    yield
    cluster.run(ms=10 * SOON_MS)


def logs_that_differ(cluster: RaftSystem) -> Questions:
    """A leader that is cut off appends entries, others lead one by one, and the network heals."""
    old = _begin_anew(cluster)
    new, last = _others(cluster, old)[:2]
    cluster.do(Partition(((old,),)), Propose("a=1", old), Propose("a=2", old))
    yield
    cluster.run(ms=SOON_MS)
    _elect(cluster, new)
    for each in ("b=1", "b=2", "b=3"):
        cluster.do(Propose(each, new))
        cluster.run(ms=SOON_MS)
    cluster.run(ms=4 * SOON_MS)  # until all have heard of the commit
    # It knows nothing of the old leader's log, so it begins at its own end.
    _elect(cluster, last)
    cluster.do(Heal())
    yield
    cluster.run(ms=8 * SOON_MS)


def figure_8(cluster: RaftSystem) -> Questions:
    """Figure 8 (a) to (d): an entry of an older term is on a majority, and is overwritten."""
    old = _begin_anew(cluster)
    *others, new = _others(cluster, old)
    few = others[: len(cluster.servers) - _majority(cluster) - 1]
    cluster.do(Partition(((old, *few),)), Propose("x=2", old))
    yield  # (a) The leader's entry reaches fewer than a majority.
    cluster.run(ms=SOON_MS)
    cluster.do(Crash(old), Heal())
    yield  # (b) Another is elected by the rest, and takes a command that nobody else gets.
    _elect(cluster, new)
    cluster.do(Partition(((new,),)), Propose("x=3", new))
    cluster.run(ms=SOON_MS)
    cluster.do(Crash(new), Heal(), Restart(old))
    yield  # (c) The first one leads again, and its old entry comes to be on a majority.
    _elect(cluster, old)
    cluster.run(ms=2 * SOON_MS)
    cluster.do(Crash(old), Restart(new))
    yield  # (d) The second one's entry is of a later term: it wins, and overwrites.
    _elect(cluster, new)
    cluster.run(ms=2 * SOON_MS)


def slow_disk(cluster: RaftSystem) -> Questions:
    """One follower's disk takes half a second for each write, and a command comes."""
    leader = _begin_anew(cluster)
    for name in _others(cluster, leader)[:1]:
        cluster.do(SlowDisk(name, 500_000))
    cluster.do(Propose("x=1"))
    yield
    cluster.run(ms=600)


def crash_before_the_answer(cluster: RaftSystem) -> Questions:
    """A follower has written an entry, and dies before it can say so; then it starts again."""
    leader = _begin_anew(cluster)
    victims = _others(cluster, leader)[:1]
    for name in victims:
        cluster.do(TornWrite(name, keep=1))
    cluster.do(Propose("x=1"))
    yield
    cluster.run(ms=2 * SOON_MS)
    for name in victims:
        cluster.do(Restart(name))
    yield
    cluster.run(ms=8 * SOON_MS)


# What they do and find -----------------------------------------------------------------------


def _begin_anew(cluster: RaftSystem) -> str:
    """Clear away what earlier scenes have left behind; the leader, once all agree with it."""
    _start_all(cluster)
    _mend_all(cluster)
    _await_leader(cluster)
    cluster.run_until(_all_agree, ms=3_000)
    return cluster.leader or cluster.servers[0]


def _all_agree(cluster: RaftSystem) -> bool:
    """Whether all servers run, in one term, with the same log."""
    states = [state for name in cluster.servers if (state := cluster.state(name))]
    agreed = {(state.standing.current_term, state.log) for state in states}
    return len(states) == len(cluster.servers) and len(agreed) == 1


def _start_all(cluster: RaftSystem) -> None:
    """Let all servers that are down, paused or slow run again."""
    for name in cluster.servers:
        host = cluster.host(name)
        if host.state is None:
            cluster.do(Restart(name))
        if host.paused:
            cluster.do(Resume(name))
        if host.disk.sync_delay or host.disk.tear_after is not None:
            cluster.do(MendDisk(name))


def _is_whole(cluster: RaftSystem) -> bool:
    """Whether every link works."""
    return all(up for _, _, up, _ in cluster.simulation.network.links())


def _mend_all(cluster: RaftSystem) -> None:
    """Let every link work, and lose, repeat and delay no message."""
    links = list(cluster.simulation.network.links())
    if not _is_whole(cluster):
        cluster.do(Heal())
    if any(link.loss or link.duplicate or link.slow for *_, link in links):
        cluster.do(NetworkConditions())


def _majority(cluster: RaftSystem) -> int:
    return len(cluster.servers) // 2 + 1


def _running(cluster: RaftSystem) -> list[str]:
    """The servers that run, and are not paused."""
    return [
        name
        for name in cluster.servers
        if cluster.host(name).state is not None and not cluster.host(name).paused
    ]


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
