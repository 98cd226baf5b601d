"""The prepared scenes, which a lecturer shows with one key each: titles, questions, answers.

What happens in each stands in scene_stories.py. Scenes can be shown in any order, with other
actions between them. It does not know how a cluster is drawn.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from raftkit.simulator import RaftSystem
from raftkit.simulator.number_arguments import MILLISECOND
from raftkit.views.player import scene_stories as stories


@dataclass(frozen=True)
class Chapter:
    """A part of a scene: a question, asked while the clock stands, and what is told afterwards."""

    question: str
    told: str


@dataclass(frozen=True)
class Scene:
    """One scene: `story(cluster)` does actions that depend on the state of the cluster.

    It lets time pass between them, and yields where each chapter's question is asked. One that
    yields nothing is told from its beginning.
    """

    title: str
    story: Callable[[RaftSystem], Iterator[None] | None]
    chapters: tuple[Chapter, ...] = ()

    def tell(self, cluster: RaftSystem) -> list[int]:
        """Let all of it happen; the instants (microseconds) of its questions, and its end."""
        begin, times = cluster.now_ms, []
        for _ in self.story(cluster) or ():
            times.append(cluster.now_ms)
            # What follows is not seen yet while the question is asked.
            cluster.run(ms=1)
        return [round(ms * MILLISECOND) for ms in (*(times or [begin]), cluster.now_ms)]


SCENES = (
    Scene(
        "An election",
        stories.election,
        (
            Chapter(
                "One server's timeout ends before all others. What will it do?",
                "It stands in a new term, votes for itself and asks all others. With the votes of "
                "a majority it leads.",
            ),
        ),
    ),
    Scene(
        "A command",
        stories.command,
        (
            Chapter(
                "The leader is asked for x=1. How many servers must hold the entry before it is "
                "committed?",
                "A majority, the leader among them. The followers hear of it with the next "
                "message.",
            ),
        ),
    ),
    Scene(
        "The leader falls",
        stories.leader_falls,
        (
            Chapter(
                "The leader is down, and all others lose patience at the same instant. Will "
                "anybody have a majority?",
                "Each has voted for itself. New timeouts are drawn at random, until one server is "
                "early enough.",
            ),
        ),
    ),
    Scene(
        "Everybody is back",
        stories.everybody_is_back,
        (
            Chapter(
                "Who was down starts again. What does it still know?",
                "What its disk holds: its term, its vote and its log. What it has missed the "
                "leader sends.",
            ),
        ),
    ),
    Scene(
        "The leader in a minority",
        stories.minority,
        (
            Chapter(
                "The leader is cut off with a minority, and asked for lost=1. Can it commit it?",
                "It appends the entry and sends it, but no majority ever holds it.",
            ),
            Chapter(
                "What will the others do?",
                "They hear no heartbeat, and elect a leader of a later term. That one commits "
                "kept=1. Now two servers believe that they lead.",
            ),
        ),
    ),
    Scene(
        "The network heals",
        stories.heal,
        (
            Chapter(
                "All links work. If there are two leaders of two terms: who gives way, and which "
                "entries stay?",
                "The later term wins. Whoever sees it follows, and entries that were never "
                "committed are overwritten.",
            ),
        ),
    ),
    Scene(
        "Logs that differ",
        stories.logs_that_differ,
        (
            Chapter(
                "Cut off, the old leader has taken two commands; a new one will take three. Which "
                "of the five are committed?",
                "The new leader's: a majority holds them.",
            ),
            Chapter(
                "They meet again. How do the logs become equal?",
                "The leader goes back until both logs agree, and sends what follows. The rest of "
                "the old log is overwritten.",
            ),
        ),
    ),
    Scene(
        "Figure 8",
        stories.figure_8,
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
                "(c) The first leader is back, and leads again. Its old entry will be on a "
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
    ),
    Scene(
        "Duelling candidates",
        stories.duel,
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
    ),
    Scene(
        "A leader that hears nobody",
        stories.one_way_cut,
        (
            Chapter(
                "Everybody hears the leader's heartbeats, and no answer comes back. Does anybody "
                "stand against it? What becomes of x=1?",
                "Nobody does, since all hear it. It leads on, and commits nothing.",
            ),
        ),
    ),
    Scene(
        "A stale reader",
        stories.stale_reader,
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
    ),
    Scene(
        "A slow disk",
        stories.slow_disk,
        (
            Chapter(
                "x=1 is asked for, and one follower's disk takes half a second for a write. Who "
                "waits for it?",
                "Nobody, as long as the others are a majority. It answers when its disk holds the "
                "entry.",
            ),
        ),
    ),
    Scene(
        "Written, and not said",
        stories.crash_before_the_answer,
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
    ),
)
