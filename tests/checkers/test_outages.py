"""Outages and needless elections: the paper's trade-off, and the same figures every time."""

import pytest

from raftkit.checkers import measure_outages, needless_elections
from raftkit.checkers.outages import first_needless_election
from raftkit.protocol import Settings
from raftkit.simulator import Link


def settings(low_ms: int, high_ms: int, heartbeats: int = 2) -> Settings:
    return Settings(low_ms * 1_000, high_ms * 1_000, low_ms * 1_000 // heartbeats)


def test_the_same_seed_gives_the_same_outages() -> None:
    first, again, other = (measure_outages(Settings(), crashes=20, seed=s) for s in (3, 3, 4))

    assert first == again
    assert first != other


def test_every_crash_is_an_outage_that_took_an_election_at_least() -> None:
    found = measure_outages(settings(150, 200), crashes=30)

    assert len(found.ms) == len(found.elections) == 30
    assert min(found.elections) == 1
    # Whoever waits least has waited since the last heartbeat, which is half a timeout ago at most.
    assert min(found.ms) >= 75


def test_too_little_randomness_splits_votes() -> None:
    narrow, wide = (measure_outages(settings(150, high), crashes=60) for high in (155, 300))

    assert narrow.split > 0.5 > 0.25 > wide.split
    assert narrow.mean > 2 * wide.mean


def test_a_split_vote_costs_a_timeout() -> None:
    found = measure_outages(settings(150, 175), crashes=60)

    for ms, elections in zip(found.ms, found.elections, strict=True):
        assert ms >= 75 + 150 * (elections - 1)


def test_shorter_timeouts_end_an_outage_sooner() -> None:
    medians = [measure_outages(settings(low, 2 * low), crashes=60).median for low in (25, 50, 150)]

    assert medians == sorted(medians)


def test_without_any_randomness_an_outage_is_given_up() -> None:
    found = measure_outages(settings(150, 150), Link(5_000, 7_000), crashes=3)

    assert found.median == 70 * 150


def test_timeouts_that_can_elect_nobody_are_measured_too() -> None:
    found = measure_outages(settings(2, 3), Link(5_000, 7_000), crashes=3)

    assert found.median == 70 * 3


@pytest.mark.parametrize(
    ("timeouts", "link"), [(settings(12, 24), Link()), (Settings(), Link(loss=0.6))]
)
def test_an_outage_lasts_until_a_leader_of_a_later_term(timeouts: Settings, link: Link) -> None:
    """With restless leaders an older one may still believe that it leads: it ends no outage."""
    found = measure_outages(timeouts, link, crashes=60)

    # A request and an answer, at the very least.
    assert min(found.ms) > 2
    assert max(found.ms) <= 70 * timeouts.election_timeout_max / 1_000


def test_a_cluster_that_is_well_elects_nobody() -> None:
    assert needless_elections(Settings(), heartbeats=300) == 0


def test_heartbeats_that_get_lost_depose_leaders() -> None:
    lossy = Link(loss=0.1)
    few, many = (
        needless_elections(settings(100, 150, beats), lossy, heartbeats=500) for beats in (2, 6)
    )

    assert few > 5 > many


def test_the_first_needless_election_can_be_looked_at() -> None:
    cluster = first_needless_election(settings(100, 150), Link(loss=0.1), heartbeats=500)
    terms = {cluster.state(server).standing.current_term for server in cluster.servers}

    assert max(terms) == 2
    assert cluster.history.records
    assert cluster.now_ms < 500 * 50


def test_without_a_crash_there_is_nothing_to_measure() -> None:
    with pytest.raises(ValueError, match="at least one leader has to crash"):
        measure_outages(Settings(), crashes=0)
