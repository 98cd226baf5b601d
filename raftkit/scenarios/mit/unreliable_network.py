"""Networks that lose, delay and reorder, and servers that come and go: the rest of MIT 3C.

The unreliable network is theirs: one message in ten is lost and a message takes up to
27 ms; where answers are reordered, two of three take 200 to 2,400 ms.
"""

from raftkit.protocol import AppendEntriesResponse, RequestVoteResponse
from raftkit.scenarios.mit.persistence import QUORUM, ROUNDS, a_short_while
from raftkit.scenarios.scenario import Suite
from raftkit.scenarios.system_under_test import SystemUnderTest
from raftkit.scenarios.tasks import Tasks
from raftkit.scenarios.watched_cluster import AGREE_WITHIN_MS, Task, WatchedCluster
from raftkit.simulator import Delay, Link, NetworkConditions, Step

SUITE = Suite("MIT 3C")

# Times are in microseconds; an election still takes hundreds of milliseconds, as theirs does.
LOSSY = Link(latency_min=100, latency_max=27_000, loss=0.1)
FAIR = NetworkConditions(loss=0.0)
ANSWERS = ("AppendEntriesResponse", "RequestVoteResponse")
# The delays of so many answers of a kind are drawn in advance; more are rarely sent within a round.
DRAWN_AHEAD = 24
# What back-up by one entry may take, most of it on a network that is well again.
BACK_UP_WITHIN_MS = 60_000
# How long a client looks for its command after handing it in, in ms.
PATIENCE_MS = (10, 20, 50, 100, 200)


@SUITE.scenario("Many agree on an unreliable network", "UnreliableAgree")
def agreement_on_an_unreliable_network(system: SystemUnderTest) -> None:
    """245 commands, five at a time, over links that lose one message in ten.

    A request that was lost is sent again, and one that arrives twice that way counts once.
    """
    cluster = system.cluster(servers=5, seed=71, link=LOSSY)
    tasks = Tasks(cluster)
    for number in range(1, 50):
        for part in range(4):
            tasks.start(cluster.agreeing(f"x={100 * number + part}", 1))
        in_front = Tasks(cluster)
        in_front.start(cluster.agreeing(f"y={number}", 1))
        # The original waits for one command out of five, while the other four go on behind it.
        while in_front.waiting:
            tasks.run(5)
            in_front.run(0)
    cluster.do(FAIR)
    tasks.finish()
    cluster.agree("end")


@SUITE.scenario("A thousand leaders on an unreliable network", "Figure8Unreliable")
def figure_8_on_an_unreliable_network(system: SystemUnderTest) -> None:
    """A thousand leaders, half of them soon cut off, and from round 200 on late answers.

    Old leaders go on taking commands while they are cut off, and answers reach leaders that
    have long moved on: matchIndex must not fall, and old refusals must not count. In the end
    hundreds of entries are wrong, and back-up by one entry has time for them when the network is
    well again.
    """
    cluster = system.cluster(servers=5, seed=72, link=LOSSY)
    late_answers = LateAnswers(system, cluster)
    cluster.agree("start", 1)
    for number in range(ROUNDS):
        if number >= 200:
            late_answers.arm()
        leader = None
        # All are asked, also those that are cut off: an old leader there takes it in vain.
        for server in cluster.servers:
            if cluster.propose(server, f"x={number}") is not None and server not in cluster.cut:
                leader = server
        cluster.run(a_short_while(system))
        if leader is not None and system.chance(0.5):
            cluster.cut_off(leader)
        if len(cluster.servers) - len(cluster.cut) < QUORUM:
            cluster.connect(system.pick(cluster.servers))
    cluster.connect(*cluster.servers)
    tasks = Tasks(cluster)
    tasks.start(cluster.agreeing("end", within_ms=BACK_UP_WITHIN_MS))
    well_from = cluster.now_ms + AGREE_WITHIN_MS
    while tasks.waiting and cluster.now_ms < well_from:
        late_answers.arm()
        tasks.run(20)
    cluster.do(FAIR)
    tasks.finish()


