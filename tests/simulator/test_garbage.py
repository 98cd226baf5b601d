"""Runs leave Python's garbage collector alone, and clusters that are dropped still go away."""

import gc
import weakref

import pytest

from raftkit import Cluster
from raftkit.simulator import garbage

LONG_MS = 20_000  # long enough to make more than `garbage.FEW` objects


@pytest.fixture(autouse=True)
def _collecting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert gc.isenabled()
    monkeypatch.setattr(garbage, "_made", 0)
    monkeypatch.setattr(garbage, "_kept", 0)


def test_a_run_is_followed_by_no_collection_of_what_it_has_made() -> None:
    cluster = Cluster(servers=3, seed=1)
    collections: list[str] = []

    def count(phase: str, info: dict[str, int]) -> None:
        collections.append(phase)

    gc.callbacks.append(count)
    try:
        cluster.run(ms=LONG_MS)
    finally:
        gc.callbacks.remove(count)
    assert collections == []
    assert gc.isenabled()


def test_many_short_runs_are_followed_by_no_collection_either() -> None:
    cluster = Cluster(servers=3, seed=1)
    collections: list[str] = []

    def count(phase: str, info: dict[str, int]) -> None:
        collections.append(phase)

    gc.callbacks.append(count)
    try:
        for _ in range(100):
            cluster.run(ms=100)
    finally:
        gc.callbacks.remove(count)
    assert len(cluster.history.records) > 5 * garbage.FEW
    assert collections == []


def test_a_dropped_cluster_is_cleared_away_when_enough_has_been_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(garbage, "_made", 0)
    monkeypatch.setattr(garbage, "MANY", garbage.FEW)
    cluster = Cluster(servers=3, seed=1)
    cluster.run(ms=LONG_MS)
    dropped = weakref.ref(cluster.history)
    del cluster
    Cluster(servers=3, seed=2)
    assert dropped() is not None  # There are far more other objects, to be looked at in vain.
    monkeypatch.setattr(garbage, "_made", len(gc.get_objects()))
    Cluster(servers=3, seed=2)
    assert dropped() is None


def test_what_somebody_has_frozen_stays_frozen() -> None:
    cluster = Cluster(servers=3, seed=1)
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        cluster.run(ms=LONG_MS)
        assert gc.get_freeze_count() >= frozen - garbage.FROZEN_BY_PYTHON
    finally:
        gc.unfreeze()
