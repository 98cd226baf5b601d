"""The same seed and the same calls give the same history, byte for byte."""

import json
import os
import subprocess
import sys

import pytest

from raftkit.protocol import Server
from raftkit.simulator import History, Lost, RaftSystem, Released, SlowDisk, Step

RUN = """
from hashlib import sha256
import networkx as nx
from raftkit.simulator import *

def hard_run(topology):
    link = Link(loss=0.05, duplicate=0.05)
    cluster = RaftSystem(seed=11, topology=topology, clients=2, link=link)
    cluster.ask("C1", "x=1"); cluster.ask("C2", "x+=2"); cluster.run(ms=900)
    cluster.partition({"S2", "S1"}, {"S3", "S4", "C2"}); cluster.do(SlowDisk("S3", 30_000))
    cluster.ask("C2", "y=ü"); cluster.propose("z=1"); cluster.run(ms=900)
    cluster.heal(); cluster.do(NetworkConditions(0.1, 0.1, 0.1, 40_000), TornWrite("S1"))
    cluster.run(ms=900)
    return cluster.history.to_json()

graphs = nx.complete_graph(5), nx.cycle_graph(5), nx.Graph(["zy", "yx", "xw", "wz", "vz"])
print(sha256("".join(hard_run(graph) for graph in graphs).encode()).hexdigest())
"""


@pytest.mark.system
def test_two_processes_with_other_hash_seeds_write_the_same_bytes(repository):
    prints = {_print_with_hash_seed(seed, repository) for seed in ("0", "1", "4242", "random")}

    assert len(prints) == 1


def _print_with_hash_seed(hash_seed, repository):
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(repository)}
    ran = subprocess.run(
        [sys.executable, "-c", RUN], env=environment, capture_output=True, text=True, check=True
    )
    assert len(ran.stdout.strip()) == 64
    return ran.stdout


def test_another_seed_gives_another_history(print_of):
    first, second = RaftSystem(seed=1), RaftSystem(seed=2)
    first.run(ms=1_000)
    second.run(ms=1_000)

    assert print_of(first.history) != print_of(second.history)


def test_the_groups_of_a_partition_may_be_sets_in_any_order(print_of):
    prints = set()
    for groups in (({"S1", "S2"}, {"S3", "S4"}), (["S2", "S1"], ("S4", "S3"))):
        cluster = RaftSystem(servers=4, seed=5)
        cluster.partition(*groups)
        cluster.run(ms=500)
        prints.add(print_of(cluster.history))

    assert len(prints) == 1


def test_how_a_run_is_cut_into_pieces_leaves_no_trace(print_of):
    whole, pieces = RaftSystem(seed=3), RaftSystem(seed=3)
    whole.run(ms=700)
    for _ in range(7):
        pieces.run(ms=100)
        pieces.run(ms=0)
    assert not pieces.run_until(lambda cluster: False, ms=0)

    assert print_of(whole.history) == print_of(pieces.history)


def test_whether_somebody_looks_at_the_records_meanwhile_leaves_no_trace(print_of):
    watched, alone = RaftSystem(seed=3), RaftSystem(seed=3)
    alone.run(ms=700)
    for _ in range(7):
        watched.run(ms=100)
        assert {type(entry) for entry in watched.history.records} == {Step}

    assert print_of(watched.history) == print_of(alone.history)
    assert watched.history.records is watched.history.records


@pytest.mark.once
@pytest.mark.parametrize("decade", range(20))
def test_random_schedules_of_faults_replay_to_the_same_bytes(decade, mistreated):
    for seed in range(decade * 10, decade * 10 + 10):
        cluster = mistreated(seed)
        text = cluster.history.to_json()
        loaded = History.from_json(text)

        assert loaded.to_json() == text, seed
        assert RaftSystem.replay(loaded).history.to_json() == text, seed


def test_the_random_schedules_reach_every_kind_of_record(mistreated):
    kinds, reasons = set(), set()
    for seed in range(20):
        for entry in mistreated(seed).history.records:
            kinds.add(type(entry).__name__)
            if isinstance(entry, Lost):
                reasons.add(entry.reason)

    assert kinds == {"Step", "Lost", "Released", "Acted"}
    assert reasons == {"lost", "cut", "dropped", "down"}


def test_all_times_of_a_history_are_whole_and_never_fall(mistreated):
    for seed in range(20):
        records = mistreated(seed).history.records
        times = [entry.time for entry in records]

        assert all(type(time) is int for time in times)
        assert times == sorted(times)


def test_a_message_never_arrives_in_the_instant_in_which_it_is_sent(mistreated):
    for seed in range(20):
        sent = {}
        for entry in mistreated(seed).history.records:
            if isinstance(entry, Released):
                sent.update((id(message), entry.time) for message in entry.messages)
            elif isinstance(entry, Step):
                assert sent.get(id(entry.event), -1) < entry.time
                for message in (*entry.effects.messages, *entry.effects.early_messages):
                    sent[id(message)] = entry.time


def test_a_run_without_records_takes_the_same_course(print_of):
    runs = {}
    for record in (True, False):
        cluster = RaftSystem(servers=3, seed=8, clients=1, record=record)
        cluster.ask("C1", "x=1")
        cluster.run(ms=700)
        cluster.crash(cluster.leader)
        cluster.run(ms=700)
        runs[record] = cluster

    assert runs[False].history.records == []
    assert runs[False].leader == runs[True].leader
    again = RaftSystem.replay(runs[False].history)
    assert print_of(again.history) == print_of(runs[True].history)


class AnswersWithLists(Server):
    """Students put lists where the reference puts tuples."""

    def handle(self, event):
        effects = super().handle(event)
        for part in effects.__slots__:
            setattr(effects, part, [*getattr(effects, part)])
        return effects


def test_effects_may_hold_lists_where_the_reference_has_tuples():
    runs = []
    for make_server in (Server, AnswersWithLists):
        cluster = RaftSystem(servers=3, seed=8, clients=1, make_server=make_server)
        cluster.ask("C1", "x=1")
        cluster.run(ms=700)
        cluster.propose("y=1")
        cluster.do(SlowDisk("S2", 30_000))
        cluster.run(ms=700)
        runs.append(json.loads(cluster.history.to_json()))

    assert any(record["is"] == "Released" for record in runs[0]["records"])
    assert runs[1]["records"] == runs[0]["records"]
    assert runs[1]["messages"] == runs[0]["messages"]