class LateAnswers:
    """Delays answers so that they overtake each other; requests keep their order."""

    def __init__(self, system: SystemUnderTest, cluster: WatchedCluster) -> None:
        self._system = system
        self._cluster = cluster
        self._read = 0
        # How many of the drawn delays of each kind are left; each answer sent uses one up.
        self._armed = dict.fromkeys(ANSWERS, 0)

    def arm(self) -> None:
        """Draw the delays of the next answers, as many as were sent since the last time."""
        records = self._cluster.cluster.history.records
        for record in records[self._read :]:
            if type(record) is Step:
                for message in record.effects.messages:
                    if isinstance(message, AppendEntriesResponse | RequestVoteResponse):
                        self._armed[type(message).__name__] -= 1
        self._read = len(records)
        for kind, armed in self._armed.items():
            for _ in range(DRAWN_AHEAD - max(armed, 0)):
                self._cluster.do(Delay(1_000 * self._lateness_ms(), kind=kind))
            self._armed[kind] = DRAWN_AHEAD

    def _lateness_ms(self) -> int:
        """How late an answer is: in one of three cases not at all, else mostly a little."""
        if self._system.chance(1 / 3):
            return 0
        return 200 + self._system.below(1 + self._system.below(2_000))


@SUITE.scenario("Nothing that a client saw is lost", "ReliableChurn")
def churn(system: SystemUnderTest) -> None:
    """Servers crash, restart and are cut off under three clients (reliable links)."""
    _churn(system, system.cluster(servers=5, seed=73))


@SUITE.scenario("Nothing is lost on an unreliable network either", "UnreliableChurn")
def churn_on_an_unreliable_network(system: SystemUnderTest) -> None:
    """Servers crash, restart and are cut off under three clients (lossy links)."""
    _churn(system, system.cluster(servers=5, seed=74, link=LOSSY))


def _churn(system: SystemUnderTest, cluster: WatchedCluster) -> None:
    """Three clients at work, every 700 ms perhaps a cut, a return or a crash; then a reckoning.

    What a client has seen commit must be in the log at the end; a command that it gave up on
    may be there or not. That is as much as Raft promises.
    """
    tasks, seen, open_for_clients = Tasks(cluster), list[str](), [True]
    for client in range(3):
        tasks.start(_client(cluster, client, seen, open_for_clients))
    for _ in range(20):
        if system.chance(0.2):
            cluster.cut_off(system.pick(cluster.servers))
        if system.chance(0.5):
            server = system.pick(cluster.servers)
            if server in cluster.down:
                cluster.restart(server)
            cluster.connect(server)
        if system.chance(0.2):
            server = system.pick(cluster.servers)
            if server not in cluster.down:
                cluster.crash(server)
        tasks.run(700)
    # From here on all is well, so everything must come right again.
    tasks.run(1_000)
    cluster.do(FAIR)
    cluster.restart(*sorted(cluster.down))
    cluster.connect(*cluster.servers)
    open_for_clients[0] = False
    tasks.finish()
    cluster.run(1_000)
    last = cluster.agree("end")
    kept = {cluster.wait_until_committed(index, 5) for index in range(1, last + 1)}
    lost = [command for command in seen if command not in kept]
    cluster.expect(not lost, f"clients saw {lost} commit, but the log has lost it.")
    cluster.expect(seen, "no client saw any of its commands commit.")


def _client(cluster: WatchedCluster, me: int, seen: list[str], is_open: list[bool]) -> Task:
    """A client that offers commands to one server after the other, and notes those committed."""
    number = 0
    while is_open[0]:
        number += 1
        command = f"c{me}={number}"
        taken = [
            cluster.propose(server, command)
            for server in cluster.servers
            if server not in cluster.down
        ]
        indexes = [index for index in taken if index is not None]
        if not indexes:
            yield 79 + me * 17
            continue
        # Even an answer at once takes time, or a client of a hasty server would never rest.
        yield 1
        for wait in PATIENCE_MS:
            count, chosen = cluster.committed(indexes[-1])
            if count:
                if chosen == command:
                    seen.append(command)
                break
            yield wait
    return None
