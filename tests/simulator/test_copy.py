"""A copied cluster is the same cluster: it goes on as the one that was run again would."""

import pytest

from raftkit import Cluster
from raftkit.checkers import draw_long_trial, run_trial
from raftkit.protocol import Server
from raftkit.simulator import Crash, Delay, Duplicate, History, SlowDisk, TornWrite

INSTANTS = (0, 333, 1_234, 2_500, 3_999)


def go_on(cluster):
    """What might befall anybody: nothing of it depends on what the cluster is."""
    cluster.do(SlowDisk("S1", 3_000), at_ms=cluster.now_ms + 50)
    cluster.run(ms=400)
    if cluster.leader:
        cluster.propose("x=1")
        cluster.do(Crash(cluster.leader))
    cluster.run(ms=600)
    return cluster.history.to_json()


@pytest.mark.once
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("ms", INSTANTS)
def test_a_copy_goes_on_as_a_replay_does(seed, ms):
    stormy = Cluster.replay(run_trial(draw_long_trial(seed, ms=4_000)).history, until_ms=ms)
    copy, replayed = stormy.copy(), stormy.fork()

    assert copy.history.to_json() == replayed.history.to_json()
    assert go_on(copy) == go_on(replayed) == go_on(stormy)


def test_a_copy_lives_a_life_of_its_own():
    cluster = Cluster(servers=3, seed=4, clients=1)
    cluster.run(ms=500)
    before = cluster.history.to_json()
    copy = cluster.copy()
    copy.do(Crash("S1"), Delay(500, "S2"), Duplicate("S3"), TornWrite("S2"))
    copy.ask("C1", "x=1")
    copy.partition(["S1"], ["S2", "S3"])
    copy.run(ms=800)

    assert cluster.history.to_json() == before
    assert go_on(cluster) == go_on(Cluster.replay(History.from_json(before)))


def test_checkers_come_along():
    cluster = Cluster(servers=3, seed=4)
    cluster.run(ms=500)
    copy = cluster.copy()
    position = len(copy.history.records)
    violation = _break(copy)

    assert violation.step >= position
    assert not cluster.violations


def _break(cluster):
    """Let a server lead a term that has a leader already; the checker must know of the first."""
    leader = cluster.leader
    host = next(cluster.host(name) for name in cluster.servers if name != leader)
    host.process.standing = cluster.state(leader).standing
    cluster.run(ms=200)
    return cluster.violations[0]


def test_a_copy_with_a_past_from_elsewhere_follows_it():
    cluster = Cluster(servers=3, seed=5)
    cluster.run(ms=300)
    length = cluster.history.length
    checkpoint = cluster.copy(History(cluster.history.setup))
    cluster.run(ms=300)
    cluster.do(Crash("S1"))
    cluster.run(ms=300)
    again = checkpoint.copy(cluster.history.beginning(length))
    again.follow(cluster.history, 900)

    assert checkpoint.history.records == []
    assert again.history.to_json() == cluster.history.to_json()


def test_who_listens_for_answers_hears_nothing_of_a_copy():
    cluster, heard = Cluster(servers=3, seed=5), []
    cluster.on_answer(heard.append)
    cluster.run(ms=500)
    copy = cluster.copy()
    copy.propose("x=1")
    copy.run(ms=100)
    assert not heard

    cluster.propose("x=1")
    cluster.run(ms=100)
    assert heard


def test_servers_of_ones_own_are_not_copied():
    class Mine(Server):
        """They might hold anything, open files even."""

    cluster = Cluster(servers=3, make_server=Mine)
    assert not cluster.is_copied
    with pytest.raises(ValueError, match=r"use fork\(\)"):
        cluster.copy()
