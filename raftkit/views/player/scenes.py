"""The prepared scenes, which a lecturer shows with one key each: titles, questions, answers.

What happens in each stands in scene_stories.py. Scenes can be shown in any order, with other
actions between them. It does not know how a cluster is drawn.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from raftkit.simulator import Action, System
from raftkit.simulator.number_arguments import MILLISECOND
from raftkit.views.player import scene_stories as stories

Json = dict[str, Any]


@dataclass(frozen=True)
class Chapter:
    """A part of a scene: a question, asked while the clock stands, and what is told afterwards.

    In a scene without a story of its own, `actions` follow the question, and then `ms`
    milliseconds pass.
    """

    question: str
    told: str
    actions: tuple[Action, ...] = ()
    ms: float = 0.0


@dataclass(frozen=True)
class Scene:
    """One scene: its chapters, and a story if their actions depend on the state of the cluster.

    The story lets time pass between its actions, and yields where each chapter's question is
    asked. One that yields nothing is told from its beginning.
    """

    title: str
    chapters: tuple[Chapter, ...] = ()
    story: Callable[[Any], Iterator[None] | None] | None = None

    def tell(self, cluster: System) -> list[int]:
        """Let all of it happen; the instants (microseconds) of its questions, and its end."""
        story = self.story or self._chapter_by_chapter
        begin, times = cluster.now_ms, []
        for _ in story(cluster) or ():
            times.append(cluster.now_ms)
            # What follows is not seen yet while the question is asked.
            cluster.run(ms=1)
        return [round(ms * MILLISECOND) for ms in (*(times or [begin]), cluster.now_ms)]

    def _chapter_by_chapter(self, cluster: System) -> Iterator[None]:
        """The story that the chapters are."""
        for chapter in self.chapters:
            yield
            cluster.do(*chapter.actions)
            cluster.run(ms=chapter.ms)

    def to_json(self) -> Json:
        """The texts of the scene for the browser."""
        chapters = [{"question": each.question, "told": each.told} for each in self.chapters]
        return {"title": self.title, "chapters": chapters}


SCENES = (
    Scene(
        "An election",
        (
            Chapter(
                "One server's timeout ends before all others. What will it do?",
                "It stands in a new term, votes for itself and asks all others. With the votes of "
                "a majority it leads.",
            ),
        ),
        stories.election,
    ),
    Scene(
        "A command",
        (
            Chapter(
                "The leader is asked for x=1. How many servers must hold the entry before it is "
                "committed?",
                "A majority, the leader among them. The followers hear of it with the next "
                "message.",
            ),
        ),
        stories.command,
    ),
    Scene(
        "The leader falls",
        (
            Chapter(
                "The leader is down, and all others lose patience at the same instant. Will "
                "anybody have a majority?",
                "Each votes for itself, so nobody has. New timeouts are drawn at random, until one "
                "server is early enough.",
            ),
        ),
        stories.leader_falls,
    ),
    Scene(
        "Everybody is back",
        (
            Chapter(
                "Who was down starts again. What does it still know?",
                "What its disk holds: its term, its vote and its log. What it has missed the "
                "leader sends.",
            ),
        ),
        stories.everybody_is_back,
    ),
    Scene(
        "The leader in a minority",
        (
            Chapter(
                "The leader is cut off with a minority, and asked for a=1. Can it commit it?",
                "It appends the entry and sends it, but no majority ever holds it.",
            ),
            Chapter(
                "What will the others do?",
                "They hear no heartbeat, and elect a leader of a later term. That one commits b=1. "
                "Now two servers believe that they lead.",
            ),
        ),
        stories.minority,
    ),
    Scene(
        "The network heals",
        (
            Chapter(
                "All links work. If there are two leaders of two terms: who gives way, and which "
                "entries stay?",
                "The later term wins. Whoever sees it follows, and entries that were never "
                "committed are overwritten.",
            ),
        ),
        stories.heal,
    ),
    Scene(
        "Logs that differ",
        (
            Chapter(
                "Cut off, the old leader has taken two commands; a new one will take three. Which "
                "of the five are committed?",
                "The new leader's: a majority holds them. Then another one of that majority is "
                "elected.",
            ),
            Chapter(
                "They meet again. How do the logs become equal?",
                "The leader goes back until both logs agree, and sends what follows. The rest of "
                "the old log is overwritten.",
            ),
        ),
        stories.logs_that_differ,
    ),
    Scene(
        "Figure 8",
        (
            Chapter(
                "(a) The leader's entry x=2 will reach fewer than a majority. Then the leader "
                "dies. Is the entry lost?",
                "Nobody can say yet: a server that holds it may still lead.",
            ),
            Chapter(
                "(b) Another server stands, without the entry. May it win?",
                "Yes: a majority has logs that are no more up-to-date than its own. It takes a "
                "command that nobody else gets, and dies.",
            ),
            Chapter(
                "(c) The first leader is back, and will lead again. Its old entry will be on a "
                "majority. Is it committed then?",
                "It must not be counted as committed: a leader counts only entries of its own "
                "term (§5.4.2).",
            ),
            Chapter(
                "(d) It dies, and the other one comes back with its entry of a later term. Who "
                "wins?",
                "The later term does. The entry that a majority held is overwritten, so it would "
                "have been wrong to count it.",
            ),
        ),
        stories.figure_8,
    ),
    Scene(
        "Duelling candidates",
        (
            Chapter(
                "The leader is down, and two stand by turns, each before the other's votes are "
                "back. Can either win?",
                "No: each new term takes the other's votes away before they count.",
            ),
            Chapter(
                "What will end this?",
                "Chance: timeouts are drawn at random, until one candidate has the time to win.",
            ),
        ),
        stories.duel,
    ),
    Scene(
        "A leader that hears nobody",
        (
            Chapter(
                "Everybody hears the leader's heartbeats, and no answer comes back. Does anybody "
                "stand against it? What becomes of x=1?",
                "Nobody does, since all hear it. It leads on, and commits nothing.",
            ),
        ),
        stories.one_way_cut,
    ),
    Scene(
        "A stale reader",
        (
            Chapter(
                "x=1 is committed, then the leader is cut off, and another will stand and set "
                "x=2. Does the old leader notice?",
                "No message reaches it, so it still believes that it leads.",
            ),
            Chapter(
                "Somebody asks the old leader for x. What may it say?",
                "Nothing: it must first hear from a majority that it still leads (§8). So nobody "
                "reads the old value.",
            ),
        ),
        stories.stale_reader,
    ),
    Scene(
        "A slow disk",
        (
            Chapter(
                "x=1 is asked for, and one follower's disk takes half a second for a write. Who "
                "waits for it?",
                "Nobody, as long as the others are a majority. It answers when its disk holds the "
                "entry.",
            ),
        ),
        stories.slow_disk,
    ),
    Scene(
        "Written, and not said",
        (
            Chapter(
                "A follower will write the entry, and die before it can answer. What does the "
                "leader know?",
                "Only that no answer comes. It commits with the others, and sends the entry again.",
            ),
            Chapter(
                "The follower starts again. What does it know?",
                "Its disk holds the entry. Asked once more, it says so.",
            ),
        ),
        stories.crash_before_the_answer,
    ),
)
