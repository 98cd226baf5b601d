"""What comes of each prepared scene, in clusters of every size, whenever it begins."""

import pytest

from raftkit import Cluster
from raftkit.protocol import AppendEntriesResponse
from raftkit.protocol.roles import CANDIDATE, LEADER
from raftkit.views.player import scene_stories as stories
from raftkit.views.player.scenes import SCENES

SIZES = (3, 4, 5, 7, 9)
# The seed, and the instant at which the scene begins, in ms: with a leader, and without one.
BEGINNINGS = ((1, 0), (3, 1_313))

pytestmark = [
    pytest.mark.once,
    pytest.mark.parametrize("servers", SIZES),
    pytest.mark.parametrize("beginning", BEGINNINGS),
]


@pytest.fixture
def cluster(servers, beginning):
    """A cluster at the beginning of a scene; no property is broken in it, whatever is shown."""
    seed, at = beginning
    cluster = Cluster(servers=servers, seed=seed)
    cluster.run(ms=at)
    yield cluster
    assert cluster.violations == []


def states(cluster):
    return [state for name in cluster.servers if (state := cluster.state(name))]


def term(cluster):
    return max(state.standing.current_term for state in states(cluster))


def commands(state, committed=False):
    log = state.log.prefix(state.commit_index) if committed else state.log
    return [entry.command for entry in log]


def majority(cluster):
    return len(cluster.servers) // 2 + 1


def leaders(cluster):
    return [s.standing.current_term for s in states(cluster) if s.standing.role == LEADER]


def holders(cluster, command, committed=False):
    return [state for state in states(cluster) if command in commands(state, committed)]


def tell(cluster, story, question=None):
    """Let a scene happen, all of it or up to a question, of which 1 is the first."""
    (scene,) = (each for each in SCENES if each.story is story)
    if question is None:
        assert len(scene.tell(cluster)) == len(scene.chapters) + 1
        return
    asking = story(cluster)
    for _ in range(question):
        next(asking)


def test_an_election_has_a_winner(cluster):
    before = term(cluster)
    tell(cluster, stories.election)
    cluster.run(ms=100)

    assert leaders(cluster) == [term(cluster)]
    assert term(cluster) > before


def test_a_command_is_committed_everywhere(cluster, servers):
    tell(cluster, stories.command)
    cluster.run(ms=150)

    assert len(holders(cluster, "x=1", committed=True)) == servers


def test_when_the_leader_falls_all_others_stand_at_once_and_in_the_end_one_leads(cluster, servers):
    tell(cluster, stories.leader_falls, question=1)
    cluster.run(ms=20.5)
    roles = [state.standing.role for state in states(cluster)]
    cluster.run(ms=3_000)

    assert roles == [CANDIDATE] * (servers - 1)
    assert leaders(cluster) == [term(cluster)]


def test_a_duel_costs_terms_and_ends(cluster):
    before = term(cluster)
    tell(cluster, stories.duel, question=2)
    duelling = leaders(cluster)
    cluster.run(ms=2_000)

    assert duelling == []
    assert term(cluster) > before + 2 * stories.ROUNDS_OF_A_DUEL, "A timeout decides, no late vote."
    assert leaders(cluster) == [term(cluster)]


def test_who_was_down_catches_up(cluster, servers):
    tell(cluster, stories.leader_falls)
    cluster.run(ms=2_000)
    tell(cluster, stories.command)
    cluster.run(ms=100)
    tell(cluster, stories.everybody_is_back)
    cluster.run(ms=300)

    assert len(holders(cluster, "x=1", committed=True)) == servers


def test_a_minority_commits_nothing_and_the_majority_elects(cluster, servers):
    tell(cluster, stories.minority)
    cluster.run(ms=300)
    with_it = holders(cluster, "a=1")

    assert len(holders(cluster, "b=1", committed=True)) >= majority(cluster)
    assert 0 < len(with_it) < majority(cluster)
    assert holders(cluster, "a=1", committed=True) == []
    assert len(leaders(cluster)) == 2
    tell(cluster, stories.heal)
    cluster.run(ms=300)
    assert holders(cluster, "a=1") == []
    assert leaders(cluster) == [term(cluster)]


