"""Walks by hand: right rules survive them, wrong ones do not, and every finding can be repeated."""

import pytest

from raftkit.checkers import Trial, run_trial
from raftkit.checkers.explorer.path_states import PathState
from raftkit.checkers.explorer.raft_behaviour import RaftBehaviour
from raftkit.checkers.schedules import Draw
from raftkit.checkers.walks import STARTS, Start, Walk, walk_until_broken
from raftkit.checkers.walks.random_moves import move_at_random
from raftkit.checkers.walks.walk import Place
from raftkit.course.chapters.capstone.wrong_answers.from_scratch import FromScratch
from raftkit.protocol import Rules, Server, Settings

every_start = pytest.mark.parametrize("start", STARTS, ids=lambda start: start.moves or "nothing")


def random_walk(start: Start, seed: int) -> Walk:
    walk, draw = start.walk(), Draw(seed)
    for _ in range(15):
        move_at_random(walk, draw)
    return walk


@every_start
def test_right_rules_survive_every_start_and_what_follows(start):
    assert [random_walk(start, seed).cluster.violations for seed in range(10)] == [[]] * 10


@pytest.mark.parametrize("name", ["should_grant_vote", "merge_entries", "advance_commit_index"])
def test_right_rules_survive_guided_walks(name):
    walking = walk_until_broken(name, getattr(Rules(), name), seed=1, budget=5_000)

    assert walking.found is None
    assert walking.walks > 2 * len(STARTS)
    assert walking.states > 10_000


@pytest.mark.parametrize("seed", range(3))
def test_what_is_found_breaks_a_property_in_every_run(seed):
    def generous(standing, request, up_to_date):
        return up_to_date and request.term >= standing.current_term

    found = walk_until_broken("should_grant_vote", generous, seed, budget=5_000).found

    assert found is not None
    rules = Rules().with_rule("should_grant_vote", generous)
    assert run_trial(found, rules).violations[0].property == "One Vote per Term"


def test_what_only_follows_late_messages_is_found_after_a_start():
    """A copy of a request comes late, and takes a commit back."""

    def to_the_letter(commit_index, request, success):
        last_new_index = request.prev_log_index + len(request.entries)
        if success and request.leader_commit > commit_index:
            return min(request.leader_commit, last_new_index)
        return commit_index

    found = walk_until_broken("follower_commit_index", to_the_letter, seed=0, budget=5_000).found

    rules = Rules().with_rule("follower_commit_index", to_the_letter)
    assert run_trial(found, rules).violations[0].property == "Only Forwards"


def test_the_same_seed_walks_the_same_ways():
    def reluctant(granted, refused, servers):
        return granted == servers

    first, second, other = (
        walk_until_broken("has_majority", reluctant, seed, budget=2_000) for seed in (4, 4, 5)
    )

    assert first == second != other


def test_an_error_ends_the_search_or_only_its_walk():
    class Odd(Exception):
        """An error that no server catches."""

    def no_answer(*arguments):
        raise Odd

    with pytest.raises(Odd):
        walk_until_broken("has_majority", no_answer, seed=0, budget=100)
    walking = walk_until_broken(
        "has_majority", no_answer, 0, budget=100, ends_walk=lambda error: isinstance(error, Odd)
    )
    assert (walking.found, walking.walks) == (None, 5)


@every_start
def test_a_walk_goes_on_from_a_place_as_if_it_had_never_stopped(start):
    walk = random_walk(start, seed=7)
    again = Walk(walk.place)

    assert again.place == walk.place
    assert again.held == walk.held
    states = [(walk.cluster.state(name), again.cluster.state(name)) for name in again.running]
    assert all(one == other for one, other in states)


@every_start
def test_a_walk_is_a_path_that_the_explorer_can_follow(start):
    walk = random_walk(start, seed=3)
    for name in set(walk.cluster.servers) - set(walk.running):
        walk.restart(name)
    settings = Settings(batch=start.batch)
    reached = PathState(RaftBehaviour(walk.cluster.servers, None, Server, settings))
    reached.follow(walk.path)

    assert {name: snapshot.state for name, snapshot in reached.now.items()} == {
        name: walk.cluster.state(name) for name in walk.cluster.servers
    }
    assert sorted(map(repr, reached.held)) == sorted(map(repr, walk.held))


def test_servers_that_are_apart_hear_nothing_of_each_other():
    walk = Walk(Place(Trial(3, 1, (), 0)))
    walk.part("S3")
    walk.elect("S1")
    walk.propose("S1")

    assert [walk.cluster.state(name).log.last_index for name in ("S1", "S2", "S3")] == [1, 1, 0]
    assert {message.target for message in walk.held} == {"S3"}


def test_late_messages_arrive_from_the_other_side():
    walk = Start(3, "part S3; elect S1; propose S1").walk()
    place = next(place for place, each in enumerate(walk.held) if hasattr(each, "entries"))
    walk.deliver(place, again=False)

    assert walk.cluster.state("S3").standing.current_term == 1


def test_messages_to_some_servers_are_lost_in_a_walk_and_in_its_path():
    walk = Start(3, "elect S1; propose S1 0; propose S1 0; lose S3").walk()
    reached = PathState(RaftBehaviour(walk.cluster.servers))
    reached.follow(walk.path)

    assert [message.target for message in walk.held] == ["S2", "S2"]
    assert reached.held == list(walk.held)
    walk.lose()
    assert walk.held == ()


def test_a_timer_that_does_not_run_cannot_run_out_on_the_path():
    """A leader has no election timer, and some servers would stand if it were told of one."""
    walk = Start(3, "elect S1; elect S1").walk(make_server=FromScratch)
    reached = PathState(RaftBehaviour(walk.cluster.servers, make_server=FromScratch))
    reached.follow(walk.path)

    assert walk.cluster.leader == "S1"
    assert reached.now["S1"].state == walk.cluster.state("S1")


def test_a_message_that_is_not_there_cannot_arrive():
    walk = Start(3, "deliver 0 1").walk()

    assert walk.path == ()
