"""A cluster run by hand: which message a delivery means, and how time takes over again."""

import pytest

from raftkit.checkers import Cluster
from raftkit.simulator import ByHand, Deliver, HandsOff, Lose, Propose, Timeout


@pytest.fixture
def held():
    """S1 leads term 1 by hand, and everything it has sent to S3 is still under way."""
    cluster = Cluster(servers=3, seed=1)
    cluster.do(ByHand(), Timeout("S1"), Deliver("S1", "S2"), Deliver("S2", "S1"))
    cluster.do(Propose("x=1", "S1"))
    return cluster


def log_of(cluster, server):
    return tuple(entry.command for entry in cluster.state(server).log)


def test_without_a_kind_the_oldest_message_of_any_kind_is_meant(held):
    held.do(Deliver("S1", "S3"))

    assert held.state("S3").standing.voted_for == "S1"


def test_places_count_from_the_newest_as_in_python(held):
    held.do(Deliver("S1", "S3", place=-1))

    assert log_of(held, "S3") == ("x=1",)


@pytest.mark.parametrize("place", [3, -4])
def test_where_no_message_stands_nothing_happens(held, place):
    before = held.state("S3")
    held.do(Deliver("S1", "S3", place=place), Lose("S1", "S3", place=place))

    assert held.state("S3") is before


def test_a_place_is_a_whole_number():
    with pytest.raises(ValueError, match=r"place must be a whole number, not 0\.5"):
        Deliver("S1", "S2", place=0.5)


def test_by_hand_no_time_passes_for_anybody(held):
    held.run(ms=5_000)

    assert held.state("S3").standing.current_term == 0


def test_hands_off_and_what_was_held_travels_on(held):
    held.do(HandsOff())
    held.run(ms=30)

    assert {log_of(held, server) for server in held.servers} == {("x=1",)}


def test_hands_off_and_every_timer_starts_anew(held):
    held.run(ms=5_000)
    held.crash("S1")
    held.do(HandsOff())
    held.run(ms=140)
    assert held.leader is None

    held.run(ms=1_000)
    assert held.leader in ("S2", "S3")


def test_a_run_that_was_by_hand_for_a_while_replays(held):
    held.do(HandsOff())
    held.run(ms=500)

    assert Cluster.replay(held.history).history.to_json() == held.history.to_json()