def test_a_stale_reader_is_told_nothing(cluster):
    tell(cluster, stories.stale_reader)
    cluster.run(ms=500)
    (old,) = holders(cluster, "x")

    assert commands(old, committed=True) == ["x=1"]
    assert len(holders(cluster, "x=2", committed=True)) >= majority(cluster)


def test_who_hears_nobody_leads_on_and_commits_nothing(cluster, servers):
    tell(cluster, stories.one_way_cut)
    led = term(cluster)
    cluster.run(ms=1_500)

    assert len(holders(cluster, "x=1")) == servers
    assert holders(cluster, "x=1", committed=True) == []
    assert leaders(cluster) == [led]
    tell(cluster, stories.heal)
    cluster.run(ms=300)
    assert len(holders(cluster, "x=1", committed=True)) == servers


def test_logs_that_differ_become_equal(cluster):
    tell(cluster, stories.logs_that_differ, question=2)
    apart = {tuple(commands(state)) for state in states(cluster)}
    cluster.run(ms=500)

    assert apart >= {("a=1", "a=2"), ("b=1", "b=2", "b=3")}
    assert {tuple(commands(state)) for state in states(cluster)} == {("b=1", "b=2", "b=3")}


def test_the_leader_goes_back_until_logs_agree(cluster):
    tell(cluster, stories.logs_that_differ, question=2)
    asked = len(cluster.history.steps())
    cluster.run(ms=500)
    answers = [step.event for step in cluster.history.steps()[asked:]]
    refusals = [a for a in answers if isinstance(a, AppendEntriesResponse) and not a.success]

    assert len([refusal for refusal in refusals if refusal.term == term(cluster)]) >= 2


def test_who_comes_back_has_missed_something(cluster, servers):
    tell(cluster, stories.everybody_is_back, question=1)
    missed = len(holders(cluster, "y=1"))
    cluster.run(ms=300)

    assert majority(cluster) <= missed < servers
    assert len(holders(cluster, "y=1", committed=True)) == servers


def test_what_heals_has_had_two_leaders(cluster, servers):
    tell(cluster, stories.heal, question=1)
    before = leaders(cluster)
    cluster.run(ms=300)

    assert len(before) == 2
    assert leaders(cluster) == [max(before)]
    assert len(holders(cluster, "b=1", committed=True)) == servers


def test_figure_8_overwrites_what_was_on_a_majority(cluster):
    began = cluster.now_ms
    tell(cluster, stories.figure_8)
    moments = [cluster.fork(ms=ms) for ms in range(round(began), round(cluster.now_ms), 15)]
    held = max(len(holders(moment, "x=2")) for moment in moments)

    assert held >= majority(cluster)
    assert holders(cluster, "x=2") == []
    assert len(holders(cluster, "x=3")) >= majority(cluster)


def test_nobody_waits_for_a_slow_disk(cluster, servers):
    tell(cluster, stories.slow_disk, question=1)
    cluster.run(ms=150)

    assert len(holders(cluster, "x=1", committed=True)) >= servers - 1
    cluster.run(ms=1_000)
    assert len(holders(cluster, "x=1", committed=True)) == servers


def test_what_was_written_and_not_said_is_there_once(cluster, servers):
    tell(cluster, stories.crash_before_the_answer, question=2)
    restarted = states(cluster)
    cluster.run(ms=500)

    assert [commands(state) for state in restarted] == [["x=1"]] * servers
    assert [commands(state, committed=True) for state in states(cluster)] == [["x=1"]] * servers


def test_each_scene_has_a_title_chapters_and_a_story_of_its_own(servers, beginning):
    assert len({scene.title for scene in SCENES}) == len(SCENES)
    assert len({scene.story for scene in SCENES}) == len(SCENES)
    assert all(scene.chapters for scene in SCENES)


def test_scenes_come_out_as_they_say_after_any_other_scene(cluster, servers):
    outcomes = {
        stories.minority: lambda: holders(cluster, "b=1", committed=True),
        stories.logs_that_differ: lambda: holders(cluster, "b=3", committed=True),
        stories.stale_reader: lambda: holders(cluster, "x=2", committed=True),
        stories.one_way_cut: lambda: holders(cluster, "x=1"),
    }
    for story, held in outcomes.items():
        for before in (stories.duel, stories.minority, stories.leader_falls, stories.slow_disk):
            tell(cluster, before)
            tell(cluster, story)

            assert len(held()) >= majority(cluster), (story, before)
