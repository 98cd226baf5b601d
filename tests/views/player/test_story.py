"""A story in chapters: asked and told in a player, in a file, and as pictures."""

import pytest

from raftkit import Chapter, Cluster, Propose, Timeout, story
from raftkit.protocol.roles import LEADER

CHAPTERS = (
    Chapter("S2 stands. Who votes for it?", "Everybody does.", (Timeout("S2"),), ms=40),
    Chapter("Is <x=1> safe?", "A majority has it.", (Propose("x=1"),), ms=100),
)


@pytest.fixture
def told():
    return story("Who leads?", *CHAPTERS, servers=3, seed=3)


def test_each_chapter_begins_where_the_one_before_it_ends(told):
    asked = [(each.now, each.action) for each in told.history.inputs]

    assert told.setup["story"]["times"] == [0, 41_000, 142_000]
    assert asked == [(1_000, Timeout("S2")), (42_000, Propose("x=1"))]


def test_it_stands_at_its_first_question(told):
    assert told.setup["still"]
    assert told.time == 0
    assert told.setup["scenes"] == []
    first = told.setup["story"]["chapters"][0]
    assert first == {"question": CHAPTERS[0].question, "told": CHAPTERS[0].told}


def test_without_a_kernel_all_of_it_is_read(told, tmp_path):
    shown, _ = told._repr_mimebundle_()
    told.save_html(tmp_path / "story.html")
    html = shown["text/html"]

    assert html.count("<img ") == len(CHAPTERS)
    assert "Is &lt;x=1&gt; safe?" in html
    assert shown["text/plain"].startswith("Who leads? 1. S2 stands.")
    for chapter in CHAPTERS:
        assert chapter.told in html
        assert chapter.told in (tmp_path / "story.html").read_text(encoding="utf-8")


def test_it_begins_where_a_cluster_is_and_leaves_it_alone():
    cluster = Cluster(servers=3, seed=3)
    cluster.run(ms=500)
    told = story("Later", *CHAPTERS, cluster=cluster)

    assert told.setup["story"]["times"][0] == 500_000
    assert told.time == 500
    assert cluster.now_ms == 500
    assert not cluster.history.inputs
    assert told.cluster.state("S2").standing.role != LEADER


def test_no_chapter_and_impossible_actions_are_refused():
    with pytest.raises(ValueError, match="at least one chapter"):
        story("Nothing")
    with pytest.raises(ValueError, match="no server 'S9'"):
        story("Nobody", Chapter("?", "!", (Timeout("S9"),)))
